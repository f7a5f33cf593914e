import { EventEmitter } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { drainCommand, type DrainOptions } from "../../lib/cli/drain-command";

/** A cluster in a folder: what a fake kubectl on the PATH answers from. */
interface FakeCluster {
  /** Whether Karpenter's kinds are there. @default true */
  readonly group?: boolean;
  readonly pools?: readonly Named[];
  readonly claims?: readonly Named[];
  /** Node claims stay, whoever asks. @default false */
  readonly stuck?: boolean;
  /** Calls that fail, counted from 1, and with what. @default - none */
  readonly failing?: { readonly calls: readonly number[]; readonly error: string };
  /** Calls take for ever. @default false */
  readonly hangs?: boolean;
}

interface Named {
  readonly metadata: { readonly name: string };
  readonly [more: string]: unknown;
}

/** Each object is a file; a node claim that was asked to go is gone after the next look at it. */
const FAKE = `#!/bin/sh
cd "$FAKE_CLUSTER" || exit 9
echo "$*" >> calls
if [ -f failing ]; then
  number=$(($(wc -l < calls)))
  if grep -qx "$number" failing; then cat error >&2; exit 1; fi
fi
if [ -f hangs ]; then echo $$ > pid; exec sleep 1000; fi
while :; do case $1 in get | delete | config) break ;; esac; shift; done
what="$1 $2"
shift 2
items() {
  printf '{"items":['
  for file in "$1"/*; do [ -e "$file" ] && printf '%s' "$comma" && cat "$file" && comma=,; done
  printf ']}'
}
case $what in
"config current-context") echo prod-context ;;
"get --raw") [ -f group ] || { echo "Error from server (NotFound): the server could not find it" >&2; exit 1; } ;;
"get nodepools.karpenter.sh") items pools ;;
"get nodeclaims.karpenter.sh")
  items claims
  [ -f stuck ] || for file in claims/*.going; do [ -e "$file" ] && rm "$file" && break; done ;;
"delete nodepools.karpenter.sh") for name; do rm -f "pools/$name"; done ;;
"delete nodeclaims.karpenter.sh")
  for name; do
    [ -e "claims/$name" ] || continue
    sed 's/"metadata":{/&"deletionTimestamp":"2026-12-01T00:00:00Z",/' "claims/$name" > "claims/$name.going"
    rm "claims/$name"
  done ;;
esac
exit 0
`;

const folder = mkdtempSync(join(tmpdir(), "aidc-drain-"));
const state = join(folder, "cluster");
writeFileSync(join(folder, "kubectl"), FAKE);
chmodSync(join(folder, "kubectl"), 0o755);
const { PATH } = process.env;
beforeEach(() => Object.assign(process.env, { PATH: [folder, PATH].join(delimiter), FAKE_CLUSTER: state }));
afterEach(() => Object.assign(process.env, { PATH }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pool = (name: string) => ({ metadata: { name } });
const claim = (name: string) => ({
  metadata: { name, finalizers: ["karpenter.sh/termination"] },
  status: { nodeName: `ip-${name}`, conditions: [] as object[] },
});

function put(kind: "pools" | "claims", objects: readonly Named[]): void {
  for (const one of objects) writeFileSync(join(state, kind, one.metadata.name), JSON.stringify(one));
}

function cluster({ group = true, pools = [], claims = [], stuck, failing, hangs }: FakeCluster): void {
  rmSync(state, { recursive: true, force: true });
  for (const kind of ["pools", "claims"]) mkdirSync(join(state, kind), { recursive: true });
  put("pools", pools);
  put("claims", claims);
  const flags = { calls: true, group, stuck, hangs };
  for (const [name, set] of Object.entries(flags)) if (set) writeFileSync(join(state, name), "");
  if (failing) writeFileSync(join(state, "failing"), failing.calls.map((call) => `${call}\n`).join(""));
  if (failing) writeFileSync(join(state, "error"), failing.error);
}

function calls(): string[] {
  const made = readFileSync(join(state, "calls"), "utf8").split("\n").slice(0, -1);
  return made.map((call) => call.replace("--request-timeout=30s ", ""));
}

async function drain(options: Partial<DrainOptions> = {}, signals: NodeJS.EventEmitter = new EventEmitter()) {
  let [out, error] = ["", ""];
  const io = {
    out: (text: string) => void (out += text),
    error: (text: string) => void (error += text),
    stdin: () => Buffer.from(""),
  };
  const status = await drainCommand({ timeout: "15m", yes: true, dryRun: false, ...options }, io, {
    pollMs: 1,
    signals,
  });
  return { status, out, error };
}

test("deletes the node pools before the node claims, and waits until none is left", async () => {
  cluster({ pools: [pool("chat"), pool("training")], claims: [claim("a"), claim("b")] });
  const { status, out, error } = await drain();
  expect({ status, out }).toEqual({ status: 0, out: "drained: no NodePool and no NodeClaim is left\n" });
  expect(calls().filter((call) => call.startsWith("delete"))).toEqual([
    "delete nodepools.karpenter.sh chat training --wait=false --ignore-not-found",
    "delete nodeclaims.karpenter.sh a b --wait=false --ignore-not-found",
  ]);
  expect(error).toBe(
    [
      "deleting in prod-context",
      "2 node pools, 2 node claims left",
      "0 node pools, 2 node claims left",
      "0 node pools, 1 node claims left",
      "",
    ].join("\n"),
  );
});

test("deletes what comes in between", async () => {
  cluster({ claims: [claim("a")], stuck: true });
  const running = drain();
  await waitFor(() => calls().some((call) => call.startsWith("delete nodeclaims")));
  put("pools", [pool("late")]);
  rmSync(join(state, "stuck"));
  expect((await running).status).toBe(0);
  expect(calls().find((call) => call.startsWith("delete nodepools"))).toMatch(/ late /);
});

test("without --yes tells what it would delete, and deletes nothing", async () => {
  cluster({ pools: [pool("training")], claims: [claim("a")] });
  expect(await drain({ yes: false })).toEqual({
    status: 1,
    out: [
      "in prod-context, would delete and wait for:",
      "  NodePool training",
      "  NodeClaim a (node ip-a)",
      "nothing was deleted; run it again with --yes",
      "",
    ].join("\n"),
    error: "",
  });
  expect(calls().filter((call) => call.startsWith("delete"))).toEqual([]);
});

test("calls a dry run a success, whatever else is said", async () => {
  cluster({ pools: [pool("training")] });
  const { status, out } = await drain({ dryRun: true });
  expect(status).toBe(0);
  expect(out).toContain("dry run: nothing was deleted");
  expect(calls().filter((call) => call.startsWith("delete"))).toEqual([]);
});

test.each([
  ["the cluster has never heard of Karpenter", { group: false }],
  ["there is no NodePool and no NodeClaim", {}],
])("has nothing to do where %s", async (because, content) => {
  cluster(content);
  expect(await drain()).toEqual({ status: 0, out: `nothing to drain: ${because}\n`, error: "" });
});

test("names at the timeout what is left, with its finalizers and what it waits for", async () => {
  const conditions = [
    { type: "Drained", status: "False", message: "pod ml/train-0 has do-not-disrupt" },
    { type: "VolumesDetached", status: "Unknown" },
    { type: "Launched", status: "False", message: "of no interest" },
  ];
  cluster({ claims: [{ ...claim("a"), status: { nodeName: "ip-a", conditions } }], stuck: true });
  const { status, error } = await drain({ timeout: "0s" });
  expect(status).toBe(1);
  expect(error).toContain(
    "not drained after 0s; left are:\n" +
      "  NodeClaim a (node ip-a): finalizers karpenter.sh/termination; " +
      "not Drained: pod ml/train-0 has do-not-disrupt; not VolumesDetached\n",
  );
  expect(error).toMatch(/PodDisruptionBudgets .*do-not-disrupt/);
});

test("speaks to the cluster that is asked for", async () => {
  cluster({ claims: [claim("a")] });
  const { error } = await drain({ context: "other", kubeconfig: "other.yaml" });
  expect(error).toContain("deleting in other\n");
  for (const call of calls()) expect(call).toMatch(/^--context other --kubeconfig other\.yaml (get|delete) /);
});

test("does not take a cluster that refuses to answer for one without Karpenter", async () => {
  const error = "E1201 memcache.go\nerror: You must be logged in to the server (Unauthorized)";
  cluster({ group: false, failing: { calls: [1], error } });
  expect(await drain()).toEqual({
    status: 2,
    out: "",
    error: "kubectl: error: You must be logged in to the server (Unauthorized)\n",
  });
});

test("bears that the cluster is away for a moment, and gives up when it stays away", async () => {
  const away = (...failed: number[]) => ({
    pools: [pool("training")],
    claims: [claim("a"), claim("b"), claim("c")],
    failing: { calls: failed, error: "connection refused" },
  });
  cluster(away(7, 8, 13, 15));
  const short = await drain();
  expect(short.status).toBe(0);
  expect(short.error.match(/kubectl: connection refused; trying again\n/g)).toHaveLength(4);
  cluster(away(7, 8, 9));
  const long = await drain();
  expect(long.status).toBe(2);
  expect(long.error).toMatch(/kubectl: connection refused\n$/);
});

test("says so where there is no kubectl", async () => {
  process.env.PATH = join(dirname(state), "empty");
  expect(await drain()).toEqual({
    status: 2,
    out: "",
    error: "kubectl is not on the PATH; install it first\n",
  });
});

test.each(["15", "m", "15 m", "-1m", ""])("refuses the timeout %j", async (timeout) => {
  cluster({});
  const { status, error } = await drain({ timeout });
  expect(status).toBe(2);
  expect(error).toContain("allowed: a duration such as 90s, 15m or 1h30m");
  expect(calls()).toEqual([]);
});

describe("Ctrl-C", () => {
  test("ends the kubectl that is under way, and leaves no listener behind", async () => {
    cluster({ hangs: true });
    const signals = new EventEmitter();
    const running = drain({}, signals);
    await waitFor(() => readFileSync(join(state, "pid"), "utf8").endsWith("\n"));
    const child = Number(readFileSync(join(state, "pid"), "utf8"));
    signals.emit("SIGINT");
    expect(await running).toEqual({
      status: 130,
      out: "",
      error: "interrupted: what was asked to go still goes; run it again to wait\n",
    });
    await waitFor(() => !isAlive(child));
    expect(signals.listenerCount("SIGINT") + signals.listenerCount("SIGTERM")).toBe(0);
  });

  test("ends the waiting too", async () => {
    cluster({ claims: [claim("a")], stuck: true });
    const signals = new EventEmitter();
    const running = drain({}, signals);
    await waitFor(() => calls().some((call) => call.startsWith("delete nodeclaims")));
    signals.emit("SIGTERM");
    expect((await running).status).toBe(130);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Polls, since there is nothing to await in another process. */
async function waitFor(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end;) {
    try {
      if (condition()) return;
    } catch {
      // The file is being written.
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("it did not come about");
}
