#!/usr/bin/env node
/**
 * Adds to package-lock.json the platform packages that npm left out because the registry at hand does not serve them: without
 * them `npm ci` refuses the file everywhere. Run it after `npm install` on such a machine; it changes nothing otherwise.
 *
 *   node tools/complete-lockfile.mjs           completes the file
 *   node tools/complete-lockfile.mjs --check   changes nothing, ends with 1 if something is missing
 */
import { readFileSync, writeFileSync } from "node:fs";

const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const PROCESSORS = ["arm64", "x64", "ia32", "arm", "ppc64", "s390x", "riscv64", "loong64", "mips64el"];

/** Optional packages that are named and not listed, with the entry each would have. */
function missingEntries(packages) {
  const missing = {};
  for (const [place, parent] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(parent.optionalDependencies ?? {})) {
      if (!isListed(packages, place, name)) missing[`node_modules/${name}`] = entry(name, range, parent);
    }
  }
  return missing;
}

/** Whether Node would find the package from a place: in its own node_modules, or in one further up. */
function isListed(packages, place, name) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    if (packages[`${folder === "" ? "" : `${folder}/`}node_modules/${name}`]) return true;
    if (folder === "") return false;
  }
}

/** The entry of a platform package, whose name tells the platform and whose version is that of its parent. */
function entry(name, range, { dev, license, engines }) {
  const words = name.split("/").at(-1).split("-");
  const os = SYSTEMS.find((system) => words.includes(system));
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  if (os === undefined || cpu === undefined || !/^\d/.test(range)) {
    throw new Error(`${name}@${range} is missing, and its name does not tell for which platform it is: add it by hand`);
  }
  const libc =
    os !== "linux" ? undefined : words.includes("musl") ? ["musl"] : words.includes("gnu") ? ["glibc"] : undefined;
  return { version: range, cpu: [cpu], dev, libc, license, optional: true, os: [os], engines };
}

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const missing = missingEntries(lock.packages);
const names = Object.keys(missing).map((place) => place.replace("node_modules/", ""));
if (names.length > 0 && process.argv.includes("--check")) {
  console.error(
    `package-lock.json lacks ${names.length} packages; run node tools/complete-lockfile.mjs: ${names.join(", ")}`,
  );
  process.exitCode = 1;
} else if (names.length > 0) {
  const sorted = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, "en"));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, undefined, 2)}\n`);
  console.error(`Added to package-lock.json: ${names.join(", ")}`);
}
