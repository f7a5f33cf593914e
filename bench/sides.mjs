// The two sides of a comparison, `SUBJECT-library.mjs` and `SUBJECT-bare.mjs`: each runs in fresh processes, the two taking turns.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { differences } from "./same.mjs";

export const SIDES = ["library", "bare"];

/** The number after --runs. @param least fewer are too few to tell anything */
export function runsAsked(least, otherwise) {
  return Math.max(least, Number(process.argv[process.argv.indexOf("--runs") + 1]) || otherwise);
}

export function requireBuild() {
  if (existsSync(new URL("../dist/lib/index.js", import.meta.url))) return;
  console.error("dist is missing; run npm run build first");
  process.exit(2);
}

/** Writes so many subjects in a process of its own. @returns what that took, and the JSON */
function measure(subject, side, count) {
  const outdir = mkdtempSync(join(tmpdir(), "aidc-bench-"));
  const script = `
    import childProcess from "node:child_process";
    import { createRequire } from "node:module";
    const { execSync } = childProcess;
    let processes = 0;
    childProcess.execSync = (...args) => { processes += 1; return execSync(...args); };
    const spent = ({ user, system }) => (user + system) / 1000;
    const { write } = await import(${JSON.stringify(new URL(`${subject}-${side}.mjs`, import.meta.url).href)});
    const loading = process.cpuUsage();
    const start = performance.now();
    write(${count}, ${JSON.stringify(outdir)});
    const wall = performance.now() - start;
    const ms = spent(process.cpuUsage(loading));
    const mb = process.resourceUsage().maxRSS / 1024;
    const modules = Object.keys(createRequire(import.meta.url).cache);
    const bindings = modules.filter((name) => name.includes("/@cdktf/provider-")).length;
    console.log(JSON.stringify({ load: spent(loading), ms, wall, mb, processes, modules: modules.length, bindings }));`;
  try {
    const args = ["--input-type=module", "-e", script];
    const text = execFileSync(process.execPath, args, { encoding: "utf8" });
    return { ...JSON.parse(text), written: readFileSync(join(outdir, "stacks/bench/cdk.tf.json"), "utf8") };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Ends the program where the two sides do not write the same resources. */
export function refuseUnlessSame(subject, count) {
  const [library, bare] = SIDES.map((side) => JSON.parse(measure(subject, side, count).written));
  const found = differences(library, bare);
  if (found.length === 0) return;
  const shown = found.slice(0, 6).map((text) => (text.length > 2000 ? `${text.slice(0, 2000)}…` : text));
  console.error(`of ${count} ${subject} the two sides do not write the same (- library, + bare):\n${shown.join("\n")}`);
  process.exit(1);
}

/** What so many subjects cost on each side, and how the library's cost stands to the bare one. */
export function compared(subject, count, rounds, limit) {
  const results = { library: [], bare: [] };
  let row;
  // What seems too slow is measured again: noise passes, cost stays.
  for (let round = 0; round < rounds || (round < 3 * rounds && row.ratio.all > limit); round += 1) {
    for (const side of round % 2 === 0 ? SIDES : [...SIDES].reverse()) {
      const { written, ...result } = measure(subject, side, count);
      results[side].push({ ...result, all: result.load + result.ms, kb: written.length / 1024 });
    }
    const [library, bare] = SIDES.map((side) => costs(results[side]));
    row = { [subject]: count, rounds: round + 1, library, bare, ratio: ratioOf(library, bare) };
  }
  return row;
}

function ratioOf(library, bare) {
  return { all: library.all / bare.all, mb: library.mb / bare.mb };
}

/** Whatever else runs on the machine only adds to a time, so the least is the work itself; memory goes either way. */
function costs(results) {
  const each = (name) => results.map((result) => result[name]);
  const [load, ms, all, wall] = ["load", "ms", "all", "wall"].map((name) => Math.min(...each(name)));
  const { kb, processes, modules, bindings } = results[0];
  return { load, ms, all, wall, mb: median(each("mb")), kb, processes, modules, bindings };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Prints what must hold, and whether it does. */
export function printChecks(checks) {
  for (const { name, value, limit, holds } of checks) {
    console.log(`${holds ? "ok    " : "BROKEN"} ${name}: ${Number(value.toFixed(2))}, at most ${limit}`);
  }
}

/** Ends the program where --check was given and something does not hold. */
export function endIfBroken(checks) {
  if (process.argv.includes("--check") && checks.some(({ holds }) => !holds)) process.exit(1);
}
