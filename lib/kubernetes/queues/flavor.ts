import type { PoolProfile, PoolTaint } from "../../contracts";
import { InvalidProps } from "../../core";
import { WholeQuantity } from "../gang/quantity";
import { networkLayerLabel } from "../gang/topology";
import type { KubernetesManifest } from "../manifest";
import type { GeneralNodes } from "./job-queues-props";
import { KUEUE_API_VERSION } from "./labels";

/** One kind of node that jobs can be admitted to: a pool, or the general nodes. */
export interface Flavor {
  readonly name: string;
  /** Whether it is the general nodes: quotas name pools only. */
  readonly isGeneral: boolean;
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly taints: readonly PoolTaint[];
  /** @default - not placed by topology */
  readonly topologyLayers?: number;
  /** Units that quotas count: nodes of a pool; the general nodes are one unit. */
  readonly units: number;
  /** What one unit has, by resource. */
  readonly unit: Readonly<Record<string, WholeQuantity>>;
}

/** Levels of a Topology, less the node itself. Source: Kueue v0.16.1 `apis/kueue/v1beta2/topology_types.go`, MaxItems 16. */
const MOST_LAYERS = 15;
const HOSTNAME = "kubernetes.io/hostname";

/**
 * A pool as a flavor. A unit has all that a pod asks for that takes the whole node, and all cores and memory that the node declares: Kueue
 * admits no workload that asks for a resource which its queue does not cover (v0.16.1 `pkg/scheduler/flavorassigner`).
 * @throws InvalidProps QUANTITY_INVALID, TOPOLOGY_UNKNOWN
 */
export function poolFlavor(pool: PoolProfile, byTopology: boolean, at: string): Flavor {
  const { poolName, topologyLayers, acceleratorResource, fabricResource } = pool;
  if (byTopology && !(topologyLayers !== undefined && topologyLayers >= 1 && topologyLayers <= MOST_LAYERS)) {
    const allowed = `a pool whose profile has topologyLayers, 1 to ${MOST_LAYERS}`;
    throw new InvalidProps("TOPOLOGY_UNKNOWN", `${at}.topologyPools`, { got: { poolName, topologyLayers }, allowed });
  }
  const asked = Object.entries({
    [acceleratorResource]: String(pool.acceleratorsPerNode),
    ...(fabricResource !== undefined && { [fabricResource]: String(pool.fabricInterfacesPerNode) }),
    ...pool.wholeNodeResources,
  }).map(([name, text]) => [name, WholeQuantity.parse(text, `${at}.pools.${poolName}.${name}`)] as const);
  return {
    name: poolName,
    isGeneral: false,
    nodeLabels: pool.nodeSelector,
    taints: pool.taints,
    topologyLayers: byTopology ? topologyLayers : undefined,
    units: pool.maxNodes,
    unit: {
      ...Object.fromEntries(asked),
      cpu: WholeQuantity.count(pool.vcpusPerNode),
      memory: WholeQuantity.mebibytes(pool.memoryMiBPerNode),
    },
  };
}

export function generalFlavor({ name, nodeSelector, taints = [], vcpus, memoryMiB }: GeneralNodes): Flavor {
  const unit = { cpu: WholeQuantity.count(vcpus), memory: WholeQuantity.mebibytes(memoryMiB) };
  return { name, isGeneral: true, nodeLabels: nodeSelector, taints, units: 1, unit };
}

/** A Topology for each number of layers that flavors have, named by it. Kueue ignores nodes that lack a level, so depths are not mixed. */
export function topologyManifests(flavors: readonly Flavor[], prefix?: string): readonly KubernetesManifest[] {
  const depths = new Set(flavors.flatMap(({ topologyLayers }) => topologyLayers ?? []));
  return [...depths]
    .sort((a, b) => a - b)
    .map((depth) => {
      const layers = Array.from({ length: depth }, (_, index) => networkLayerLabel(index + 1, prefix));
      const levels = [...layers, HOSTNAME].map((nodeLabel) => ({ nodeLabel }));
      return {
        apiVersion: KUEUE_API_VERSION,
        kind: "Topology",
        metadata: { name: topologyName(depth) },
        spec: { levels },
      };
    });
}

/**
 * The ResourceFlavor. It has the taints of its nodes and no tolerations: flavors that hand out tolerations skip the check of taints, and a job
 * that wants no accelerator would be admitted to a node full of them. The API server refuses changes once a flavor has a topology.
 */
export function flavorManifest({ name, nodeLabels, taints, topologyLayers }: Flavor): KubernetesManifest {
  return {
    apiVersion: KUEUE_API_VERSION,
    kind: "ResourceFlavor",
    metadata: { name },
    spec: {
      nodeLabels,
      nodeTaints: taints.length === 0 ? undefined : taints.map(({ key, value, effect }) => ({ key, value, effect })),
      topologyName: topologyLayers === undefined ? undefined : topologyName(topologyLayers),
    },
  };
}

function topologyName(depth: number): string {
  return `network-${depth}-layers`;
}
