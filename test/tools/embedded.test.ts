import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { checkPort } from "../../tools/embedded/emulator";
import { downloadEnvironment, loopback } from "../../tools/embedded/environment";
import { describe as describeFailure, exitCodeOf, RunFailed, Unready } from "../../tools/embedded/failures";
import { parseRunOptions, parseStopOptions } from "../../tools/embedded/options";
import { PlanSummary } from "../../tools/embedded/plan-summary";
import { showWork } from "../../tools/embedded/progress";
import { destroyLine, lockedProviders, startLine, table } from "../../tools/embedded/report";
import { shown } from "../../tools/embedded/repository";
import { inOrder, stacksOf } from "../../tools/embedded/synthesis";
import { foreignProviders, overrideFor, Workspace } from "../../tools/embedded/workspace";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "aidc-embedded-"))));
afterEach(() => rmSync(folder, { recursive: true }));

describe("the environment", () => {
  test.each(["http://127.0.0.1:5000", "http://127.1.2.3:1", "http://[::1]:5000", "http://localhost:5000"])(
    "accepts %s",
    (url) => {
      expect(loopback(url)).toBe(url);
    },
  );

  test.each([
    "https://127.0.0.1:5000",
    "http://10.0.0.1:5000",
    "http://127.0.0.1@aws.example.com",
    "http://localhost.example.com",
    "",
    "x",
  ])("refuses %j", (url) => {
    expect(() => loopback(url)).toThrow("is not on this machine");
  });

  test("lets only a download see the proxy, and no child see a key of the user", () => {
    const user = {
      PATH: "/bin",
      HTTPS_PROXY: "http://proxy:1",
      no_proxy: "x",
      SSL_CERT_FILE: "/ca.pem",
      AWS_PROFILE: "p",
      TF_LOG: "trace",
    };
    expect(downloadEnvironment(user, { home: "/h", cliConfig: "/c" })).toEqual({
      PATH: "/bin",
      HOME: "/h",
      HTTPS_PROXY: "http://proxy:1",
      no_proxy: "x",
      SSL_CERT_FILE: "/ca.pem",
      CHECKPOINT_DISABLE: "1",
      TF_CLI_CONFIG_FILE: "/c",
      TF_IN_AUTOMATION: "1",
      TF_INPUT: "0",
      TF_REGISTRY_CLIENT_TIMEOUT: "5",
      TF_REGISTRY_DISCOVERY_RETRY: "0",
    });
  });
});

describe("the order of stacks", () => {
  const dependencies: Record<string, string[]> = { a: ["b", "elsewhere"], b: ["c"], c: [], d: [] };
  const of = (name: string) => dependencies[name] ?? [];

  test("puts producers first and keeps the given order otherwise", () => {
    expect(inOrder(["d", "a", "b", "c"], of)).toEqual(["d", "c", "b", "a"]);
  });

  test("refuses a circle", () => {
    expect(() => inOrder(["a", "b"], (name) => (name === "a" ? ["b"] : ["a"]))).toThrow("a -> b -> a");
  });

  test("names the stages there are when there is none of the name", () => {
    writeFileSync(
      join(folder, "manifest.json"),
      JSON.stringify({ stacks: { "dev-a": {}, "prod-a": {}, "prod-b": {} } }),
    );
    expect(() => stacksOf(folder, "test")).toThrow(
      'there is no stack of stage "test". Stages of stacks/config.ts: dev, prod.',
    );
    expect(stacksOf(folder, "prod").map(({ name }) => name)).toEqual(["prod-a", "prod-b"]);
  });
});

describe("the work folder", () => {
  type Backends = Record<string, { path?: string }>[];
  const required = { required_providers: { aws: { source: "hashicorp/aws", version: "5.100.0" } } };
  const local = { local: { path: "../../../state/prod-data.tfstate" } };

  test("pins the provider and keeps a backend whose state stays inside", () => {
    expect(overrideFor("prod-data", { terraform: { backend: local } })).toMatchObject({ terraform: required });
    expect(overrideFor("prod-data", { terraform: { backend: local } })).not.toHaveProperty("terraform.backend");
  });

  test.each([
    { s3: {} },
    { local: { path: "/var/state" } },
    { local: { path: "../../../../state/x" } },
    {},
  ] as Backends)("replaces the backend %j, which would reach outside", (backend) => {
    expect(overrideFor("prod-data", { terraform: { backend } })).toMatchObject({
      terraform: { backend: local, ...required },
    });
  });

  test("knows the providers for which there is no emulator, also by their short names", () => {
    const providers = { aws: { source: "aws" }, helm: { source: "hashicorp/helm" }, kubernetes: {} };
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ terraform: { required_providers: providers } }));
    expect(foreignProviders(folder)).toEqual(["hashicorp/helm", "kubernetes"]);
  });

  test("names a stack that cannot be read", () => {
    writeFileSync(join(folder, "cdk.tf.json"), "{");
    expect(() => foreignProviders(folder)).toThrow(`${folder}/cdk.tf.json cannot be read`);
  });

  test("is taken by one run at a time; a lock of a process that is gone counts for nothing", () => {
    const workspace = new Workspace(folder);
    const other = (pid: number) => writeFileSync(join(folder, "run.lock"), String(pid));
    other(2 ** 22 + 1);
    workspace.lock();
    expect(readFileSync(join(folder, "run.lock"), "utf8")).toBe(String(process.pid));
    other(process.ppid);
    expect(workspace.lockOwner()).toBeUndefined();
    workspace.unlock();
  });
});

describe("a plan summary", () => {
  const summaryOf = (...events: object[]) => {
    const summary = new PlanSummary();
    summary.add("Terraform says something that is no JSON");
    summary.add("{broken");
    for (const event of events) summary.add(JSON.stringify(event));
    return summary;
  };
  const change = (addr: string, action: string) => ({ type: "planned_change", change: { resource: { addr }, action } });
  const hook = (type: string, addr: string, action = "create") => ({ type, hook: { resource: { addr }, action } });

  test("counts what is planned and lists it, without data sources that are read later", () => {
    const totals = { type: "change_summary", changes: { operation: "plan", add: 1, change: 1, remove: 1 } };
    const summary = summaryOf(change("a.b", "create"), change("c.d", "replace"), change("data.x.y", "read"), totals);
    expect(summary.planned).toBe(3);
    expect(summary.changes).toEqual(["a.b: create", "c.d: replace"]);
  });

  test("counts an output that would come out otherwise as a change", () => {
    const outputs = { same: { action: "noop" }, other: { action: "update" } };
    expect(summaryOf({ type: "outputs", outputs }).changes).toEqual(["output other: update"]);
  });

  test("follows an apply: what is done, and what is under way", () => {
    const summary = summaryOf(
      hook("apply_start", "a.b"),
      hook("apply_start", "c.d"),
      hook("apply_start", "data.e.f", "read"),
      hook("apply_complete", "a.b"),
      hook("apply_errored", "c.d"),
      hook("apply_start", "g.h"),
      hook("apply_complete", "data.e.f", "read"),
    );
    expect(summary.done).toBe(1);
    expect(summary.underway).toEqual(["g.h"]);
  });

  test("keeps errors with their address, and no warnings", () => {
    const error = { severity: "error", summary: "broken", detail: "one\ntwo", address: "a.b" };
    const summary = summaryOf(
      { type: "diagnostic", diagnostic: error },
      { type: "diagnostic", diagnostic: { severity: "warning" } },
    );
    expect(summary.errors).toEqual(["a.b: broken\n  one\n  two"]);
  });

  test("shows outputs as text and hides sensitive ones", () => {
    const outputs = { list: { value: [1] }, text: { value: "x" }, secret: { sensitive: true, value: "y" } };
    expect(summaryOf({ type: "outputs", outputs }).outputs).toEqual({ list: "[1]", text: "x", secret: "(sensitive)" });
  });
});

describe("the report", () => {
  const stack = { name: "prod-data", resources: 3, applySeconds: 4, drift: 0, destroySeconds: 5, left: 0, outputs: {} };

  test("aligns words to the left and numbers to the right", () => {
    expect(
      table(
        ["Stack", "Resources"],
        [
          ["a", "7"],
          ["longer", "12"],
        ],
      ),
    ).toEqual(["Stack   Resources", "------  ---------", "a               7", "longer         12"]);
    expect(table(["Stack"], [])).toEqual(["Stack", "-----"]);
  });

  test("is one JSON line when asked for", () => {
    const stacks = [{ name: "prod-data", resources: 3, applySeconds: 4, drift: 0 }];
    const training = { run: "ner-1" };
    expect(startLine([stack], 9, training)).toBe(JSON.stringify({ ok: true, seconds: 9, stacks, training }));
    expect(JSON.parse(destroyLine([stack], 9))).toMatchObject({ ok: true, stacks: [{ destroySeconds: 5, left: 0 }] });
  });

  test("tells in the JSON line how far a failed run got", () => {
    const failed = new RunFailed("it broke", ["because"], "x.log");
    expect(JSON.parse(startLine([{ name: "prod-data", resources: 0, outputs: {} }], 9, null, failed))).toEqual({
      ok: false,
      error: "it broke\n  because\nThe whole log: x.log",
      seconds: 9,
      stacks: [{ name: "prod-data", resources: 0, applySeconds: null, drift: null }],
      training: null,
    });
  });

  test("reads provider versions from the lock file", () => {
    const lock = join(folder, ".terraform.lock.hcl");
    writeFileSync(
      lock,
      '# x\nprovider "registry.terraform.io/hashicorp/aws" {\n  version     = "5.100.0"\n  hashes = []\n}\n',
    );
    expect(lockedProviders(lock)).toEqual(["hashicorp/aws 5.100.0"]);
    expect(lockedProviders(join(folder, "none"))).toEqual([]);
  });

  test("names what must be put right by hand with exit 2, everything else with exit 1", () => {
    expect(describeFailure(new Unready("no x", "Install it."))).toEqual(["error: no x. Install it."]);
    expect([new Unready("x"), new RunFailed("x"), new Error("x")].map(exitCodeOf)).toEqual([2, 1, 1]);
    expect(describeFailure(new Error("x"))[0]).toMatch(/^error: Error: x\n +at /);
  });
});

describe("options", () => {
  const exit = jest.spyOn(process, "exit");
  const stderr = jest.spyOn(process.stderr, "write");
  beforeEach(() => {
    exit.mockImplementation((code) => {
      throw new Error(`exit ${code}`);
    });
    stderr.mockReturnValue(true);
  });
  afterAll(() => {
    exit.mockRestore();
    stderr.mockRestore();
  });

  test("default to the prod stage on a free port, in the checkout", () => {
    const defaults = { stage: "prod", port: 0, keep: false, json: false, withFileSystems: false, training: true };
    expect(parseRunOptions("start", [])).toMatchObject(defaults);
    expect(shown(parseRunOptions("destroy", []).workDir)).toBe(".aidc/embedded");
    expect(parseStopOptions([])).toEqual({ workDir: parseRunOptions("start", []).workDir });
  });

  test("are read", () => {
    const args = ["--stage", "dev", "--port", "5000", "--keep", "--json", "--work-dir", folder];
    expect(parseRunOptions("start", args)).toMatchObject({
      stage: "dev",
      port: 5000,
      keep: true,
      json: true,
      workDir: folder,
    });
    expect(parseRunOptions("start", ["--no-training"])).toMatchObject({ training: false });
    expect(parseRunOptions("destroy", ["--with-file-systems"])).toMatchObject({
      withFileSystems: true,
      training: false,
    });
  });

  test.each([
    ["--prot", "1"],
    ["--port", "x"],
    ["--port", "65536"],
    ["--port", "-1"],
    ["extra"],
    ["--with-file-systems"],
  ])("refuse %s %s with exit 2", (...args) => {
    expect(() => parseRunOptions("start", args)).toThrow("exit 2");
  });
});

test("a busy port is told before anything is started", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await expect(checkPort(port)).rejects.toThrow(`port ${port} on 127.0.0.1 is in use. Choose another with --port`);
  await new Promise((done) => server.close(done));
  await expect(checkPort(port)).resolves.toBeUndefined();
  await expect(checkPort(0)).resolves.toBeUndefined();
});

test("progress is shown step by step, and the first failure is thrown as it is", async () => {
  const stream = new PassThrough();
  const failure = new RunFailed("no");
  const steps = [
    {
      title: "One",
      group: () => [{ title: "inner", run: async (step: { done(t: string): void }) => step.done("inner: 3 done") }],
    },
    { title: "Two", run: () => Promise.reject(failure) },
    { title: "Three", run: async () => undefined },
  ];
  await expect(showWork(steps, stream as unknown as NodeJS.WriteStream)).rejects.toBe(failure);
  const text = String(stream.read());
  expect(text).toContain("inner: 3 done");
  expect(text).toContain("Two");
  expect(text).not.toContain("Three");
});

test("the checkout is found from the compiled tools too", () => {
  mkdirSync(join(folder, "dist"), { recursive: true });
  expect(shown("/elsewhere/x")).toBe("/elsewhere/x");
});
