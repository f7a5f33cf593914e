import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Session } from "../../tools/embedded/session";
import { openSession } from "./session";

const ROOT = resolve(__dirname, "../..");
const outdir = mkdtempSync(join(tmpdir(), "aidc-validate-"));
let session: Session;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ session, close } = await openSession());
  for (const app of ["stacks/main.js", "examples/org-stack/main.js"]) {
    const env = { ...process.env, CDKTF_OUTDIR: outdir };
    execFileSync(process.execPath, [join(ROOT, "dist", app)], {
      cwd: ROOT,
      env,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
});

afterAll(async () => {
  await close();
  rmSync(outdir, { recursive: true, force: true });
});

interface Verdict {
  readonly valid: boolean;
  readonly diagnostics: readonly { readonly summary: string; readonly detail: string }[];
}

function terraform(folder: string, ...parameters: string[]): string {
  const { home, cliConfig } = session.workspace;
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    TF_CLI_CONFIG_FILE: cliConfig,
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
  };
  const { stdout, stderr } = spawnSync(session.toolchain.terraform.path, parameters, {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return stdout || stderr;
}

function validate(folder: string): Verdict {
  const said = terraform(folder, "init", "-backend=false", "-input=false", "-no-color");
  expect(said).toContain("successfully initialized");
  return JSON.parse(terraform(folder, "validate", "-json")) as Verdict;
}

test("Terraform and the AWS provider accept every reference stack of the AWS half and the example, as they are shipped", () => {
  const stacks = readdirSync(join(outdir, "stacks"));
  expect(stacks.sort()).toEqual([
    "bootstrap-dev",
    "bootstrap-prod",
    "dev-cluster",
    "dev-data",
    "dev-foundation",
    "dev-operators",
    "dev-platform",
    "prod-cluster",
    "prod-data",
    "prod-foundation",
    "prod-operators",
    "prod-platform",
    "prod-workloads-research",
    "research-gpu",
  ]);
  // Those of the Kubernetes half need providers that are not served here; test/kubernetes-live proves them on an API server.
  for (const stack of stacks.filter((name) => !/-(operators|platform|workloads-.*)$/.test(name))) {
    const { valid, diagnostics } = validate(join(outdir, "stacks", stack));
    expect({ stack, valid, diagnostics }).toEqual({ stack, valid: true, diagnostics: [] });
  }
});

test("Terraform refuses what is wrong, so that a pass means something", () => {
  const folder = join(outdir, "broken");
  mkdirSync(folder);
  const shipped = readFileSync(join(outdir, "stacks/prod-data/cdk.tf.json"), "utf8");
  writeFileSync(join(folder, "cdk.tf.json"), shipped.replaceAll("bucket_key_enabled", "bucket_key_enbled"));
  const { valid, diagnostics } = validate(folder);
  expect(valid).toBe(false);
  expect(JSON.stringify(diagnostics)).toContain("bucket_key_enbled");
});
