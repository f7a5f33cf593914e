import { INSTANCE_TYPES, onDemandUsdPerHour } from "cdktf-ai-datacenter/catalog";
import { karpenterManifests, type KarpenterPoolIds, type ResolvedElasticNodePool } from "cdktf-ai-datacenter/compute";
import { wholeNodePodSpec } from "cdktf-ai-datacenter/kubernetes";
import type { StageConfig } from "../../stacks/config";
import { elasticPoolsOf } from "../../stacks/kubernetes";
import type { ApiObject } from "../../tools/kubernetes/api-client";
import { buildKubernetes } from "../../tools/kubernetes/build";
import { ControlPlane } from "../../tools/kubernetes/control-plane";
import { startKarpenter } from "../../tools/kubernetes/controllers";
import { karpenterInstanceType } from "../../tools/kubernetes/nodes";
import { prod } from "./reference-stacks";

/** Empty nodes go within a test's time: an option of the pools, so that their manifests are the library's own. */
const SOON = { consolidateAfter: "5s" };
/** Elastic pools of the reference stage, and one whose nodes have a fabric. */
const stage: StageConfig = {
  ...prod,
  elasticPools: {
    ...Object.fromEntries(Object.entries(prod.elasticPools ?? {}).map(([name, pool]) => [name, { ...pool, ...SOON }])),
    flex: { instanceType: "p5.48xlarge", maxNodes: 2, zones: ["us-east-1a"], imageAlias: "al2023@v20260904", ...SOON },
  },
};
const pools = elasticPoolsOf(stage);
const burst = pools.find(({ poolName }) => poolName === "burst") as ResolvedElasticNodePool;
const flex = pools.find(({ poolName }) => poolName === "flex") as ResolvedElasticNodePool;
/** Only the node class has them, which is not used here. */
const IDS: KarpenterPoolIds = {
  instanceProfileName: "nodes",
  subnets: [],
  clusterSecurityGroupId: "sg-0",
  securityGroupId: "sg-1",
  keyArn: "arn:aws:kms:us-east-1:123456789012:key/0",
  tags: {},
};

let plane: ControlPlane;

beforeAll(async () => {
  plane = await ControlPlane.start({ binaries: await buildKubernetes() });
  const types = pools.map(({ spec, profile }) =>
    karpenterInstanceType(profile, { "on-demand": onDemandUsdPerHour(INSTANCE_TYPES[spec.instanceType] ?? spec) ?? 1 }),
  );
  await startKarpenter(plane, types);
  for (const pool of pools) {
    await plane.client.apply(KWOK_NODE_CLASS(pool.poolName));
    await plane.client.apply(onFakeNodes(pool));
  }
});

afterAll(() => plane.stop());

const KWOK_NODE_CLASS = (name: string) => ({
  apiVersion: "karpenter.kwok.sh/v1alpha1",
  kind: "KWOKNodeClass",
  metadata: { name },
});

/**
 * The pool's own NodePool with one change: the class of its nodes, since the provider of fake nodes knows none but its own. All else stays:
 * requirements, labels, taints, limits, disruption.
 */
function onFakeNodes(pool: ResolvedElasticNodePool): ApiObject {
  const { nodePool } = karpenterManifests(pool, IDS);
  const { template } = nodePool.spec;
  const nodeClassRef = { group: "karpenter.kwok.sh", kind: "KWOKNodeClass", name: pool.poolName };
  const spec = { ...nodePool.spec, template: { ...template, spec: { ...template.spec, nodeClassRef } } };
  return { ...nodePool, spec } as unknown as ApiObject;
}

/** The pod that takes a whole node of a pool. */
function waiting(name: string, { profile }: ResolvedElasticNodePool, change: object = {}): ApiObject {
  const spec = { ...wholeNodePodSpec(profile, { image: "registry.example/app:1" }, "test"), ...change };
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default" }, spec };
}

const nodesOf = ({ poolName }: ResolvedElasticNodePool) =>
  plane.client.list("v1", "Node", { labelSelector: `aidc/pool=${poolName}` });

/** The node that a pod runs on. */
async function nodeOf(name: string): Promise<string> {
  return plane.client.waitFor(`pod ${name} to run`, async () => {
    const pod = await plane.client.get("v1", "Pod", name, "default");
    const { phase } = (pod?.status ?? {}) as { readonly phase?: string };
    return phase === "Running" ? (pod?.spec as { readonly nodeName: string }).nodeName : undefined;
  });
}

/** What Karpenter says of a pod that it can do nothing for. */
async function refusalOf(name: string): Promise<string> {
  return plane.client.waitFor(`Karpenter to refuse ${name}`, async () => {
    const fieldSelector = `involvedObject.name=${name},reason=FailedScheduling`;
    const events = await plane.client.list("v1", "Event", { namespace: "default", fieldSelector });
    const messages = events.map((event) => (event as unknown as { readonly message: string }).message);
    return messages.find((message) => message.startsWith("Failed to schedule pod"));
  });
}

async function gone(...pods: readonly ApiObject[]): Promise<void> {
  for (const pod of pods) await plane.client.delete(pod);
  for (const pool of pools) {
    await plane.client.waitFor("empty nodes to go", async () => (await nodesOf(pool)).length === 0, 240_000);
  }
}

test("a pod that waits gets a node of the elastic pool: its type, labels, taints, a zone of its own; and the node goes after the pod", async () => {
  const pod = waiting("one", burst);
  await plane.client.create(pod);
  const name = await nodeOf("one");
  const nodes = await nodesOf(burst);
  expect(nodes.map(({ metadata }) => metadata.name)).toEqual([name]);
  const labels = nodes[0]?.metadata.labels ?? {};
  expect(labels).toMatchObject({
    ...burst.labels,
    ...burst.profile.nodeSelector,
    "aidc/revision": prod.revision,
    "node.kubernetes.io/instance-type": "g6e.xlarge",
    "karpenter.sh/nodepool": "burst",
    "karpenter.sh/capacity-type": "on-demand",
  });
  expect(burst.profile.zones).toContain(labels["topology.kubernetes.io/zone"]);
  expect(nodes[0]?.spec).toMatchObject({ taints: burst.profile.taints });
  await gone(pod);
  expect(await plane.client.list("karpenter.sh/v1", "NodeClaim")).toEqual([]);
});

test("a pod without a toleration starts no node", async () => {
  const pod = waiting("intolerant", burst, { tolerations: [] });
  await plane.client.create(pod);
  expect(await refusalOf("intolerant")).toMatch(/did not tolerate taint.*nvidia\.com\/gpu/);
  expect(await plane.client.list("karpenter.sh/v1", "NodeClaim")).toEqual([]);
  await gone(pod);
});

describe("a pool with a fabric", () => {
  test("promises no huge pages: a pod that asks for some starts no node, one of the profile's shape does", async () => {
    const wholeNodeResources = { ...flex.profile.wholeNodeResources, "hugepages-2Mi": "5120Mi" };
    const asking = waiting("huge", { ...flex, profile: { ...flex.profile, wholeNodeResources } });
    await plane.client.create(asking);
    expect(await refusalOf("huge")).toMatch(/no instance type.*hugepages-2Mi/);
    await gone(asking);
    await plane.client.create(waiting("rank-0", flex));
    const name = await nodeOf("rank-0");
    const [node] = await nodesOf(flex);
    expect(node?.metadata.name).toBe(name);
    expect(node?.status).toMatchObject({ allocatable: { "nvidia.com/gpu": "8", "vpc.amazonaws.com/efa": "32" } });
  });

  test("starts a node for each pod that takes a whole one, up to its limit and not one more", async () => {
    const more = [waiting("rank-1", flex), waiting("rank-2", flex)];
    for (const pod of more) await plane.client.create(pod);
    const running = await plane.client.waitFor("one of them to run", async () => {
      const pods = await plane.client.list("v1", "Pod", {
        namespace: "default",
        fieldSelector: "status.phase=Running",
      });
      return pods.length === flex.maxNodes ? pods : undefined;
    });
    expect(new Set(running.map(({ spec }) => (spec as { readonly nodeName: string }).nodeName)).size).toBe(2);
    const left = more.find(({ metadata }) => running.every((pod) => pod.metadata.name !== metadata.name));
    expect(await refusalOf(left?.metadata.name ?? "")).toMatch(/exceed limits for nodepool/);
    expect(await nodesOf(flex)).toHaveLength(flex.maxNodes);
    await gone(waiting("rank-0", flex), ...more);
  });
});
