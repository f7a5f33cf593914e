import { CapacityKind, type PoolProfile, TaintEffect } from "cdktf-ai-datacenter/contracts";

/** A pool as `GpuNodePool` of p5.48xlarge profiles it. */
export function pool(more: Partial<PoolProfile> = {}): PoolProfile {
  const poolName = more.poolName ?? "train";
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
    capacityKind: CapacityKind.BLOCK,
    minNodes: 0,
    maxNodes: 16,
    ...more,
  };
}

export const neuronPool = pool({
  poolName: "trainium",
  instanceType: "trn1.32xlarge",
  taints: [{ key: "aws.amazon.com/neuron", value: "present", effect: TaintEffect.NO_SCHEDULE }],
  acceleratorName: "trainium",
  acceleratorResource: "aws.amazon.com/neuron",
  acceleratorsPerNode: 16,
  fabricInterfacesPerNode: 8,
});

/** InfiniBand in a data center of one's own. */
export const infinibandPool = pool({
  poolName: "dgx",
  instanceType: "dgx-h100",
  taints: [{ key: "site/gpu", effect: TaintEffect.NO_EXECUTE }],
  fabricResource: "rdma/hca_shared_devices_a",
  fabricInterfacesPerNode: 8,
});

/** A small pool without a fabric. */
export const inferencePool = pool({
  poolName: "infer",
  instanceType: "g6.xlarge",
  acceleratorsPerNode: 1,
  fabricResource: undefined,
  fabricInterfacesPerNode: 0,
});
