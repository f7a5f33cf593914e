import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { emulatorEnvironment } from "../../tools/embedded/environment";
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

function cdktf(...parameters: string[]): { readonly status: number | null; readonly output: string } {
  const env = {
    ...emulatorEnvironment(process.env, session.workspace, session.emulator.url),
    TERRAFORM_BINARY_NAME: session.toolchain.terraform.path,
    CI: "1",
  };
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

test("cdktf deploy names the producer when a contract is missing", () => {
  const { status, output } = cdktf(
    "deploy",
    "dev-data",
    "--ignore-missing-stack-dependencies",
    "--auto-approve",
    OFFLINE,
  );
  expect(output).toContain("cdktf deploy 'dev-foundation'");
  expect(status).not.toBe(0);
});

test("cdktf deploys a stage by its pattern in order, with state beside cdktf.json, and then has nothing to change", () => {
  const { status, output } = cdktf("deploy", "dev-*", "--auto-approve", OFFLINE);
  expect({ status, tail: output.slice(-3000) }).toEqual({ status: 0, tail: expect.any(String) });
  expect(states()).toEqual(["dev-cluster.tfstate", "dev-data.tfstate", "dev-foundation.tfstate"]);
  expect(cdktf("diff", "dev-cluster", OFFLINE).output).toContain("No changes");
});
