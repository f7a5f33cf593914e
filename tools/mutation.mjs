// Runs the parts of the mutation tests one after the other: `node tools/mutation.mjs [catalog|pools|physics]`. Each has its own score,
// and fails below the threshold of stryker.config.mjs.
import { spawnSync } from "node:child_process";

const PARTS = ["catalog", "pools", "physics"];
const asked = process.argv.slice(2);
const unknown = asked.find((part) => !PARTS.includes(part));
if (unknown !== undefined) {
  console.error(`no part "${unknown}"; there are ${PARTS.join(", ")}`);
  process.exit(2);
}
const failed = (asked.length > 0 ? asked : PARTS).filter((part) => {
  console.log(`\n=== ${part}`);
  const env = { ...process.env, MUTATION_PART: part };
  return spawnSync("npx", ["stryker", "run"], { env, stdio: "inherit" }).status !== 0;
});
if (failed.length > 0) console.error(`below the threshold, or not run: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
