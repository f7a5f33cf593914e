// What writing pools with the library costs beside writing the same resources with the bindings alone.
//
//   node bench/pools.mjs [--runs 11] [--check] [--json]
//
// Fresh processes, interleaved. Refuses to report where the two sides do not write the same resources. --check fails when a limit is
// broken; README.md says what is measured, how, and why.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { differences } from "./pools-same.mjs";

const SIDES = ["library", "bare"];
const COUNTS = [1, 10, 100, 1000];
const COMPARED = [1, 10];
const LIMITS = { ratio: 1.2, growth: 1.5 };
const runs = Math.max(5, Number(process.argv[process.argv.indexOf("--runs") + 1]) || 11);

if (!existsSync(new URL("../dist/lib/index.js", import.meta.url))) {
  console.error("dist is missing; run npm run build first");
  process.exit(2);
}

/** Writes so many pools in a process of its own. @returns what that took, and the JSON */
function measure(side, count) {
  const outdir = mkdtempSync(join(tmpdir(), "aidc-bench-"));
  const script = `
    import childProcess from "node:child_process";
    const { execSync } = childProcess;
    let processes = 0;
    childProcess.execSync = (...args) => { processes += 1; return execSync(...args); };
    const spent = ({ user, system }) => (user + system) / 1000;
    const { write } = await import(${JSON.stringify(new URL(`pools-${side}.mjs`, import.meta.url).href)});
    const loading = process.cpuUsage();
    const start = performance.now();
    write(${count}, ${JSON.stringify(outdir)});
    const wall = performance.now() - start;
    const ms = spent(process.cpuUsage(loading));
    const mb = process.resourceUsage().maxRSS / 1024;
    console.log(JSON.stringify({ load: spent(loading), ms, wall, mb, processes }));`;
  try {
    const text = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    return { ...JSON.parse(text), written: readFileSync(join(outdir, "stacks/bench/cdk.tf.json"), "utf8") };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function refuseUnlessSame(count) {
  const [library, bare] = SIDES.map((side) => JSON.parse(measure(side, count).written));
  const found = differences(library, bare);
  if (found.length === 0) return;
  const shown = found.slice(0, 6).map((text) => (text.length > 2000 ? `${text.slice(0, 2000)}…` : text));
  console.error(`with ${count} pools the two sides do not write the same (- library, + bare):\n${shown.join("\n")}`);
  process.exit(1);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What pools cost on each side, and how the library's cost stands to the bare one. */
function measured(pools) {
  const results = { library: [], bare: [] };
  // A thousand pools take seconds, in which noise evens out.
  const rounds = pools < 1000 ? runs : Math.max(3, runs >> 1);
  let row;
  // What seems too slow is measured again: noise passes, cost stays.
  for (let round = 0; round < rounds || (round < 3 * rounds && row.ratio.all > LIMITS.ratio); round += 1) {
    for (const side of round % 2 === 0 ? SIDES : [...SIDES].reverse()) {
      const { written, ...result } = measure(side, pools);
      results[side].push({ ...result, all: result.load + result.ms, kb: written.length / 1024 });
    }
    const [library, bare] = SIDES.map((side) => costs(results[side]));
    row = { pools, rounds: round + 1, library, bare, ratio: { all: library.all / bare.all, mb: library.mb / bare.mb } };
  }
  return row;
}

/** Whatever else runs on the machine only adds to a time, so the least is the work itself; memory goes either way. */
function costs(results) {
  const each = (name) => results.map((result) => result[name]);
  const [load, ms, all, wall] = ["load", "ms", "all", "wall"].map((name) => Math.min(...each(name)));
  return { load, ms, all, wall, mb: median(each("mb")), kb: results[0].kb, processes: results[0].processes };
}

/** What must hold, and whether it does. */
function checksOf(rows) {
  const [hundred, thousand] = rows.slice(-2);
  const ratios = rows.map(({ pools, ratio }) => ({
    name: `time of ${pools} pools, library to bare`,
    value: ratio.all,
  }));
  const peaks = rows.map(({ pools, ratio }) => ({
    name: `memory of ${pools} pools, library to bare`,
    value: ratio.mb,
  }));
  const growth = SIDES.map((side) => ({
    name: `time a pool, ${thousand.pools} pools to ${hundred.pools}, ${side}`,
    value: thousand[side].ms / thousand.pools / (hundred[side].ms / hundred.pools),
    limit: LIMITS.growth,
  }));
  const started = { name: "processes started by the library", value: thousand.library.processes, limit: 0 };
  const checks = [...ratios, ...peaks, ...growth, started];
  return checks.map(({ limit = LIMITS.ratio, ...check }) => ({ ...check, limit, holds: check.value <= limit }));
}

function print(rows, checks) {
  const widths = [6, 6, 10, 8, 7, 11, 8, 7, 11, 8, 11, 8];
  const line = (...cells) => console.log(cells.map((cell, at) => String(cell).padStart(widths[at])).join(""));
  const whole = ({ library, bare }, name) => [Math.round(library[name]), Math.round(bare[name])];
  console.log(`node ${process.version}; least processor and wall time and median peak memory of so many runs`);
  line("", "", "CPU ms", "", "", "peak MB", "", "", "wall ms", "", "JSON KB", "");
  line("pools", "runs", "library", "bare", "ratio", "library", "bare", "ratio", "library", "bare", "library", "bare");
  for (const row of rows) {
    const { pools, rounds, ratio } = row;
    const [time, memory] = [ratio.all, ratio.mb].map((value) => value.toFixed(2));
    line(
      pools,
      rounds,
      ...whole(row, "all"),
      time,
      ...whole(row, "mb"),
      memory,
      ...whole(row, "wall"),
      ...whole(row, "kb"),
    );
  }
  const [library, bare] = SIDES.map((side) => Math.round(Math.min(...rows.map((row) => row[side].load))));
  console.log(`of the CPU time, loading: library ${library} CPU ms, bare ${bare}`);
  for (const { name, value, limit, holds } of checks) {
    console.log(`${holds ? "ok    " : "BROKEN"} ${name}: ${Number(value.toFixed(2))}, at most ${limit}`);
  }
}

for (const count of COMPARED) refuseUnlessSame(count);
const rows = COUNTS.map(measured);
const checks = checksOf(rows);
if (process.argv.includes("--json")) console.log(JSON.stringify({ node: process.version, rows, checks }, undefined, 2));
else print(rows, checks);
if (process.argv.includes("--check") && checks.some(({ holds }) => !holds)) process.exit(1);
