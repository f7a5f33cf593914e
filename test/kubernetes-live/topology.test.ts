import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  gangJobSet,
  JobQueues,
  kubeconfigConnection,
  KubernetesTarget,
  kueueConfiguration,
  Renderers,
} from "cdktf-ai-datacenter/kubernetes";
import { testApp, testStack } from "cdktf-ai-datacenter/testing";
import { parse } from "yaml";
import type { PoolProfile } from "../../lib/contracts/pool";
import { profilesOf } from "../../stacks/kubernetes";
import type { ApiObject } from "../../tools/kubernetes/api-client";
import { buildKubernetes } from "../../tools/kubernetes/build";
import { ControlPlane } from "../../tools/kubernetes/control-plane";
import { startJobSet, startKueue } from "../../tools/kubernetes/controllers";
import { addNodes } from "../../tools/kubernetes/nodes";
import { prod } from "./reference-stacks";

const NAMESPACE = "team-research";
const LAYER = "topology.k8s.aws/network-node-layer-";
/** Nodes that all stand, below two switches of the first layer: two nodes share one of the last, and each layer has half as many switches. */
const pools = new Map(
  profilesOf({
    ...prod,
    elasticPools: undefined,
    pools: Object.fromEntries(
      Object.entries({ hopper: "p5.48xlarge", blackwell: "p6-b200.48xlarge" }).map(([name, instanceType]) => {
        const nodes = name === "hopper" ? 16 : 32;
        const zones = ["us-east-1a"];
        return [name, { instanceType, minNodes: nodes, maxNodes: nodes, zones, acceptHourlyCost: 10_000 }];
      }),
    ),
  }).map((profile) => [profile.poolName, profile]),
);
const hopper = pools.get("hopper") as PoolProfile;
const blackwell = pools.get("blackwell") as PoolProfile;

let plane: ControlPlane;

beforeAll(async () => {
  plane = await ControlPlane.start({ binaries: await buildKubernetes() });
  await startJobSet(plane);
  await startKueue(plane, kueueConfiguration());
  const labels = { "aidc/team": "research" };
  await plane.client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels } });
  for (const object of queues()) await plane.client.apply(object);
  await addLayeredNodes(hopper);
  await addLayeredNodes(blackwell);
});

afterAll(() => plane.stop());

/** The objects of `JobQueues`, with both pools for one team. */
function queues(): readonly ApiObject[] {
  const directory = mkdtempSync(join(tmpdir(), "aidc-topology-"));
  const app = testApp();
  const stack = testStack({ app });
  const connection = kubeconfigConnection({ kubernetesVersion: "1.35", apiGroups: ["kueue.x-k8s.io"] });
  const target = new KubernetesTarget(stack, "Kubernetes", { connection, renderer: Renderers.files({ directory }) });
  new JobQueues(stack, "Queues", { target, pools: [...pools.values()], teams: [{ name: "research" }] });
  app.synth();
  const names = readdirSync(directory).filter((name) => name.endsWith(".yaml"));
  const objects = names.map((name) => parse(readFileSync(join(directory, name), "utf8")) as ApiObject);
  rmSync(directory, { recursive: true });
  // A queue refers to what has to be there before: the webhooks look.
  const order = ["Topology", "ResourceFlavor", "Cohort", "ClusterQueue", "LocalQueue"];
  return objects.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** Neighbours in the network are no neighbours by name, so that the order of names places nothing right by chance. */
async function addLayeredNodes(profile: PoolProfile): Promise<void> {
  const { poolName, maxNodes, topologyLayers = 0 } = profile;
  const nodes = Array.from({ length: maxNodes }, (_, index) => index);
  await Promise.all(
    nodes.map((first) => {
      const place = (first * 5) % maxNodes;
      const layers = Array.from({ length: topologyLayers }, (_, index) => index + 1);
      const labels = layers.map((layer) => {
        const number = Math.floor(place / 2 ** (topologyLayers - layer + 1));
        return [`${LAYER}${layer}`, `${poolName}-${layer}-${number}`] as const;
      });
      return addNodes(plane, profile, 1, { first, labels: Object.fromEntries(labels) });
    }),
  );
}

interface GangRequest {
  readonly nodes: number;
  readonly requiredLayer?: number;
}

async function submit(name: string, pool: PoolProfile, request: GangRequest): Promise<void> {
  const job = gangJobSet({ name, namespace: NAMESPACE, pool, image: "registry.example/train:1", ...request }, "test");
  await plane.client.create(job);
}

async function podsOf(name: string): Promise<readonly ApiObject[]> {
  const labelSelector = `jobset.sigs.k8s.io/jobset-name=${name}`;
  return plane.client.list("v1", "Pod", { namespace: NAMESPACE, labelSelector });
}

/** The nodes of a gang, once all of its pods have one. */
async function placed(name: string, count: number): Promise<readonly ApiObject[]> {
  const names = await plane.client.waitFor(`${count} pods of ${name} on nodes`, async () => {
    const found = (await podsOf(name)).flatMap(({ spec }) => (spec as { readonly nodeName?: string }).nodeName ?? []);
    return found.length === count ? new Set(found) : undefined;
  });
  expect(names.size).toBe(count);
  return (await plane.client.list("v1", "Node")).filter(({ metadata }) => names.has(metadata.name));
}

/** How many switches of each layer some nodes hang on, from the top. */
function switches(nodes: readonly ApiObject[], { topologyLayers = 0 }: PoolProfile): readonly number[] {
  return Array.from({ length: topologyLayers }, (_, index) => {
    return new Set(nodes.map(({ metadata }) => metadata.labels?.[`${LAYER}${index + 1}`])).size;
  });
}

/** What Kueue says of a gang that waits. */
async function reasonOf(name: string): Promise<string> {
  return plane.client.waitFor(`Kueue to say why ${name} waits`, async () => {
    const workloads = await plane.client.list("kueue.x-k8s.io/v1beta2", "Workload", { namespace: NAMESPACE });
    const workload = workloads.find(({ metadata }) => metadata.name.includes(name));
    const { conditions = [] } = (workload?.status ?? {}) as {
      readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
    };
    return conditions.find((condition) => condition.type === "QuotaReserved" && condition.status === "False")?.message;
  });
}

async function remove(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await plane.client.delete({
      apiVersion: "jobset.x-k8s.io/v1alpha2",
      kind: "JobSet",
      metadata: { name, namespace: NAMESPACE },
    });
    await plane.client.waitFor(`${name} to go`, async () => (await podsOf(name)).length === 0, 120_000);
  }
}

describe.each([
  { name: "three layers", pool: hopper, sizes: { 2: [1, 1, 1], 4: [1, 1, 2], 8: [1, 2, 4], 12: [2, 3, 6] } },
  {
    name: "four layers, as P6 has",
    pool: blackwell,
    sizes: { 2: [1, 1, 1, 1], 4: [1, 1, 1, 2], 8: [1, 1, 2, 4], 16: [1, 2, 4, 8], 20: [2, 3, 5, 10] },
  },
])("a network of $name", ({ pool, sizes }) => {
  // Takes a node of the first switch, so that whoever fills up nodes in the order of their switches spreads a gang over two of them.
  const single = `${pool.poolName}-single`;
  beforeAll(async () => {
    await submit(single, pool, { nodes: 1 });
    await placed(single, 1);
  });
  afterAll(() => remove(single));

  test.each(Object.entries(sizes).map(([nodes, expected]) => ({ nodes: Number(nodes), expected })))(
    "a gang of $nodes nodes hangs on as few switches as can be: $expected",
    async ({ nodes, expected }) => {
      const name = `${pool.poolName}-${nodes}`;
      await submit(name, pool, { nodes });
      expect(switches(await placed(name, nodes), pool)).toEqual(expected);
      await remove(name);
    },
  );
});

describe("a gang that must share a switch", () => {
  test("of a layer that has not so many nodes waits without a single pod, where one that may spread does not", async () => {
    await submit("strict", hopper, { nodes: 10, requiredLayer: 1 });
    expect(await reasonOf("strict")).toMatch(/topology "network-3-layers" allows to fit only 8 out of 10 pod/);
    expect(await podsOf("strict")).toEqual([]);
    await submit("loose", hopper, { nodes: 10 });
    expect(switches(await placed("loose", 10), hopper)[0]).toBe(2);
    await remove("loose", "strict");
  });

  test("goes below the one that has room, and the next waits until there is room below one", async () => {
    await submit("small", hopper, { nodes: 4 });
    const taken = await placed("small", 4);
    await submit("first", hopper, { nodes: 5, requiredLayer: 1 });
    const nodes = await placed("first", 5);
    const spine = ({ metadata }: ApiObject) => metadata.labels?.[`${LAYER}1`];
    expect(new Set(nodes.map(spine)).size).toBe(1);
    expect(nodes.map(spine)).not.toContain(spine(taken[0] as ApiObject));
    // Seven nodes are free: four below one switch, three below the other.
    await submit("second", hopper, { nodes: 6, requiredLayer: 1 });
    expect(await reasonOf("second")).toMatch(/allows to fit only 4 out of 6 pod/);
    expect(await podsOf("second")).toEqual([]);
    await remove("small");
    expect((await placed("second", 6)).map(spine)).toEqual(Array(6).fill(spine(taken[0] as ApiObject)));
    await remove("first", "second");
  });
});
