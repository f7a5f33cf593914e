import type { PoolProfile } from "../../lib/contracts/pool";
import type { ApiObject } from "./api-client";
import type { ControlPlane } from "./control-plane";

/** Label of a layer of the network topology; layer 1 is the top. */
const LAYER_LABEL = "topology.k8s.aws/network-node-layer-";
/** Nodes below one switch of the lowest layer here; each layer above has so many switches. */
const NODES_PER_SWITCH = 4;
const ROOT_DISK_GIB = 100;
const NOT_READY_TAINT = "node.kubernetes.io/not-ready";
const READY_MS = 120_000;

/** What is special about some of a pool's nodes. */
export interface NodeOptions {
  /** Number of the first one, so that a second call adds to a pool. @default 0 */
  readonly first?: number;
  /** Beside those that the profile gives. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The nodes of a pool as a cloud would bring them up: labels, taints and capacity, all from its profile. */
export function nodeManifests(profile: PoolProfile, count: number, options: NodeOptions = {}): readonly ApiObject[] {
  const first = options.first ?? 0;
  return Array.from({ length: count }, (_, index) => nodeManifest(profile, first + index, options));
}

function nodeManifest(profile: PoolProfile, index: number, { labels = {} }: NodeOptions): ApiObject {
  const name = `${profile.poolName}-${index}`;
  const capacity = capacityOf(profile);
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        // Profiles do not tell it, and nothing here looks at it.
        "kubernetes.io/arch": "amd64",
        "node.kubernetes.io/instance-type": profile.instanceType,
        "topology.kubernetes.io/zone": profile.zones[index % profile.zones.length] ?? "",
        ...layerLabels(profile, index),
        ...profile.nodeSelector,
        ...labels,
      },
    },
    spec: { taints: profile.taints, providerID: `fake:///${name}` },
    status: {
      capacity,
      allocatable: { ...capacity, ...allocatableOf(profile) },
      // The fake kubelet would set it too, one request for each node later.
      conditions: [{ type: "Ready", status: "True", reason: "FakeKubelet" }],
    },
  };
}

/** Names of the switches above a node, from the top; all nodes of a pool share the top one. */
function layerLabels({ poolName, topologyLayers = 0 }: PoolProfile, index: number): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let layer = 1; layer <= topologyLayers; layer += 1) {
    const below = NODES_PER_SWITCH ** (topologyLayers - layer + 1);
    const number = layer === 1 ? 0 : Math.floor(index / below);
    labels[`${LAYER_LABEL}${layer}`] = `${poolName}-${layer}-${number}`;
  }
  return labels;
}

function capacityOf(profile: PoolProfile): Record<string, string> {
  const diskGiB = profile.localNvmeGBPerNode > 0 ? Math.floor(profile.localNvmeGBPerNode / 1.074) : ROOT_DISK_GIB;
  return {
    cpu: String(profile.vcpusPerNode),
    memory: `${profile.memoryMiBPerNode}Mi`,
    pods: String(profile.maxPodsPerNode),
    "ephemeral-storage": `${diskGiB}Gi`,
    ...profile.wholeNodeResources,
  };
}

/** Memory in huge pages is no ordinary memory any more. */
function allocatableOf(profile: PoolProfile): Record<string, string> {
  const { millicores, memoryMiB } = keptOf(profile);
  return {
    cpu: `${profile.vcpusPerNode * 1000 - millicores}m`,
    memory: `${profile.memoryMiBPerNode - memoryMiB - hugePagesMiB(profile)}Mi`,
  };
}

/**
 * What the system keeps for itself on EKS: a share of the processors, and memory by the number of pods. Source:
 * aws/karpenter-provider-aws v1.14.1 `pkg/providers/instancetype/types.go`, which mirrors the images' bootstrap, 2026-11-25.
 */
function keptOf({ vcpusPerNode: cores, maxPodsPerNode }: PoolProfile) {
  const shares = [60, 10, 5, 5];
  const reserved = shares.slice(0, cores).reduce((sum, share) => sum + share, 0) + Math.max(0, cores - 4) * 2.5;
  return { millicores: Math.ceil(reserved), memoryMiB: 255 + 11 * maxPodsPerNode + 100 };
}

function hugePagesMiB({ wholeNodeResources }: PoolProfile): number {
  const [, amount, unit] = /^(\d+)(Mi|Gi)$/.exec(wholeNodeResources["hugepages-2Mi"] ?? "") ?? [];
  return Number(amount ?? 0) * (unit === "Gi" ? 1024 : 1);
}

/** What Karpenter takes off declared memory: VM_MEMORY_OVERHEAD_PERCENT, aws/karpenter-provider-aws v1.14.1 `pkg/operator/options`. */
const UNSEEN_MEMORY = 0.075;
/** What the provider of fake nodes takes off by itself: sigs.k8s.io/karpenter v1.12.1 `kwok/cloudprovider/helpers.go`. */
const FAKE_OVERHEAD = { millicores: 100, memoryMiB: 10 };

/**
 * An instance type as Karpenter's provider of fake nodes reads it, in every zone of the pool. Of a new node it promises what the provider for
 * AWS does (v1.14.1 `pkg/providers/instancetype/types.go`, computeCapacity): processors and memory less what the system keeps, accelerators,
 * EFA interfaces; and no huge pages, of which that provider knows nothing.
 * @param usdPerHour by capacity type, in Karpenter's words, such as "reserved"
 */
export function karpenterInstanceType(
  profile: PoolProfile,
  usdPerHour: Readonly<Record<string, number>> = { "on-demand": 1 },
): object {
  const offerings = profile.zones.flatMap((zone) =>
    Object.entries(usdPerHour).map(([capacityType, price]) => ({
      Price: price,
      Available: true,
      Requirements: [
        { key: "karpenter.sh/capacity-type", operator: "In", values: [capacityType] },
        { key: "topology.kubernetes.io/zone", operator: "In", values: [zone] },
      ],
    })),
  );
  const kept = keptOf(profile);
  const memoryMiB = Math.floor(profile.memoryMiBPerNode * (1 - UNSEEN_MEMORY)) - kept.memoryMiB;
  const known = Object.entries(capacityOf(profile)).filter(([name]) => !name.startsWith("hugepages-"));
  return {
    name: profile.instanceType,
    architecture: "amd64",
    operatingSystems: ["linux"],
    offerings,
    resources: {
      ...Object.fromEntries(known),
      cpu: `${profile.vcpusPerNode * 1000 - kept.millicores + FAKE_OVERHEAD.millicores}m`,
      memory: `${memoryMiB + FAKE_OVERHEAD.memoryMiB}Mi`,
    },
  };
}

/**
 * Adds nodes of a pool and waits until all are Ready and may be scheduled on.
 * @returns their names
 */
export async function addNodes(
  plane: ControlPlane,
  profile: PoolProfile,
  count: number,
  options: NodeOptions = {},
): Promise<readonly string[]> {
  const { client } = plane;
  const manifests = nodeManifests(profile, count, options);
  // The client holds as many connections as are worth having; capacity is kept from the same request.
  await Promise.all(manifests.map((manifest) => client.create(manifest)));
  const names = new Set(manifests.map(({ metadata }) => metadata.name));
  await client.waitFor(
    `${count} nodes of ${profile.poolName} to be ready`,
    async () => {
      const nodes = await client.list("v1", "Node");
      return nodes.filter((node) => names.has(node.metadata.name) && isReady(node)).length === count;
    },
    READY_MS,
  );
  return [...names];
}

/** Takes nodes away; what ran there is deleted by the cluster, a while later. */
export async function removeNodes(plane: ControlPlane, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => plane.client.delete({ apiVersion: "v1", kind: "Node", metadata: { name } })));
}

function isReady(node: ApiObject): boolean {
  const { conditions = [] } = (node.status ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  const { taints = [] } = (node.spec ?? {}) as { readonly taints?: readonly { readonly key: string }[] };
  const isUp = conditions.some(({ type, status }) => type === "Ready" && status === "True");
  return isUp && taints.every(({ key }) => key !== NOT_READY_TAINT);
}
