import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Unready, runVisibly } from "./command.mjs";
import { Stamp } from "./stamp.mjs";

/** Measured 2026-11-23 with an empty npm cache on linux-x64. */
const SIZE = "about 270 MB to download, 1.1 GB on disk";

/** @throws Unready when this Node is older than the packages need */
export function checkNode(version) {
  if (Number(version.split(".")[0]) >= 20) return;
  throw new Unready(`Node ${version} is too old`, "Install Node 20 or later (https://nodejs.org/en/download).");
}

/** Installs the packages of package-lock.json, unless exactly they are there. */
export async function installNpmPackages(root) {
  const stamp = new Stamp(join(root, "node_modules", ".aidc-lock-hash"), join(root, "package-lock.json"));
  if (stamp.isCurrent) return;
  if (isInstalled(root)) return stamp.write();
  stamp.remove();
  console.error(`Installing the npm packages of package-lock.json into node_modules: ${SIZE} ...`);
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  // Under `npm start` the npm that runs us is named; elsewhere it is the one on PATH.
  const status = npm?.endsWith(".js")
    ? await runVisibly(process.execPath, [npm, ...args], { cwd: root })
    : await runVisibly("npm", args, { cwd: root, shell: process.platform === "win32" });
  if (status !== 0) {
    const remedy = "Its own message is above; without network access to the registry nothing can be installed.";
    throw new Unready(`npm ci failed with status ${status}`, remedy, 1);
  }
  stamp.write();
}

/** Whether somebody ran npm by hand: npm writes this second list last, and it must name what the lock file names. */
function isInstalled(root) {
  const installed = packagesOf(join(root, "node_modules", ".package-lock.json"));
  const wanted = packagesOf(join(root, "package-lock.json"));
  return (
    Object.keys(installed).length > 0 &&
    Object.entries(wanted).every(([place, { version, optional, link }]) =>
      place === "" || (optional && !installed[place]) ? true : link || installed[place]?.version === version,
    )
  );
}

function packagesOf(file) {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")).packages ?? {}) : {};
}
