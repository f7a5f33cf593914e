/** The embedded cloud from the outside: the commands that people type, with the real Terraform, provider and emulator. Linux only. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ChildProcesses } from "../../tools/embedded/processes";
import { downloadProvider } from "../../tools/embedded/provider-download";
import { findProvider } from "../../tools/embedded/provider-source";
import { REPOSITORY } from "../../tools/embedded/repository";
import { findToolchain } from "../../tools/embedded/toolchain";
import { Workspace } from "../../tools/embedded/workspace";
import { familyOf, isAlive, SocketWatch } from "./processes";

interface StackLine {
  readonly name: string;
  readonly resources: number;
  readonly drift?: number;
  readonly left?: number;
}

/** What the training tells in the JSON line. */
interface TrainingLine {
  readonly run: string;
  readonly wasComplete: boolean;
  readonly steps: number;
  readonly killed: {
    readonly pid: number;
    readonly processes: number;
    readonly step: number;
    readonly checkpoint: number;
  };
  readonly resumedAt: number;
  readonly lostSteps: number;
  readonly entities: Readonly<Record<string, { readonly f1: number; readonly support: number }>>;
  readonly exported: string;
  readonly files: number;
}

/** One line of the emulator's request log. */
interface Request {
  readonly service: string | null;
  readonly action: string | null;
  readonly path: string;
  readonly status: number;
}

const root = join(REPOSITORY, ".aidc", "e2e");
const workDir = join(root, "embedded");
const workspace = new Workspace(workDir);
let pluginFolder: string;

beforeAll(async () => {
  rmSync(root, { recursive: true, force: true });
  const download = new Workspace(join(root, "download"));
  download.prepare(false);
  const { terraform } = findToolchain();
  const context = { children: new ChildProcesses(), workspace: download, user: process.env, terraform: terraform.path };
  // The same cache as `npm start` has, so that a developer's machine downloads once.
  const cache = join(REPOSITORY, ".aidc", "plugins");
  const source = await findProvider({
    user: process.env,
    terraform,
    cache,
    download: () => downloadProvider({ ...context, cache, say: () => undefined }),
  });
  pluginFolder = source.folder;
});

afterAll(async () => {
  await finished(tool("stop", []));
  rmSync(root, { recursive: true, force: true });
});

interface Running {
  readonly child: ChildProcess;
  stdout: string;
  stderr: string;
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Running {
  const child = spawn(command, args, { cwd: REPOSITORY, env, stdio: ["ignore", "pipe", "pipe"] });
  const running: Running = { child, stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (running.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (running.stderr += text));
  return running;
}

function tool(name: "start" | "stop" | "destroy", args: readonly string[], folder = workDir): Running {
  const env = { ...process.env, TF_PLUGIN_DIR: pluginFolder };
  return run(process.execPath, [join("dist", "tools", `${name}.js`), "--work-dir", folder, ...args], env);
}

async function finished(running: Running): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const [status] = (await once(running.child, "close")) as [number | null];
  return { status, stdout: running.stdout, stderr: running.stderr };
}

/** Waits a little; a process that has ended takes its time to give its memory back. @returns those that are left */
async function allGone(family: readonly number[], withinMs: number): Promise<number[]> {
  for (let waited = 0; waited < withinMs && family.some(isAlive); waited += 100) await delay(100);
  return family.filter(isAlive);
}

function requests(): Request[] {
  const lines = readFileSync(workspace.requestLog, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Request);
}

/** A server that accepts connections and only counts them: where every planted variable points to. */
class Trap {
  public connections = 0;
  private readonly server: Server = createServer((socket) => {
    this.connections += 1;
    socket.destroy();
  });

  public async open(): Promise<string> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public close(): void {
    this.server.close();
  }
}

/** An environment in which everything that Terraform and the AWS SDK read points to the trap, or would break them. */
function hostile(trap: string): NodeJS.ProcessEnv {
  const home = join(root, "hostile-home");
  mkdirSync(join(home, ".aws"), { recursive: true });
  writeFileSync(join(home, ".aws", "config"), `[default]\nendpoint_url = ${trap}\nregion = eu-west-1\n`);
  writeFileSync(
    join(home, ".aws", "credentials"),
    "[default]\naws_access_key_id = real\naws_secret_access_key = real\n",
  );
  writeFileSync(join(home, ".terraformrc"), `provider_installation { network_mirror { url = "${trap}/" } }\n`);
  writeFileSync(join(home, ".netrc"), "machine registry.terraform.io login real password real\n");
  const services = ["S3", "EC2", "STS", "IAM", "KMS", "EKS", "SSM", "FSX"];
  return {
    ...process.env,
    HOME: home,
    // npm would ask its registry for a newer npm through the trap.
    npm_config_update_notifier: "false",
    TF_PLUGIN_DIR: pluginFolder,
    ...Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, trap])),
    AWS_ENDPOINT_URL: trap,
    AWS_PROFILE: "production",
    AWS_ACCESS_KEY_ID: "real",
    AWS_SECRET_ACCESS_KEY: "real",
    AWS_SESSION_TOKEN: "real",
    AWS_REGION: "eu-west-1",
    AWS_CA_BUNDLE: "/nonexistent",
    AWS_CONTAINER_CREDENTIALS_FULL_URI: trap,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: trap,
    HTTP_PROXY: trap,
    HTTPS_PROXY: trap,
    http_proxy: trap,
    https_proxy: trap,
    ALL_PROXY: trap,
    TF_CLI_ARGS: "-no-such-option",
    TF_CLI_ARGS_plan: "-destroy",
    TF_CLI_CONFIG_FILE: join(home, ".terraformrc"),
    TF_DATA_DIR: join(home, "data"),
    TF_WORKSPACE: "other",
    TF_LOG: "trace",
    TF_LOG_PATH: join(home, "terraform.log"),
    TF_VAR_region: "eu-west-1",
    TF_REATTACH_PROVIDERS: "{}",
    PYTHONPATH: "/nonexistent",
    PYTHONSTARTUP: "/nonexistent",
    MOTO_ACCOUNT_ID: "999999999999",
  };
}

describe("npm start, in an environment that points everywhere else", () => {
  const trap = new Trap();
  let result: Awaited<ReturnType<typeof finished>>;
  let sockets: SocketWatch;
  let line: { ok: boolean; error?: string; seconds: number; stacks: StackLine[]; training: TrainingLine };

  beforeAll(async () => {
    const args = ["start", "--silent", "--", "--json", "--keep", "--work-dir", workDir];
    const running = run("npm", args, hostile(await trap.open()));
    sockets = new SocketWatch(running.child.pid ?? 0);
    result = await finished(running);
    sockets.stop();
    line = JSON.parse(result.stdout) as typeof line;
  });
  afterAll(() => trap.close());

  test("applies every stack of the stage's AWS half, says which it leaves out, and a second plan changes nothing", () => {
    expect(line).toMatchObject({ ok: true, seconds: expect.any(Number) as number });
    const manifest = JSON.parse(readFileSync(join(workspace.synthFolder(false), "manifest.json"), "utf8")) as {
      stacks: Record<string, unknown>;
    };
    const all = Object.keys(manifest.stacks).filter((name) => name.startsWith("prod-"));
    const kubernetes = ["prod-operators", "prod-platform", "prod-workloads-research"];
    expect(all).toEqual(expect.arrayContaining(kubernetes));
    for (const name of kubernetes) expect(result.stderr).toContain(`${name} is not applied`);
    const stage = all.filter((name) => !kubernetes.includes(name));
    expect(line.stacks.map(({ name }) => name).sort()).toEqual(stage.sort());
    expect(line.stacks.map(({ name, drift }) => ({ name, drift }))).toEqual(
      line.stacks.map(({ name }) => ({ name, drift: 0 })),
    );
    expect(line.stacks.reduce((sum, { resources }) => sum + resources, 0)).toBeGreaterThan(100);
    expect(result.status).toBe(0);
  });

  test("writes one line on standard output, and its progress on standard error", () => {
    expect(result.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(result.stderr).toContain("prod-foundation");
  });

  test("trains the reference job: a process is killed, the run goes on from its checkpoint, and the model lies in S3", () => {
    const { run, killed, resumedAt, lostSteps, steps, entities, exported, files } = line.training;
    expect(line.training).toMatchObject({ wasComplete: false, killed: { processes: 2 } });
    expect(resumedAt).toBeGreaterThanOrEqual(killed.checkpoint);
    // The step that was told last, and those that were done before the kill.
    expect(lostSteps).toBeGreaterThanOrEqual(killed.step - resumedAt);
    expect(lostSteps).toBeLessThan(steps);
    expect(isAlive(killed.pid)).toBe(false);
    expect(result.stderr).toContain("then SIGKILL for process");
    expect(entities["micro avg"]?.f1).toBeGreaterThan(0.25);
    expect(entities.LOC?.support).toBeGreaterThan(50);
    expect(files).toBeGreaterThan(2);
    expect(exported).toMatch(new RegExp(`^s3://.*/research/runs/${run}/export$`));
    const written = requests().filter(({ action }) => action === "PutObject");
    expect(written.map(({ path }) => `s3:/${path}`)).toContain(`${exported}/MANIFEST.json`);
    const spec = readFileSync(join(workDir, "training", "pod", "config", "launch-spec.json"), "utf8");
    expect(JSON.parse(spec)).toMatchObject({ run: { id: run }, fabric: { kind: "efa" } });
  });

  test("reaches nothing but the emulator", () => {
    expect(trap.connections).toBe(0);
    expect(sockets.seen.size).toBeGreaterThan(0);
    expect(sockets.foreign).toEqual([]);
    const services = new Set(requests().map(({ service }) => service));
    expect([...services]).toEqual(expect.arrayContaining(["ec2", "eks", "iam", "kms", "s3", "ssm", "sts"]));
    expect(existsSync(join(root, "hostile-home", "data"))).toBe(false);
    expect(existsSync(join(root, "hostile-home", "terraform.log"))).toBe(false);
  });

  test("asks the emulator for nothing that it lacks", () => {
    expect(requests().filter(({ status }) => status >= 500)).toEqual([]);
  });

  test("applies the JSON byte for byte as it is shipped", () => {
    for (const { name } of line.stacks) {
      const shipped = readFileSync(join(workspace.synthFolder(false), "stacks", name, "cdk.tf.json"));
      expect(readFileSync(join(workspace.stackFolder(name), "cdk.tf.json")).equals(shipped)).toBe(true);
    }
  });

  test("can be run again onto the kept emulator, and reports for people", async () => {
    const { status, stdout, stderr } = await finished(tool("start", []));
    expect(stderr).toContain("The emulator that an earlier run kept answers at");
    expect(stdout).toMatch(/prod-cluster +\d+ +\d+ s +no changes/);
    expect(stderr).toContain(`Run ${line.training.run} is complete already`);
    expect(stdout).toMatch(/^Entities +Precision/m);
    expect(stdout).toContain(`${line.training.exported}/`);
    expect(stdout).toContain("hashicorp/aws 5.100.0");
    expect(stdout).toContain("npx cdktf deploy 'prod-*'");
    expect(status).toBe(0);
  });

  test("npm run destroy takes the protection off, leaves nothing, and ends the emulator", async () => {
    const { pid } = JSON.parse(readFileSync(workspace.emulatorRecord, "utf8")) as { pid: number };
    const { status, stdout } = await finished(tool("destroy", ["--json"]));
    const destroyed = JSON.parse(stdout) as typeof line;
    expect(destroyed).toMatchObject({ ok: true });
    expect(destroyed.stacks.map(({ left }) => left)).toEqual(line.stacks.map(() => 0));
    expect(status).toBe(0);
    expect(await allGone([pid], 2_000)).toEqual([]);
    expect((await finished(tool("stop", []))).stdout).toBe("Nothing is running.\n");
  });
});

describe("an end in mid-apply", () => {
  const folder = join(root, "interrupted");

  const direct = () => tool("start", [], folder);
  const byNpm = () =>
    run("npm", ["start", "--", "--work-dir", folder], { ...process.env, TF_PLUGIN_DIR: pluginFolder });

  /** Starts, and waits until resources are being created. */
  async function midApply(start: () => Running): Promise<Running & { family: number[] }> {
    rmSync(folder, { recursive: true, force: true });
    const running = start();
    const log = join(folder, "logs", "prod-foundation-apply.jsonl");
    for (let i = 0; i < 1200 && running.child.exitCode === null; i += 1) {
      if (existsSync(log) && readFileSync(log, "utf8").includes('"apply_complete"')) break;
      await delay(100);
    }
    const family = familyOf(running.child.pid ?? 0);
    // Ourselves, Terraform, its provider, the emulator.
    expect(family.length).toBeGreaterThanOrEqual(4);
    return Object.assign(running, { family });
  }

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s leaves no process, ends with %i, and lets Terraform write its state", async (signal, status) => {
    const running = await midApply(direct);
    running.child.kill(signal);
    const result = await finished(running);
    expect(result.status).toBe(status);
    expect(result.stderr).toContain("Interrupted: ending Terraform and the emulator");
    expect(await allGone(running.family, 1_000)).toEqual([]);
    const state = readFileSync(join(folder, "state", "prod-foundation.tfstate"), "utf8");
    expect((JSON.parse(state) as { resources: unknown[] }).resources.length).toBeGreaterThan(0);
    expect(readdirSync(folder)).not.toContain("run.lock");
  });

  test("of npm alone, which tells nobody, leaves no process either", async () => {
    const running = await midApply(byNpm);
    running.child.kill("SIGTERM");
    expect(await allGone(running.family, 10_000)).toEqual([]);
  });

  test("by SIGKILL, which nobody can answer, still ends the emulator", async () => {
    const running = await midApply(direct);
    running.child.kill("SIGKILL");
    const emulator = running.family.filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("aidc_embedded"),
    );
    expect(emulator).toHaveLength(1);
    expect(await allGone(emulator, 10_000)).toEqual([]);
    // Terraform gives up by itself once nobody answers; the test does not wait for it.
    for (const pid of running.family.filter(isAlive)) process.kill(pid, "SIGKILL");
  });
});

test("a busy port is one line and exit 2", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { status, stdout, stderr } = await finished(tool("start", ["--port", String(port)], join(root, "busy")));
  server.close();
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toBe(
    `error: port ${port} on 127.0.0.1 is in use. Choose another with --port, or leave it out for a free one.\n`,
  );
});

test("a failing apply is exit 1 with Terraform's words, and no process is left", async () => {
  const folder = join(root, "broken");
  const env = { ...process.env, TF_PLUGIN_DIR: pluginFolder, AIDC_TERRAFORM: join(root, "terraform") };
  mkdirSync(root, { recursive: true });
  const script =
    '#!/bin/sh\n[ "$1" = version ] && { echo "Terraform v1.11.4"; echo "on linux_amd64"; exit; }\necho "Error: no" >&2; exit 1\n';
  writeFileSync(join(root, "terraform"), script, { mode: 0o755 });
  const { status, stdout } = await finished(
    run(process.execPath, ["dist/tools/start.js", "--json", "--work-dir", folder], env),
  );
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    error: expect.stringMatching(/^terraform init of prod-foundation failed\n {2}Error: no\nThe whole log: /) as string,
  });
});
