import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Cycle, type StackResult } from "../../tools/embedded/cycle";
import { keptEmulator, stopEmulator } from "../../tools/embedded/emulator";
import { commandLine } from "../../tools/embedded/processes";
import type { Work } from "../../tools/embedded/progress";
import { Session } from "../../tools/embedded/session";
import { Workspace } from "../../tools/embedded/workspace";
import { type Behaviour, FakeTools } from "./fake-tools";

const HOSTILE = {
  PATH: process.env.PATH,
  HOME: "/home/someone",
  AWS_PROFILE: "production",
  AWS_ENDPOINT_URL_S3: "https://s3.example.com",
  AWS_SESSION_TOKEN: "secret",
  AWS_CA_BUNDLE: "/tmp/evil.pem",
  TF_CLI_ARGS: "-lock=false",
  TF_VAR_region: "eu-west-1",
  TF_LOG: "trace",
  TF_DATA_DIR: "/tmp/elsewhere",
  HTTPS_PROXY: "http://proxy.example.com:3128",
  http_proxy: "http://proxy.example.com:3128",
  PYTHONPATH: "/tmp/evil",
  NODE_OPTIONS: "--require=/tmp/evil.js",
  MOTO_ACCOUNT_ID: "999999999999",
};

let tools: FakeTools;
let session: Session | undefined;
const said: string[] = [];

beforeEach(() => {
  tools = new FakeTools();
  said.length = 0;
});

afterEach(async () => {
  await session?.close();
  session = undefined;
  await stopEmulator(new Workspace(tools.options().workDir));
  tools.remove();
});

async function open(more: Parameters<FakeTools["options"]>[0] = {}): Promise<Session> {
  session = await Session.open(tools.options(more), HOSTILE, tools.toolchain, (line) => said.push(line));
  return session;
}

/** Runs steps as the live display does, without showing them. */
async function run(steps: readonly Work[], titles: string[] = []): Promise<string[]> {
  for (const { run: work, group } of steps) {
    await work?.({ done: (title) => titles.push(title), tell: () => undefined });
    if (group) await run(group(), titles);
  }
  return titles;
}

async function start(behaviour: Behaviour = {}, more: Parameters<FakeTools["options"]>[0] = {}) {
  tools.behave(behaviour);
  const results: StackResult[] = [];
  const cycle = new Cycle(await open(more), results);
  return { cycle, results, titles: () => run(cycle.start()) };
}

describe("npm start", () => {
  test("applies the stacks of the stage in the order in which they read of each other, then plans them all again", async () => {
    const { cycle, results, titles } = await start();
    await titles();
    const stacks = ["prod-foundation", "prod-data", "prod-cluster"];
    const applied = stacks.flatMap((s) => [`${s} init`, `${s} plan`, `${s} apply`, `${s} state`]);
    expect(tools.commands).toEqual([...applied, ...stacks.map((s) => `${s} plan`)]);
    expect(results.map(({ name, resources, drift }) => [name, resources, drift])).toEqual([
      ["prod-foundation", 1, 0],
      ["prod-data", 1, 0],
      ["prod-cluster", 1, 0],
    ]);
    expect(results[0]?.outputs).toEqual({ arn: "arn:prod-foundation", secret: "(sensitive)" });
    expect(cycle.complaint()).toBeUndefined();
  });

  test("applies the shipped JSON byte for byte, with its assets and an override beside it", async () => {
    const { titles } = await start();
    await titles();
    const { workspace } = session as Session;
    for (const file of ["cdk.tf.json", "assets/runtime.bin"]) {
      const shipped = readFileSync(join(workspace.synthFolder(false), "stacks", "prod-data", file));
      expect(readFileSync(join(workspace.stackFolder("prod-data"), file)).equals(shipped)).toBe(true);
    }
    const override = readFileSync(join(workspace.stackFolder("prod-data"), "pin_override.tf.json"), "utf8");
    expect(JSON.parse(override)).toEqual({
      terraform: { required_providers: { aws: { source: "hashicorp/aws", version: "5.100.0" } } },
      provider: { aws: { max_retries: 3 } },
    });
  });

  test("gives its children an allow-listed environment with one loopback endpoint", async () => {
    const { titles } = await start();
    await titles();
    const { workspace, emulator } = session as Session;
    const shell = ["PWD", "SHLVL", "_", "OLDPWD"];
    const seen = (env: object) => Object.fromEntries(Object.entries(env).filter(([name]) => !shell.includes(name)));
    const common = { PATH: process.env.PATH, HOME: workspace.home, CHECKPOINT_DISABLE: "1" };
    for (const { env } of tools.calls) {
      expect(seen(env)).toEqual({
        ...common,
        AWS_ENDPOINT_URL: emulator.url,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        AWS_REGION: "us-east-1",
        AWS_CONFIG_FILE: "/dev/null",
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
        AWS_EC2_METADATA_DISABLED: "true",
        NO_PROXY: "127.0.0.1,localhost,::1",
        TF_CLI_CONFIG_FILE: workspace.cliConfig,
        TF_IN_AUTOMATION: "1",
        TF_INPUT: "0",
      });
    }
    const pythonPath = expect.stringMatching(/embedded\/src$/) as string;
    expect(seen(tools.emulatorCalls[0]?.env ?? {})).toEqual({ ...common, PYTHONPATH: pythonPath });
  });

  test("tells what a second plan would change", async () => {
    const { cycle, results, titles } = await start({ drift: "prod-data" });
    expect(await titles()).toContain("prod-data: 1 changes: aws_thing.prod-data: update");
    expect(results.map(({ drift }) => drift)).toEqual([0, 1, 0]);
    expect(cycle.complaint()).toMatchObject({
      message: "a second plan is not empty",
      details: [expect.stringMatching(/^prod-data: 1 changes, see .*prod-data-drift\.log$/)],
      exitCode: 1,
    });
  });

  test("stops at the first stack that fails, with Terraform's diagnostics and its log", async () => {
    const { results, titles } = await start({ fails: "prod-data" });
    await expect(titles()).rejects.toMatchObject({
      message: "terraform apply of prod-data failed",
      details: ["aws_thing.prod-data: creating thing\n  no thing left"],
      log: expect.stringMatching(/prod-data-apply\.jsonl$/) as string,
      exitCode: 1,
    });
    expect(results[0]?.applySeconds).toBeDefined();
    expect(results[1]?.applySeconds).toBeUndefined();
    expect(tools.commands).not.toContain("prod-cluster init");
  });

  test("leaves out stacks that need a provider without an emulator, and says so", async () => {
    const kubernetes = { kubernetes: { source: "hashicorp/kubernetes" }, aws: { source: "hashicorp/aws" } };
    const stacks = { "prod-foundation": {}, "prod-operators": { providers: kubernetes } };
    const { cycle, results, titles } = await start({ stacks });
    expect(await titles()).toContain(
      "Synthesize stage prod: 1 stacks; prod-operators is not applied, it needs hashicorp/kubernetes",
    );
    expect(results.map(({ name }) => name)).toEqual(["prod-foundation"]);
    expect(cycle.skipped).toEqual([{ name: "prod-operators", providers: ["hashicorp/kubernetes"] }]);
  });

  test("shows why the app could not be synthesized", async () => {
    const { titles } = await start({ synthFails: true });
    await expect(titles()).rejects.toMatchObject({
      message: "the synthesis failed",
      details: expect.arrayContaining([expect.stringContaining("API_ACCESS_EMPTY")]) as string[],
    });
  });

  test("passes on what the emulator says when it refuses to start", async () => {
    const { titles } = await start({ emulatorRefuses: true });
    await expect(titles()).rejects.toMatchObject({
      message: "the emulator cannot start: port 80 on 127.0.0.1 is in use; choose another with --port",
      exitCode: 2,
    });
  });

  test("tells when the emulator breaks", async () => {
    const { titles } = await start({ emulatorBreaks: true });
    await expect(titles()).rejects.toMatchObject({ message: "the emulator ended with 1", exitCode: 1 });
  });

  test("refuses an emulator that is not on this machine", async () => {
    const { titles } = await start({ emulatorHost: "192.0.2.1" });
    await expect(titles()).rejects.toMatchObject({
      message: expect.stringContaining("is not on this machine") as string,
    });
    expect(tools.calls).toEqual([]);
  });

  test("blames the emulator, not Terraform, when it ends in the middle", async () => {
    const { titles } = await start({ fails: "prod-data" });
    const error: unknown = await titles().catch((cause: unknown) => cause);
    process.kill((session as Session).emulator.pid, "SIGKILL");
    await new Promise((done) => setTimeout(done, 200));
    expect(session?.explain(error)).toMatchObject({
      message: "the emulator ended (SIGKILL) while Terraform was at work",
      details: ["terraform apply of prod-data failed"],
    });
  });
});

describe("an interrupt", () => {
  test("ends Terraform, then the emulator, and starts nothing more", async () => {
    const { titles } = await start({ hangs: "prod-foundation" });
    const failed = titles().catch((error: unknown) => error);
    const running = session as Session;
    for (let i = 0; i < 200 && !tools.commands.includes("prod-foundation apply"); i += 1) {
      await new Promise((done) => setTimeout(done, 50));
    }
    const { pid } = running.emulator;
    await running.close();
    expect(await failed).toBeInstanceOf(Error);
    expect(commandLine(pid)).toBeUndefined();
    expect(() => running.children.start("true", [], { cwd: "/", env: {}, errorLog: "/dev/null" })).toThrow(
      "interrupted",
    );
    expect(existsSync(join(running.workspace.root, "run.lock"))).toBe(false);
  });
});

describe("npm run destroy", () => {
  test("applies without protection and destroys in reverse order", async () => {
    const results: StackResult[] = [];
    const cycle = new Cycle(await open(), results);
    await run(cycle.destroy());
    const order = tools.commands.filter((command) => /apply|destroy/.test(command));
    expect(order).toEqual([
      "prod-foundation apply",
      "prod-data apply",
      "prod-cluster apply",
      "prod-cluster destroy",
      "prod-data destroy",
      "prod-foundation destroy",
    ]);
    const { workspace } = session as Session;
    const json = readFileSync(join(workspace.synthFolder(true), "stacks", "prod-data", "cdk.tf.json"), "utf8");
    expect(json).toContain("data-loss-accepted");
    expect(results.every(({ left }) => left === 0)).toBe(true);
    expect(cycle.complaint()).toBeUndefined();
  });

  test("does not wait for Lustre file systems unless asked to, and says so", async () => {
    const slow = "module.a.aws_fsx_lustre_file_system.Scratch";
    tools.behave({ stacks: { "prod-data": {} }, resources: [slow] });
    expect((await run(new Cycle(await open(), []).destroy())).at(-1)).toContain(`not waited for: ${slow}`);
    expect(tools.calls.map(({ args }) => args)).toContainEqual(["state", "rm", slow]);
    await session?.close();
    const titles = await run(new Cycle(await open({ withFileSystems: true }), []).destroy());
    expect(titles.at(-1)).not.toContain("not waited for");
  });

  test("complains of resources that are left", async () => {
    tools.behave({ leaves: "prod-data" });
    const cycle = new Cycle(await open(), []);
    await run(cycle.destroy());
    expect(cycle.complaint()).toMatchObject({ message: "resources are left after the destroy", exitCode: 1 });
  });
});

describe("a kept emulator", () => {
  async function keep(): Promise<Session> {
    const { titles } = await start({}, { keep: true });
    await titles();
    const kept = session as Session;
    expect(kept.releaseEmulator()).toBe(true);
    await kept.close();
    return kept;
  }

  test("lives on, and the next run applies onto it and its state", async () => {
    const { workspace, emulator } = await keep();
    expect(await keptEmulator(workspace)).toEqual(emulator);
    writeFileSync(join(workspace.state, "prod-data.tfstate"), "{}");
    const { titles } = await start();
    await titles();
    expect(said).toContain(`The emulator that an earlier run kept answers at ${emulator.url}: applying onto it.`);
    expect(tools.emulatorCalls).toHaveLength(1);
    expect(tools.emulatorCalls[0]?.args).not.toContain("--parent");
    expect(existsSync(join(workspace.state, "prod-data.tfstate"))).toBe(true);
    await session?.close();
    expect(await keptEmulator(workspace)).toEqual(emulator);
  });

  test("is made to forget everything when its state is gone", async () => {
    const { workspace } = await keep();
    rmSync(workspace.state, { recursive: true });
    await open();
    expect(readFileSync(join(tools.folder, "requests.txt"), "utf8")).toContain("POST /moto-api/reset");
  });

  test("is ended by npm run stop, which then finds nothing", async () => {
    const { workspace, emulator } = await keep();
    expect(await stopEmulator(workspace)).toBe(emulator.pid);
    expect(commandLine(emulator.pid)).toBeUndefined();
    expect(await stopEmulator(workspace)).toBeUndefined();
  });

  test("is never taken for another process that has its number", async () => {
    const { workspace, emulator } = await keep();
    await stopEmulator(workspace);
    writeFileSync(workspace.emulatorRecord, JSON.stringify({ ...emulator, pid: process.pid }));
    expect(await keptEmulator(workspace)).toBeUndefined();
    expect(existsSync(workspace.emulatorRecord)).toBe(false);
    writeFileSync(workspace.emulatorRecord, JSON.stringify({ ...emulator, pid: process.pid }));
    expect(await stopEmulator(workspace)).toBeUndefined();
  });

  test("that does not answer is named with the way to end it", async () => {
    const { workspace, emulator } = await keep();
    const url = "http://127.0.0.1:1";
    writeFileSync(workspace.emulatorRecord, JSON.stringify({ ...emulator, url }));
    await expect(keptEmulator(workspace)).rejects.toThrow(`does not answer at ${url}. Run npm run stop.`);
    expect(await stopEmulator(workspace)).toBe(emulator.pid);
  });

  test("is not there without --keep: its state goes with it, said aloud", async () => {
    const { titles } = await start();
    await titles();
    const { workspace } = session as Session;
    expect(tools.emulatorCalls[0]?.args).toEqual(expect.arrayContaining(["--parent", String(process.pid)]));
    writeFileSync(join(workspace.state, "prod-data.tfstate"), "{}");
    await session?.close();
    await open();
    expect(said.at(-1)).toMatch(/^Removing .*state: it describes resources of an emulator that is gone\.$/);
    expect(existsSync(join(workspace.state, "prod-data.tfstate"))).toBe(false);
  });
});
