// What loading the library costs beside loading exactly the bindings that it uses.
//
//   node bench/import.mjs [--runs 9] [--check]
//
// Fresh processes, interleaved, medians of CPU time, which a busy machine changes less than wall time. --check fails when time or memory exceeds the limit.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LIMIT = 1.25;
const runs = Math.max(7, Number(process.argv[process.argv.indexOf("--runs") + 1]) || 9);

if (!existsSync(`${ROOT}dist/lib/index.js`)) {
  console.error("dist is missing; run npm run build first");
  process.exit(2);
}

const subjects = {
  "the bindings alone": ["constructs", "cdktf", ...bindings()],
  "cdktf-ai-datacenter": ["cdktf-ai-datacenter"],
};

/** The deep modules that the seam names, types left out. */
function bindings() {
  const seam = readFileSync(`${ROOT}lib/terraform/aws.ts`, "utf8");
  const found = [...seam.matchAll(/export (?!type\b)[^;]*? from "(@cdktf\/[^"]+)"/g)].map(([, name]) => name);
  return [...new Set(found)];
}

function measure(names) {
  const script = `
    const start = process.cpuUsage();
    for (const name of ${JSON.stringify(names)}) require(name);
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000;
    console.log(JSON.stringify({ ms, mb: process.resourceUsage().maxRSS / 1024, modules: Object.keys(require.cache).length }));`;
  return JSON.parse(execFileSync(process.execPath, ["-e", script], { cwd: ROOT, encoding: "utf8" }));
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const results = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
for (let run = -1; run < runs; run += 1) {
  for (const [name, modules] of Object.entries(subjects)) {
    const result = measure(modules);
    if (run >= 0) results[name].push(result); // the first round warms the file cache
  }
}

const rows = Object.entries(results).map(([name, list]) => ({
  name,
  ms: median(list.map(({ ms }) => ms)),
  mb: median(list.map(({ mb }) => mb)),
  modules: list[0].modules,
  spread: `${Math.round(Math.min(...list.map(({ ms }) => ms)))}-${Math.round(Math.max(...list.map(({ ms }) => ms)))}`,
}));
const [alone, library] = rows;
const ratio = { ms: library.ms / alone.ms, mb: library.mb / alone.mb };

const columns = [24, 12, 14, 12, 10];
const line = (...cells) =>
  cells.map((cell, at) => String(cell)[at === 0 ? "padEnd" : "padStart"](columns[at])).join("");
console.log(`node ${process.version}, ${runs} fresh processes each, medians`);
console.log(line("", "CPU ms", "(min-max)", "max RSS MB", "modules"));
for (const { name, ms, mb, modules, spread } of rows) {
  console.log(line(name, Math.round(ms), spread, Math.round(mb), modules));
}
console.log(line("ratio", ratio.ms.toFixed(2), "", ratio.mb.toFixed(2), ""));

if (process.argv.includes("--check") && (ratio.ms > LIMIT || ratio.mb > LIMIT)) {
  console.error(`loading the library costs more than ${LIMIT} times its bindings`);
  process.exit(1);
}
