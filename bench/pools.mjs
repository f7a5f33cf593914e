// What writing pools with the library costs beside writing the same resources with the bindings alone.
//
//   node bench/pools.mjs [--runs 11] [--check] [--json]
//
// Fresh processes, interleaved. Refuses to report where the two sides do not write the same resources. --check fails when a limit is
// broken; README.md says what is measured, how, and why.
import { compared, endIfBroken, printChecks, refuseUnlessSame, requireBuild, runsAsked, SIDES } from "./sides.mjs";

const COUNTS = [1, 10, 100, 1000];
const COMPARED = [1, 10];
const LIMITS = { ratio: 1.2, growth: 1.5 };
const runs = runsAsked(5, 11);

requireBuild();

function measured(pools) {
  // A thousand pools take seconds, in which noise evens out.
  return compared("pools", pools, pools < 1000 ? runs : Math.max(3, runs >> 1), LIMITS.ratio);
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
  printChecks(checks);
}

for (const count of COMPARED) refuseUnlessSame("pools", count);
const rows = COUNTS.map(measured);
const checks = checksOf(rows);
if (process.argv.includes("--json")) console.log(JSON.stringify({ node: process.version, rows, checks }, undefined, 2));
else print(rows, checks);
endIfBroken(checks);
