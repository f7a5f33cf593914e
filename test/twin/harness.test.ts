import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { gangJobSet, kueueConfiguration } from "cdktf-ai-datacenter/kubernetes";
import type { ApiObject } from "../../tools/kubernetes/api-client";
import { Twin } from "../../tools/twin/twin";
import { p5Pool } from "../kubernetes/p5-pool";
import { twinEnvironment } from "./environment";
import { queuesOf } from "./queues";

const POOL = p5Pool();
const NAMESPACE = "team-research";
const ENVIRONMENT = twinEnvironment();
const WAIT_MS = 240_000;

let twin: Twin;
let server: Server;
/** What pods have told this machine, and what they are told. */
const told: string[] = [];
let orders: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  twin = await Twin.start({ pool: POOL, image: { environment: ENVIRONMENT }, kueue: kueueConfiguration() });
  const enforced = { "pod-security.kubernetes.io/enforce": "restricted" };
  const labels = { "aidc/team": "research", ...enforced };
  await twin.plane.client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels } });
  for (const object of queuesOf("research", POOL)) await twin.plane.client.apply(object);
  server = createServer((request, response) => {
    const path = request.url ?? "";
    told.push(path);
    response.end(orders[path] ?? "go");
  });
  server.listen(0, twin.hostAddress);
  await once(server, "listening");
});

afterAll(async () => {
  server?.close();
  await twin?.stop();
});

/** Two ranks meet over the network by the names that JobSet gives them, and ask this machine what to do. */
const PROGRAM = `
import os, socket, sys, time, urllib.request
job, rank, host = os.environ["JOB"], int(os.environ["JOB_COMPLETION_INDEX"]), os.environ["HOST_URL"]
def ask(what):
    return urllib.request.urlopen(f"{host}/{job}/{rank}/{what}", timeout=10).read().decode()
if rank == 0:
    listener = socket.create_server(("", 29500))
    peer, _ = listener.accept()
else:
    for attempt in range(600):
        try:
            peer = socket.create_connection((f"{job}-node-0-0.{job}", 29500), timeout=5)
            break
        except OSError:
            time.sleep(0.1)
peer.sendall(f"from {rank}".encode())
print("heard:", peer.recv(100).decode(), flush=True)
for line in os.environ.get("EXTRA", "").split(";"):
    exec(line.strip())
order = ask("ready")
while order == "wait":
    time.sleep(0.2)
    order = ask("again")
sys.exit(int(order) if order.isdigit() else 0)
`;

async function start(name: string, extra = "", maxRestarts = 0): Promise<void> {
  const address = server.address();
  const port = typeof address === "object" ? String(address?.port) : "";
  const env = { JOB: name, HOST_URL: `http://${twin.hostAddress}:${port}`, EXTRA: extra };
  const command = ["python", "-c", PROGRAM];
  const options = { name, namespace: NAMESPACE, pool: POOL, nodes: 2, image: twin.image, command, env, maxRestarts };
  await twin.plane.client.create({ ...gangJobSet({ ...options, gracePeriodSeconds: 5 }, "test") });
}

async function podsOf(name: string): Promise<readonly ApiObject[]> {
  const labelSelector = `jobset.sigs.k8s.io/jobset-name=${name}`;
  const pods = await twin.plane.client.list("v1", "Pod", { namespace: NAMESPACE, labelSelector });
  return [...pods].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

interface PodStatus {
  readonly containerStatuses?: readonly {
    readonly state: { readonly terminated?: { readonly exitCode: number; readonly reason: string } };
  }[];
}

function exitCode(pod: ApiObject | undefined): number | undefined {
  return (pod?.status as PodStatus | undefined)?.containerStatuses?.[0]?.state.terminated?.exitCode;
}

/** Waits for the end of a JobSet. @returns "Completed" or "Failed" */
async function end(name: string): Promise<string> {
  return twin.plane.client.waitFor(
    `the end of ${name}`,
    async () => {
      const jobSet = await twin.plane.client.get("jobset.x-k8s.io/v1alpha2", "JobSet", name, NAMESPACE);
      return (jobSet?.status as { readonly terminalState?: string } | undefined)?.terminalState;
    },
    WAIT_MS,
  );
}

test("the nodes are Ready, and as large as their instance type", async () => {
  const nodes = await twin.plane.client.list("v1", "Node");
  expect(nodes.map(({ metadata }) => metadata.name)).toEqual(["training-0", "training-1"]);
  for (const { status } of nodes) {
    const { capacity, nodeInfo } = status as { readonly capacity: object; readonly nodeInfo: object };
    expect(capacity).toMatchObject({ cpu: "192", memory: "2Ti", "hugepages-2Mi": "5Gi", "nvidia.com/gpu": "8" });
    expect(nodeInfo).toMatchObject({ kubeletVersion: "v1.35.4", containerRuntimeVersion: "containerd://1.6.20" });
  }
});

test("a gang of whole nodes runs as containers that find each other, this machine and their libraries", async () => {
  await start(
    "hello",
    "import torch; print('torch', torch.ones(2).sum().item()); print('user', os.getuid(), os.getcwd())",
  );
  expect(await end("hello")).toBe("Completed");
  const pods = await podsOf("hello");
  expect(pods.map(({ spec }) => (spec as { readonly nodeName: string }).nodeName).sort()).toEqual(twin.nodeNames);
  expect(pods.map(exitCode)).toEqual([0, 0]);
  const logs = await Promise.all(pods.map(({ metadata }) => twin.logs({ name: metadata.name, namespace: NAMESPACE })));
  expect(logs[0]).toMatch(/^heard: from 1\ntorch 2.0\nuser 1000 \/tmp\n$/);
  expect(logs[1]).toMatch(/^heard: from 0\ntorch 2.0\nuser 1000 \/tmp\n$/);
  expect(told).toEqual(expect.arrayContaining(["/hello/0/ready", "/hello/1/ready"]));
});

test("a container's exit code is seen, and ends a gang that may not start again", async () => {
  orders = { "/fails/0/ready": "wait", "/fails/0/again": "wait", "/fails/1/ready": "65" };
  await start("fails");
  const failed = await twin.plane.client.waitFor(
    "exit code 65",
    async () => (await podsOf("fails")).find((pod) => exitCode(pod) === 65),
    WAIT_MS,
  );
  expect(failed.metadata.name).toMatch(/^fails-node-0-1-/);
  expect(await end("fails")).toBe("Failed");
});

test("a killed container is seen as 137, and the gang starts again as a whole", async () => {
  orders = { "/again/0/ready": "wait", "/again/0/again": "wait", "/again/1/ready": "wait", "/again/1/again": "wait" };
  await start("again", "", 1);
  await twin.plane.client.waitFor("both to work", () => Promise.resolve(both("again")), WAIT_MS);
  const [, second] = await podsOf("again");
  const victim = { name: second?.metadata.name ?? "", namespace: NAMESPACE };
  await twin.killContainer(victim);
  await twin.plane.client.waitFor("exit code 137", async () =>
    (await podsOf("again")).some((pod) => exitCode(pod) === 137),
  );
  orders = {};
  expect(await end("again")).toBe("Completed");
  const jobSet = await twin.plane.client.get("jobset.x-k8s.io/v1alpha2", "JobSet", "again", NAMESPACE);
  expect(jobSet?.status).toMatchObject({ restarts: 1 });
  expect((await podsOf("again")).map(({ metadata }) => metadata.name)).not.toContain(victim.name);
});

function both(job: string): boolean {
  return [0, 1].every((rank) => told.includes(`/${job}/${rank}/again`));
}

test("a lost node is gone with its pods, and stop leaves nothing", async () => {
  const { folder } = twin.plane;
  await twin.killNode("training-1");
  expect(twin.nodeNames).toEqual(["training-0"]);
  expect(existsSync(join(folder, "node-1"))).toBe(false);
  await twin.stop();
  expect(existsSync(folder)).toBe(false);
  expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(folder);
  expect(execFileSync("ip", ["link"], { encoding: "utf8" })).not.toContain("aidc");
  const groups = execFileSync("find", ["/sys/fs/cgroup", "-name", "aidc-twin-*"], { encoding: "utf8" });
  expect(groups).toBe("");
  expect(commandLines().filter((line) => line.includes(folder))).toEqual([]);
});

function commandLines(): readonly string[] {
  const numbers = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return numbers.flatMap((pid) => {
    try {
      return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
    } catch {
      return [];
    }
  });
}
