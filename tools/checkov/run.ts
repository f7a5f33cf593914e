import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { REPOSITORY } from "../embedded/repository";
import { CHECKOV_LIST, installPython } from "../judges/python";
import { type CheckovReport, judge, type Waiver } from "./judge";

const HERE = join(REPOSITORY, "tools/checkov");
/** Far fewer mean that checkov could not read what was synthesized. */
const LEAST_EVALUATED = 250;

function scan(checkov: string, folder: string): CheckovReport {
  const options = ["--framework", "terraform_json", "--output", "json", "--compact", "--skip-download"];
  const run = spawnSync(checkov, ["--directory", folder, ...options], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  try {
    return JSON.parse(run.stdout) as CheckovReport;
  } catch {
    throw new Error(`checkov wrote no report (exit ${run.status}): ${run.stderr.slice(-2000)}`);
  }
}

const { checkov } = installPython([CHECKOV_LIST]);
const outdir = mkdtempSync(join(tmpdir(), "aidc-checkov-"));
try {
  const env = { ...process.env, CDKTF_OUTDIR: outdir };
  execFileSync(process.execPath, [join(REPOSITORY, "dist/stacks/main.js")], {
    cwd: REPOSITORY,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const waivers = parse(readFileSync(join(HERE, "waivers.yaml"), "utf8")) as Waiver[];
  const { problems, waived, evaluated } = judge(
    scan(checkov, join(outdir, "stacks")),
    waivers,
    "prod-",
    LEAST_EVALUATED,
  );
  for (const problem of problems) console.error(problem);
  console.log(`checkov: ${evaluated} checks evaluated on prod, ${waived} findings waived, ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
