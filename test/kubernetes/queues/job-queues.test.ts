import { kubeconfigConnection, KubernetesTarget, Renderers } from "cdktf-ai-datacenter/kubernetes";
import { resourcesOf, synthStack, testStack } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { TaintEffect } from "cdktf-ai-datacenter/contracts";
import { JobQueues } from "../../../lib/kubernetes/queues/job-queues";
import {
  type GeneralNodes,
  type JobQueuesProps,
  PreemptionPolicy,
  QueueingStrategy,
  ReclaimPolicy,
} from "../../../lib/kubernetes/queues/job-queues-props";
import { burstPool, neuronPool, onPremisesPool, p6Pool, trainingPool } from "../gang/pools";

interface Placed {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Record<string, unknown>;
  readonly value?: number;
}

interface Quota {
  readonly name: string;
  readonly nominalQuota: string;
  readonly borrowingLimit?: string;
  readonly lendingLimit?: string;
}

const GENERAL: GeneralNodes = {
  name: "general",
  nodeSelector: { "aidc/pool": "system" },
  vcpus: 64,
  memoryMiB: 262144,
};

function queuesOf(props: Partial<Omit<JobQueuesProps, "target">> = {}, apiGroups = ["kueue.x-k8s.io"]) {
  const stack = testStack();
  const connection = kubeconfigConnection({ kubernetesVersion: "1.35", apiGroups });
  const target = new KubernetesTarget(stack, "Kubernetes", { connection, renderer: Renderers.terraform() });
  const queues = new JobQueues(stack, "Queues", {
    target,
    pools: [trainingPool()],
    teams: [{ name: "research" }],
    ...props,
  });
  const synthesized = synthStack(stack);
  const blocks = resourcesOf(synthesized, "kubernetes_manifest");
  const objects = blocks.map(({ properties }) => properties.manifest as unknown as Placed);
  const named = (kind: string, name: string) => {
    const found = objects.find(({ kind: own, metadata }) => own === kind && metadata.name === name);
    if (found === undefined) throw new Error(`no ${kind} ${name}`);
    return found;
  };
  return { queues, blocks, objects, named };
}

/** Quotas of a queue or a cohort by flavor and resource. */
function quotasOf({ spec }: Placed): Record<string, Record<string, Omit<Quota, "name">>> {
  const [group, ...more] = spec.resourceGroups as readonly {
    readonly flavors: readonly { readonly name: string; readonly resources: readonly Quota[] }[];
    readonly coveredResources: readonly string[];
  }[];
  expect(more).toEqual([]);
  const flavors = group?.flavors ?? [];
  for (const { resources } of flavors) expect(resources.map(({ name }) => name)).toEqual(group?.coveredResources);
  return Object.fromEntries(
    flavors.map(({ name, resources }) => [
      name,
      Object.fromEntries(resources.map(({ name: resource, ...quota }) => [resource, quota])),
    ]),
  );
}

describe("a flavor", () => {
  test("has the labels and taints of its pool, and no tolerations: those would let any job in", () => {
    const { named } = queuesOf();
    expect(named("ResourceFlavor", "training")).toEqual({
      apiVersion: "kueue.x-k8s.io/v1beta2",
      kind: "ResourceFlavor",
      metadata: { name: "training" },
      spec: {
        nodeLabels: { "aidc/pool": "training" },
        nodeTaints: [{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" }],
        topologyName: "network-3-layers",
      },
    });
  });

  test("of a foreign pool keeps that pool's labels, taints and fabric", () => {
    const { named } = queuesOf({ pools: [onPremisesPool] });
    expect(named("ResourceFlavor", "dgx").spec).toEqual({
      nodeLabels: { "site/gpu": "h100" },
      nodeTaints: [{ key: "site/gpu", effect: "NoExecute" }],
    });
    expect(quotasOf(named("Cohort", "accelerators"))).toMatchObject({
      dgx: { "rdma/hca_shared_devices_a": { nominalQuota: "128" } },
    });
  });
});

describe("topologies", () => {
  const topologies = (props: Partial<JobQueuesProps>) =>
    queuesOf(props).objects.filter(({ kind }) => kind === "Topology");

  test("are one for each depth, outermost layer first and the node last", () => {
    const { objects, queues } = queuesOf({ pools: [p6Pool, trainingPool(), neuronPool] });
    const levels = objects
      .filter(({ kind }) => kind === "Topology")
      .map(({ metadata, spec }) => [
        metadata.name,
        (spec.levels as { nodeLabel: string }[]).map(({ nodeLabel }) => nodeLabel),
      ]);
    const layer = (number: number) => `topology.k8s.aws/network-node-layer-${number}`;
    expect(levels).toEqual([
      ["network-3-layers", [layer(1), layer(2), layer(3), "kubernetes.io/hostname"]],
      ["network-4-layers", [layer(1), layer(2), layer(3), layer(4), "kubernetes.io/hostname"]],
    ]);
    expect(queues.topologyPools).toEqual(["frontier", "training", "neuron"]);
  });

  test("are not used where nodes come when pods wait, since Kueue would wait for the nodes", () => {
    expect(topologies({ pools: [burstPool] })).toEqual([]);
    expect(topologies({ pools: [trainingPool({ minNodes: 0 })] })).toEqual([]);
    expect(topologies({ pools: [onPremisesPool] })).toEqual([]);
  });

  test("can be asked for and left out, with labels of one's own", () => {
    const pools = [trainingPool({ minNodes: 0 })];
    const [topology] = topologies({ pools, topologyPools: ["training"], topologyLabelPrefix: "site/layer-" });
    expect(topology?.spec.levels).toContainEqual({ nodeLabel: "site/layer-1" });
    expect(topologies({ topologyPools: [] })).toEqual([]);
  });

  test("refuses a pool whose layers are not known", () => {
    expect(() => queuesOf({ pools: [onPremisesPool], topologyPools: ["dgx"] })).toRefuse("TOPOLOGY_UNKNOWN", {
      path: "test/Queues.topologyPools",
    });
    expect(() => queuesOf({ pools: [trainingPool({ topologyLayers: 16 })] })).toRefuse("TOPOLOGY_UNKNOWN");
  });
});

describe("quotas", () => {
  test("count whole nodes in everything that a whole-node pod asks for", () => {
    const { named } = queuesOf({
      teams: [{ name: "research", quotas: [{ pool: "training", nodes: 10, borrowNodes: 4, lendNodes: 2 }] }],
    });
    const of = (nominalQuota: string, borrowingLimit: string, lendingLimit: string) => ({
      nominalQuota,
      borrowingLimit,
      lendingLimit,
    });
    expect(quotasOf(named("ClusterQueue", "research"))).toEqual({
      training: {
        cpu: of("1920", "768", "384"),
        memory: of("20Ti", "8Ti", "4Ti"),
        "hugepages-2Mi": of("50Gi", "20Gi", "10Gi"),
        "nvidia.com/gpu": of("80", "32", "16"),
        "vpc.amazonaws.com/efa": of("320", "128", "64"),
      },
    });
  });

  test("leave to the cohort what no team owns, and borrowing and lending unlimited", () => {
    const { named } = queuesOf({
      teams: [
        { name: "research", quotas: [{ pool: "training", nodes: 10 }] },
        { name: "product", quotas: [{ pool: "training", nodes: 4 }] },
      ],
    });
    const gpus = { nominalQuota: "16" };
    expect(quotasOf(named("Cohort", "accelerators")).training?.["nvidia.com/gpu"]).toEqual(gpus);
    expect(quotasOf(named("ClusterQueue", "product")).training?.["nvidia.com/gpu"]).toEqual({ nominalQuota: "32" });
  });

  test("of a team that names none are nothing of its own, and all pools to borrow from", () => {
    const { named } = queuesOf({ pools: [trainingPool(), burstPool] });
    expect(quotasOf(named("ClusterQueue", "research"))).toMatchObject({
      training: { "nvidia.com/gpu": { nominalQuota: "0" } },
      burst: { "nvidia.com/gpu": { nominalQuota: "0" } },
    });
    expect(quotasOf(named("Cohort", "accelerators"))).toMatchObject({
      training: { "nvidia.com/gpu": { nominalQuota: "128" } },
      burst: { "nvidia.com/gpu": { nominalQuota: "40" }, "vpc.amazonaws.com/efa": { nominalQuota: "0" } },
    });
  });

  test("give each flavor all resources of its queue, and none of what it has not", () => {
    const { named } = queuesOf({ pools: [trainingPool(), neuronPool] });
    expect(quotasOf(named("Cohort", "accelerators"))).toMatchObject({
      training: { "nvidia.com/gpu": { nominalQuota: "128" }, "aws.amazon.com/neuron": { nominalQuota: "0" } },
      neuron: { "nvidia.com/gpu": { nominalQuota: "0" }, "aws.amazon.com/neuron": { nominalQuota: "64" } },
    });
  });

  test("name the pools in the order of preference, whatever the team's order", () => {
    const quotas = [
      { pool: "burst", nodes: 1 },
      { pool: "training", nodes: 1 },
    ];
    const { named } = queuesOf({ pools: [trainingPool(), burstPool], teams: [{ name: "research", quotas }] });
    expect(Object.keys(quotasOf(named("ClusterQueue", "research")))).toEqual(["training", "burst"]);
  });

  test("share the general nodes among all teams", () => {
    const { named } = queuesOf({
      generalNodes: { ...GENERAL, taints: [{ key: "batch", effect: TaintEffect.NO_SCHEDULE }] },
      teams: [{ name: "research", quotas: [{ pool: "training", nodes: 16 }] }],
    });
    expect(named("ResourceFlavor", "general").spec).toEqual({
      nodeLabels: { "aidc/pool": "system" },
      nodeTaints: [{ key: "batch", effect: "NoSchedule" }],
    });
    expect(quotasOf(named("Cohort", "accelerators"))).toMatchObject({
      training: { cpu: { nominalQuota: "0" } },
      general: {
        cpu: { nominalQuota: "64" },
        memory: { nominalQuota: "256Gi" },
        "nvidia.com/gpu": { nominalQuota: "0" },
      },
    });
    expect(quotasOf(named("ClusterQueue", "research")).general?.cpu).toEqual({ nominalQuota: "0" });
  });

  test("exist for a Capacity Block before its window", () => {
    const capacityWindow = { start: "2027-01-01T11:30:00Z", drainFrom: "a", reclaimFrom: "b", end: "c" };
    const { named } = queuesOf({ pools: [trainingPool({ capacityWindow })] });
    expect(named("ResourceFlavor", "training")).toBeDefined();
  });
});

describe("a team's queue", () => {
  test("writes out what the API server would add", () => {
    const { named } = queuesOf();
    expect(named("ClusterQueue", "research").spec).toMatchObject({
      cohortName: "accelerators",
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "team-research" } },
      queueingStrategy: "BestEffortFIFO",
      flavorFungibility: { whenCanBorrow: "MayStopSearch", whenCanPreempt: "TryNextFlavor" },
      preemption: {
        reclaimWithinCohort: "Any",
        borrowWithinCohort: { policy: "Never" },
        withinClusterQueue: "LowerPriority",
      },
      fairSharing: { weight: "1" },
      stopPolicy: "None",
    });
    expect(named("LocalQueue", "default")).toMatchObject({
      metadata: { namespace: "team-research" },
      spec: { clusterQueue: "research" },
    });
  });

  test("takes all its options", () => {
    const { named } = queuesOf({
      cohort: "lab",
      teams: [
        {
          name: "research",
          namespace: "research",
          fairShareWeight: 1.5,
          queueingStrategy: QueueingStrategy.STRICT_FIFO,
          reclaim: ReclaimPolicy.LOWER_PRIORITY,
          preemption: PreemptionPolicy.NEVER,
        },
      ],
    });
    expect(named("ClusterQueue", "research").spec).toMatchObject({
      cohortName: "lab",
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "research" } },
      queueingStrategy: "StrictFIFO",
      preemption: { reclaimWithinCohort: "LowerPriority", withinClusterQueue: "Never" },
      fairSharing: { weight: "1500m" },
    });
    expect(named("LocalQueue", "default").metadata.namespace).toBe("research");
  });

  test("has three priorities, of which the middle one is that of jobs that name none", () => {
    const { objects } = queuesOf();
    const priorities = objects.filter(({ kind }) => kind === "WorkloadPriorityClass");
    const values = priorities.map(({ metadata, value }) => [metadata.name, value]);
    expect(Object.fromEntries(values)).toEqual({ low: -1000, normal: 0, high: 1000 });
  });
});

describe("queues that cannot be", () => {
  const quotas = (more: object) => ({
    teams: [{ name: "research", quotas: [{ pool: "training", nodes: 4, ...more }] }],
  });

  test("refuses a cluster without Kueue", () => {
    expect(() => queuesOf({}, [])).toRefuse("API_GROUP_MISSING", { path: "test/Queues" });
  });

  test("refuses teams that own more nodes than there are", () => {
    const own = (name: string, nodes: number) => ({ name, quotas: [{ pool: "training", nodes }] });
    expect(() => queuesOf({ teams: [own("a", 10), own("b", 7)] })).toRefuse("QUOTA_OVER_CAPACITY", {
      path: "test/Queues.teams",
      got: 17,
      allowed: "at most 16 nodes of training over all teams: its maxNodes",
    });
    expect(() => queuesOf({ teams: [own("a", 10), own("b", 6)] })).not.toThrow();
  });

  test.each([
    ["a quota of", quotas({ pool: "trainng" }), "teams[0].quotas[0].pool"],
    [
      "a quota of the general nodes as",
      { generalNodes: GENERAL, ...quotas({ pool: "general" }) },
      "teams[0].quotas[0].pool",
    ],
    ["topology for", { topologyPools: ["trainng"] }, "topologyPools"],
    ["no pool at all, beside", { pools: [] }, "pools"],
  ])("refuses %s an unknown pool", (_, props, property) => {
    expect(() => queuesOf(props)).toRefuse("POOL_UNKNOWN", { path: `test/Queues.${property}` });
  });

  test.each([
    ["teams", { teams: [{ name: "a" }, { name: "a", namespace: "b" }] }, "teams"],
    ["namespaces", { teams: [{ name: "a" }, { name: "b", namespace: "team-a" }] }, "teams"],
    ["pools", { pools: [trainingPool(), trainingPool()] }, "pools"],
    ["a pool and the general nodes", { generalNodes: { ...GENERAL, name: "training" } }, "pools"],
    [
      "quotas of a pool",
      {
        teams: [
          {
            name: "a",
            quotas: [
              { pool: "training", nodes: 1 },
              { pool: "training", nodes: 1 },
            ],
          },
        ],
      },
      "teams[0].quotas",
    ],
  ])("refuses two %s of one name", (_, props, property) => {
    expect(() => queuesOf(props)).toRefuse("QUEUE_DUPLICATE", { path: `test/Queues.${property}` });
  });

  test.each([
    ["negative nodes", quotas({ nodes: -1 }), "teams[0].quotas[0].nodes"],
    ["half a node", quotas({ nodes: 0.5 }), "teams[0].quotas[0].nodes"],
    ["negative borrowing", quotas({ borrowNodes: -1 }), "teams[0].quotas[0].borrowNodes"],
    ["lending what is not its own", quotas({ lendNodes: 5 }), "teams[0].quotas[0].lendNodes"],
    ["a negative weight", { teams: [{ name: "a", fairShareWeight: -1 }] }, "teams[0].fairShareWeight"],
    ["a weight that is no number", { teams: [{ name: "a", fairShareWeight: NaN }] }, "teams[0].fairShareWeight"],
    ["a weight finer than 0.001", { teams: [{ name: "a", fairShareWeight: 0.0001 }] }, "teams[0].fairShareWeight"],
    ["no pool for a team", { teams: [{ name: "a", quotas: [] }] }, "teams[0].quotas"],
    ["half a core", { generalNodes: { ...GENERAL, vcpus: 0.5 } }, "generalNodes.vcpus"],
  ])("refuses %s", (_, props, property) => {
    expect(() => queuesOf(props)).toRefuse("QUOTA_INVALID", { path: `test/Queues.${property}` });
  });

  test.each([
    ["a team in capitals", { teams: [{ name: "Research" }] }, "teams[0].name"],
    ["a team whose namespace gets too long", { teams: [{ name: "a".repeat(59) }] }, "teams[0].name"],
    ["a namespace of Kubernetes", { teams: [{ name: "a", namespace: "kube-system" }] }, "teams[0].namespace"],
    ["a cohort with a space", { cohort: "a b" }, "cohort"],
    ["a pool with an underscore", { pools: [trainingPool({ poolName: "a_b" })] }, "pools"],
  ])("refuses %s", (_, props, property) => {
    expect(() => queuesOf(props)).toRefuse("KUBERNETES_NAME_INVALID", { path: `test/Queues.${property}` });
  });

  test("refuses a profile whose resources are no whole quantities", () => {
    expect(() => queuesOf({ pools: [trainingPool({ wholeNodeResources: { "a/b": "x" } })] })).toRefuse(
      "QUANTITY_INVALID",
    );
  });
});
