import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { type CheckovReport, judge, type Waiver } from "./judge";

/** Compiled to dist/tools/checkov, so the repository lies three levels up. */
const ROOT = resolve(__dirname, "../../..");
const VENV = join(ROOT, ".venv-checkov");
const HERE = join(ROOT, "tools/checkov");
/** Far fewer mean that checkov could not read what was synthesized. */
const LEAST_EVALUATED = 250;

function install(): void {
  const requirements = join(HERE, "requirements.txt");
  const installed = spawnSync(join(VENV, "bin/checkov"), ["--version"], { encoding: "utf8" });
  const wanted = /^checkov==(.+)$/m.exec(readFileSync(requirements, "utf8"))?.[1];
  if (existsSync(VENV) && installed.stdout?.trim() === wanted) return;
  console.error(
    `Installing checkov ${wanted} and its dependencies from PyPI into .venv-checkov (about 250 MB on disk)`,
  );
  execFileSync("python3", ["-m", "venv", "--clear", VENV], { stdio: ["ignore", "inherit", "inherit"] });
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements];
  execFileSync(join(VENV, "bin/python"), pip, { stdio: ["ignore", "inherit", "inherit"] });
}

function scan(folder: string): CheckovReport {
  const options = ["--framework", "terraform_json", "--output", "json", "--compact", "--skip-download"];
  const run = spawnSync(join(VENV, "bin/checkov"), ["--directory", folder, ...options], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  try {
    return JSON.parse(run.stdout) as CheckovReport;
  } catch {
    throw new Error(`checkov wrote no report (exit ${run.status}): ${run.stderr.slice(-2000)}`);
  }
}

install();
const outdir = mkdtempSync(join(tmpdir(), "aidc-checkov-"));
try {
  const env = { ...process.env, CDKTF_OUTDIR: outdir };
  execFileSync(process.execPath, [join(ROOT, "dist/stacks/main.js")], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const waivers = parse(readFileSync(join(HERE, "waivers.yaml"), "utf8")) as Waiver[];
  const { problems, waived, evaluated } = judge(scan(join(outdir, "stacks")), waivers, "prod-", LEAST_EVALUATED);
  for (const problem of problems) console.error(problem);
  console.log(`checkov: ${evaluated} checks evaluated on prod, ${waived} findings waived, ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
