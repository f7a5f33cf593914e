import { CapacityKind, TaintEffect } from "cdktf-ai-datacenter/contracts";
import { p5Pool as trainingPool } from "../p5-pool";

export { trainingPool };

/** A type with four layers of network. */
export const p6Pool = trainingPool({
  poolName: "frontier",
  instanceType: "p6-b200.48xlarge",
  acceleratorName: "b200",
  topologyLayers: 4,
  minNodes: 8,
  maxNodes: 8,
});

/** Small nodes that come when pods wait, without a fabric. */
export const burstPool = trainingPool({
  poolName: "burst",
  instanceType: "g6e.xlarge",
  acceleratorName: "l40s",
  acceleratorsPerNode: 1,
  fabricResource: undefined,
  fabricInterfacesPerNode: 0,
  wholeNodeResources: { "nvidia.com/gpu": "1" },
  sharedMemoryMiBPerNode: 16384,
  vcpusPerNode: 4,
  memoryMiBPerNode: 32768,
  maxPodsPerNode: 58,
  capacityKind: CapacityKind.ON_DEMAND,
  minNodes: 0,
  maxNodes: 40,
});

/** Another vendor's accelerators. */
export const neuronPool = trainingPool({
  poolName: "neuron",
  instanceType: "trn2.48xlarge",
  taints: [{ key: "aws.amazon.com/neuron", value: "present", effect: TaintEffect.NO_SCHEDULE }],
  acceleratorName: "trainium2",
  acceleratorResource: "aws.amazon.com/neuron",
  acceleratorsPerNode: 16,
  fabricInterfacesPerNode: 16,
  wholeNodeResources: { "aws.amazon.com/neuron": "16", "vpc.amazonaws.com/efa": "16", "hugepages-2Mi": "5120Mi" },
  minNodes: 4,
  maxNodes: 4,
});

/** A data center of one's own: InfiniBand, no taint value, no labels of the network. */
export const onPremisesPool = trainingPool({
  poolName: "dgx",
  instanceType: "dgx-h100",
  nodeSelector: { "site/gpu": "h100" },
  taints: [{ key: "site/gpu", effect: TaintEffect.NO_EXECUTE }],
  fabricResource: "rdma/hca_shared_devices_a",
  fabricInterfacesPerNode: 8,
  wholeNodeResources: { "nvidia.com/gpu": "8", "rdma/hca_shared_devices_a": "8" },
  topologyLayers: undefined,
});
