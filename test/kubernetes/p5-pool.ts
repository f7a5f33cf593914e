import { CapacityKind, type PoolProfile, TaintEffect } from "cdktf-ai-datacenter/contracts";

/** 16 nodes of p5.48xlarge that always stand, as their node pool profiles them. */
export function p5Pool(more: Partial<PoolProfile> = {}): PoolProfile {
  const poolName = more.poolName ?? "training";
  return {
    poolName,
    instanceType: "p5.48xlarge",
    nodeSelector: { "aidc/pool": poolName },
    taints: [{ key: "nvidia.com/gpu", value: "present", effect: TaintEffect.NO_SCHEDULE }],
    zones: ["us-east-1a"],
    acceleratorName: "h100",
    acceleratorResource: "nvidia.com/gpu",
    acceleratorsPerNode: 8,
    fabricResource: "vpc.amazonaws.com/efa",
    fabricInterfacesPerNode: 32,
    wholeNodeResources: { "nvidia.com/gpu": "8", "vpc.amazonaws.com/efa": "32", "hugepages-2Mi": "5120Mi" },
    sharedMemoryMiBPerNode: 1048576,
    topologyLayers: 3,
    vcpusPerNode: 192,
    memoryMiBPerNode: 2097152,
    localNvmeGBPerNode: 30400,
    maxPodsPerNode: 51,
    capacityKind: CapacityKind.RESERVATION,
    minNodes: 16,
    maxNodes: 16,
    ...more,
  };
}
