import { CapacityKind } from "../../lib/contracts/capacity";
import { type PoolProfile, TaintEffect } from "../../lib/contracts/pool";

/** Profile of a pool of whole p5.48xlarge nodes, as the AWS half publishes it. */
export function p5Pool(change: Partial<PoolProfile> = {}): PoolProfile {
  return {
    poolName: "training",
    instanceType: "p5.48xlarge",
    nodeSelector: { "aidc/pool": change.poolName ?? "training", "aidc/accelerator": "h100" },
    taints: [{ key: "nvidia.com/gpu", value: "true", effect: TaintEffect.NO_SCHEDULE }],
    zones: ["us-east-1a"],
    acceleratorName: "h100",
    acceleratorResource: "nvidia.com/gpu",
    acceleratorsPerNode: 8,
    acceleratorMemoryMiB: 81920,
    fabricResource: "vpc.amazonaws.com/efa",
    fabricInterfacesPerNode: 32,
    wholeNodeResources: { "nvidia.com/gpu": "8", "vpc.amazonaws.com/efa": "32", "hugepages-2Mi": "5128Mi" },
    sharedMemoryMiBPerNode: 1048576,
    topologyLayers: 3,
    vcpusPerNode: 192,
    memoryMiBPerNode: 2097152,
    localNvmeGBPerNode: 30720,
    maxPodsPerNode: 51,
    capacityKind: CapacityKind.ON_DEMAND,
    minNodes: 0,
    maxNodes: 16,
    ...change,
  };
}
