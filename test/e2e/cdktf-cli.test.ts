import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { emulatorEnvironment } from "../../tools/embedded/environment";
import { quotaNeeds, raiseQuotas } from "../../tools/embedded/quotas";
import type { Session } from "../../tools/embedded/session";
import { openSession } from "../terraform/session";

const ROOT = resolve(__dirname, "../..");
/** A project as a user has it: a folder with cdktf.json; the app is the compiled reference data center. */
const project = mkdtempSync(join(tmpdir(), "aidc-cdktf-"));
/** Locking asks the registry for checksums whatever the mirror says; a user with a network leaves this out. */
const OFFLINE = "--skip-provider-lock";
let session: Session;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ session, close } = await openSession());
  await session.startEmulator();
  const app = `"${process.execPath}" "${join(ROOT, "dist/stacks/main.js")}"`;
  const projectId = "00000000-0000-4000-8000-000000000000";
  const config = { language: "typescript", app, projectId, sendCrashReports: "false" };
  writeFileSync(join(project, "cdktf.json"), JSON.stringify(config));
});

afterAll(async () => {
  await close();
  rmSync(project, { recursive: true, force: true });
});

function environment(): Record<string, string> {
  return emulatorEnvironment(process.env, session.workspace, session.emulator.url);
}

function cdktf(...parameters: string[]): { readonly status: number | null; readonly output: string } {
  const env = { ...environment(), TERRAFORM_BINARY_NAME: session.toolchain.terraform.path, CI: "1" };
  const { status, stdout, stderr } = spawnSync(join(ROOT, "node_modules/.bin/cdktf"), parameters, {
    cwd: project,
    env,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, output: plain(`${stdout}\n${stderr}`) };
}

/** State files beside cdktf.json; a plan leaves the folder, for its lock, and no file. */
function states(): string[] {
  const folder = join(project, "state");
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".tfstate")) : [];
}

/** Without colours, frames and line breaks: Terraform wraps its messages to the width of the terminal. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;]*m/g, "").replace(/[\s│╷╵]+/g, " ");
}

test("cdktf list names the stacks of both stages", () => {
  const { status, output } = cdktf("list");
  expect(status).toBe(0);
  for (const stack of ["prod-foundation", "prod-data", "prod-cluster", "dev-cluster"]) expect(output).toContain(stack);
});

test("cdktf diff shows what a stack would make, and makes nothing", () => {
  const { status, output } = cdktf("diff", "dev-foundation", OFFLINE);
  expect(output).toMatch(/Plan: \d+ to add, 0 to change, 0 to destroy/);
  expect(status).toBe(0);
  expect(states()).toEqual([]);
});

test("a plan names the producer to deploy when a contract is missing", () => {
  expect(cdktf("synth").status).toBe(0);
  // Terraform itself, since cdktf at times ends before it has passed on the last lines of an error.
  const folder = join(project, "cdktf.out/stacks/dev-data");
  const terraform = (...parameters: string[]) =>
    spawnSync(session.toolchain.terraform.path, [...parameters, "-input=false", "-no-color"], {
      cwd: folder,
      env: environment(),
      encoding: "utf8",
    });
  expect(terraform("init").status).toBe(0);
  const { status, stderr } = terraform("plan");
  expect(plain(stderr)).toContain("Contract value /dev/keys/v1/dataKeyArn is missing.");
  expect(plain(stderr)).toContain("cdktf deploy 'dev-foundation'");
  expect(status).toBe(1);
});

/** All of the stage but the Kubernetes half, for which the emulator has no cluster. */
const AWS_STACKS = ["dev-foundation", "dev-data", "dev-cluster"];

test("cdktf deploys stacks in order, with state beside cdktf.json, and then has nothing to change", async () => {
  // The account's owner has asked for what the stage's pools need; a new account has none, and the plan would say so.
  const folder = join(project, "cdktf.out/stacks/dev-cluster");
  await raiseQuotas(session.emulator.url, quotaNeeds([{ name: "dev-cluster", folder }]));
  const { status, output } = cdktf("deploy", ...AWS_STACKS, "--auto-approve", OFFLINE);
  expect({ status, tail: output.slice(-3000) }).toEqual({ status: 0, tail: expect.any(String) });
  expect(states()).toEqual(["dev-cluster.tfstate", "dev-data.tfstate", "dev-foundation.tfstate"]);
  expect(cdktf("diff", "dev-cluster", OFFLINE).output).toContain("No changes");
});
