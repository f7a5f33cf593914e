// Runs the suites of a list one after the other, each with a cap on its time and all with one together, and ends with how many passed.
// Plain Node: it starts before anything is installed.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** All suites together. Caps are for the worst of each, such as a cold build, and add up to more: not all meet their worst in one run. */
const MOST_MINUTES = 88;
const end = Date.now() + MOST_MINUTES * 60_000;

const suites = JSON.parse(readFileSync(process.argv[2], "utf8"));

/** Runs one suite in a process group of its own, so that what it started ends with it. */
function run({ command, minutes }) {
  const milliseconds = Math.min(minutes * 60_000, end - Date.now());
  if (milliseconds <= 0) return `not started: ${MOST_MINUTES} minutes are over`;
  return new Promise((resolve) => {
    const child = spawn("bash", ["-c", command], { detached: true, stdio: ["ignore", "inherit", "inherit"] });
    let outOfTime = false;
    const timer = setTimeout(() => {
      outOfTime = true;
      process.kill(-child.pid, "SIGKILL");
    }, milliseconds);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve(
        outOfTime
          ? `stopped after ${Math.round(milliseconds / 60_000)} minutes`
          : code === 0
            ? undefined
            : `exit ${code}`,
      );
    });
  });
}

const rows = [];
for (const suite of suites) {
  console.log(`\n=== ${suite.name}: ${suite.command} (at most ${suite.minutes} minutes)`);
  const start = Date.now();
  const failure = await run(suite);
  const seconds = Math.round((Date.now() - start) / 1000);
  rows.push({ name: suite.name, failure, seconds });
  console.log(`=== ${suite.name}: ${failure ?? "passed"} after ${seconds} s`);
}

console.log("");
for (const { name, failure, seconds } of rows) {
  console.log(`${name.padEnd(12)} ${String(seconds).padStart(5)} s  ${failure ?? "passed"}`);
}
const failed = rows.filter(({ failure }) => failure !== undefined).length;
console.log(`${rows.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
