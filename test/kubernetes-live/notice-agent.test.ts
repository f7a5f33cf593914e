import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { NOTICE_CONDITION, NOTICE_TAINT, noticeAgentManifests } from "cdktf-ai-datacenter/training";
import type { PoolProfile } from "../../lib/contracts/pool";
import { profilesOf } from "../../stacks/kubernetes";
import type { ApiObject } from "../../tools/kubernetes/api-client";
import { buildKubernetes } from "../../tools/kubernetes/build";
import { ControlPlane } from "../../tools/kubernetes/control-plane";
import { addNodes } from "../../tools/kubernetes/nodes";
import { applyTwice } from "./compare";
import { prod } from "./reference-stacks";

const NAMESPACE = "kube-system";
const NAME = "aidc-notice-agent";
const TRAINING = profilesOf(prod).find(({ poolName }) => poolName === "training") as PoolProfile;
const named = (poolName: string): PoolProfile => ({ ...TRAINING, poolName, nodeSelector: { "aidc/pool": poolName } });
const options = { pools: [TRAINING, named("research")], image: `registry.example/train@sha256:${"a".repeat(64)}` };
const objects = JSON.parse(JSON.stringify(noticeAgentManifests(options, "test"))) as readonly ApiObject[];

/** The program as it is, but for two addresses that are constants of it: the metadata service, and the folder of the token. */
const PROGRAM = `
import pathlib, sys
from aidc_runtime.agent import __main__, node, notices
notices.Metadata.__init__.__defaults__ = (sys.argv[1],)
node.Node.__init__.__defaults__ = (pathlib.Path(sys.argv[2]),)
sys.exit(__main__.main())
`;

let plane: ControlPlane;
let metadata: MetadataService;
let agent: ChildProcess | undefined;

beforeAll(async () => {
  plane = await ControlPlane.start({ binaries: await buildKubernetes() });
  metadata = await MetadataService.start();
  await addNodes(plane, TRAINING, 2);
  await addNodes(plane, named("research"), 1);
  await addNodes(plane, named("serving"), 1);
});

afterAll(async () => {
  agent?.kill("SIGKILL");
  metadata.stop();
  await plane.stop();
});

/** EC2's instance metadata service, version 2, as far as the agent asks it. */
class MetadataService {
  /** Answers by path below /latest/meta-data; 404 for all others. */
  public readonly notices = new Map<string, unknown>();

  private constructor(private readonly server: Server) {}

  public static async start(): Promise<MetadataService> {
    const service = new MetadataService(createServer());
    service.server.on("request", (request, response) => {
      if (request.method === "PUT") return response.end("token");
      if (request.headers["x-aws-ec2-metadata-token"] !== "token") return response.writeHead(401).end();
      const notice = service.notices.get((request.url ?? "").replace("/latest/meta-data/", ""));
      return notice === undefined ? response.writeHead(404).end() : response.end(JSON.stringify(notice));
    });
    service.server.listen(0, "127.0.0.1");
    await once(service.server, "listening");
    return service;
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

interface PodSpec {
  readonly nodeName?: string;
  readonly hostNetwork?: boolean;
  readonly volumes?: readonly object[];
}

interface NodeState {
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
}

const podsOfAgent = () =>
  plane.client.list("v1", "Pod", { namespace: NAMESPACE, labelSelector: `app.kubernetes.io/name=${NAME}` });
const specOf = ({ spec }: ApiObject) => spec as PodSpec;

async function nodeState(name: string): Promise<NodeState> {
  const node = await plane.client.get("v1", "Node", name);
  const { conditions = [] } = node?.status as Partial<NodeState>;
  const { taints = [] } = node?.spec as Partial<NodeState>;
  return { conditions, taints };
}

/** What the agent has said of a node. */
async function told(name: string) {
  const { conditions, taints } = await nodeState(name);
  const condition = conditions.find(({ type }) => type === NOTICE_CONDITION);
  const taint = taints.find(({ key }) => key === NOTICE_TAINT);
  return { status: condition?.status, reason: condition?.reason, effect: taint?.effect, value: taint?.value };
}

async function waitUntilTold(name: string, wanted: Partial<Awaited<ReturnType<typeof told>>>): Promise<void> {
  await plane.client.waitFor(`${name} to be told ${JSON.stringify(wanted)}`, async () => {
    const now = await told(name);
    return JSON.stringify({ ...now, ...wanted }) === JSON.stringify(now) || undefined;
  });
}

/** Starts the agent of a node with the token that its pod there has. */
async function startAgent(pod: ApiObject): Promise<ChildProcess> {
  const { name, uid } = pod.metadata;
  const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${NAME}/token`;
  const { status, body } = await plane.client.request("POST", path, {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid } },
  });
  expect(status).toBe(201);
  const account = join(plane.folder, "account");
  mkdirSync(account);
  writeFileSync(join(account, "token"), (body as { readonly status: { readonly token: string } }).status.token);
  writeFileSync(join(account, "ca.crt"), Buffer.from(plane.caData, "base64"));
  const { hostname, port } = new URL(plane.host);
  const env = {
    PATH: process.env.PATH,
    PYTHONPATH: join(__dirname, "../../runtime/src"),
    PYTHONDONTWRITEBYTECODE: "1",
    NODE_NAME: specOf(pod).nodeName,
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    AIDC_POLL_SECONDS: "0.2",
  };
  return spawn("python3", ["-c", PROGRAM, metadata.url, account], { env, stdio: ["ignore", "inherit", "inherit"] });
}

test("applied twice, by server-side apply with strict fields, nothing changes", async () => {
  for (const object of objects) await applyTwice(plane.client, object);
});

test("runs on the nodes of its pools and on no others, with its token", async () => {
  const status = await plane.client.waitFor("the agents to be ready", async () => {
    const found = (await plane.client.get("apps/v1", "DaemonSet", NAME, NAMESPACE))?.status as {
      readonly numberReady: number;
      readonly desiredNumberScheduled: number;
    };
    return found.numberReady === 3 && found;
  });
  expect(status.desiredNumberScheduled).toBe(3);
  const pods = await podsOfAgent();
  expect(pods.map((pod) => specOf(pod).nodeName).sort()).toEqual(["research-0", "training-0", "training-1"]);
  for (const pod of pods) {
    expect(specOf(pod).hostNetwork).toBe(true);
    expect(JSON.stringify(specOf(pod).volumes)).toContain("serviceAccountToken");
  }
});

describe("the agent, with the token of its pod", () => {
  const NODE = "training-0";
  const worker: ApiObject = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "worker", namespace: "default" },
    spec: {
      nodeName: NODE,
      tolerations: TRAINING.taints.map(({ key, effect }) => ({ key, operator: "Exists", effect })),
      terminationGracePeriodSeconds: 0,
      containers: [{ name: "main", image: "registry.example/app:1" }],
    },
  };
  const workerThere = async () => {
    const pod = await plane.client.get("v1", "Pod", "worker", "default");
    return pod !== undefined && pod.metadata.deletionTimestamp === undefined;
  };
  let before: NodeState;
  let own: ApiObject;

  beforeAll(async () => {
    before = await nodeState(NODE);
    own = (await podsOfAgent()).find((pod) => specOf(pod).nodeName === NODE) as ApiObject;
    await plane.client.create(worker);
    agent = await startAgent(own);
  });

  test("says that there is no notice", async () => {
    await waitUntilTold(NODE, { status: "False", reason: "NoNotice", effect: undefined });
  });

  test("keeps new pods away from a node that may go", async () => {
    metadata.notices.set("events/recommendations/rebalance", { noticeTime: "2026-11-25T10:00:00Z" });
    const value = "RebalanceRecommendation";
    await waitUntilTold(NODE, { status: "True", reason: value, effect: "NoSchedule", value });
    expect(await workerThere()).toBe(true);
    expect((await nodeState(NODE)).taints).toEqual(expect.arrayContaining([...before.taints]));
  });

  test("has pods evicted from a node that goes, and stays itself", async () => {
    metadata.notices.set("spot/instance-action", { action: "terminate", time: "2026-11-25T10:02:00Z" });
    await waitUntilTold(NODE, { status: "True", effect: "NoExecute", value: "SpotInterruption" });
    await plane.client.waitFor("the worker to be evicted", async () => !(await workerThere()));
    const after = (await podsOfAgent()).find((pod) => specOf(pod).nodeName === NODE);
    expect(after?.metadata.uid).toBe(own.metadata.uid);
    expect(after?.metadata.deletionTimestamp).toBeUndefined();
    expect((await told("training-1")).status).toBeUndefined();
  });

  test("takes it back when EC2 does, and leaves what is others'", async () => {
    metadata.notices.clear();
    await waitUntilTold(NODE, { status: "False", effect: undefined });
    const { taints, conditions } = await nodeState(NODE);
    expect(taints).toEqual(before.taints);
    expect(conditions.map(({ type }) => type)).toEqual(expect.arrayContaining(before.conditions.map((c) => c.type)));
  });

  test("ends when it is told to", async () => {
    const ended = once(agent as ChildProcess, "exit");
    (agent as ChildProcess).kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });

  test("needed exactly what its role allows", () => {
    const asked = plane
      .auditEvents()
      .filter(({ user }) => user.username === `system:serviceaccount:${NAMESPACE}:${NAME}`);
    const done = asked.map(({ verb, objectRef = {} }) => {
      const { apiGroup = "", resource, subresource } = objectRef;
      return `${verb} ${apiGroup}/${[resource, subresource].filter((part) => part !== undefined).join("/")}`;
    });
    const role = objects.find(({ kind }) => kind === "ClusterRole") as unknown as { readonly rules: readonly Rule[] };
    const allowed = role.rules.flatMap(({ apiGroups, resources, verbs }) =>
      verbs.flatMap((verb) => resources.map((resource) => `${verb} ${apiGroups.join()}/${resource}`)),
    );
    expect([...new Set(done)].sort()).toEqual([...allowed].sort());
    expect(asked.map(({ responseStatus }) => responseStatus?.code)).not.toContain(403);
  });
});

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}
