import type { PoolProfile } from "../../contracts";

/**
 * Labels with which EKS tells where a node hangs in the network: layer 1 is the top, the highest number is next to the node.
 * Source: Amazon EKS user guide, "ml-workload-topology", 2026. Elsewhere whoever labels the nodes chooses another prefix.
 */
export const NETWORK_LAYER_PREFIX = "topology.k8s.aws/network-node-layer-";

/** Label of a layer of the network; 1 is the outermost. */
export function networkLayerLabel(layer: number, prefix: string = NETWORK_LAYER_PREFIX): string {
  return `${prefix}${layer}`;
}

/**
 * Whether Kueue places jobs of the pool by topology unless told otherwise: its layers are known and all of its nodes always stand.
 *
 * Kueue counts ready nodes only and admits nothing beyond them, so a pool that grows when pods wait would wait for its jobs as they wait
 * for it. Source: kubernetes-sigs/kueue v0.16.1 `pkg/cache/scheduler/tas_flavor.go`, `snapshot`.
 */
export function isTopologyAware({ topologyLayers, minNodes, maxNodes }: PoolProfile): boolean {
  return topologyLayers !== undefined && minNodes === maxNodes;
}
