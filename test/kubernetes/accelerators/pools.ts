import { CapacityKind, type PoolProfile, TaintEffect } from "cdktf-ai-datacenter/contracts";
import { p5Pool } from "../p5-pool";

/** A pool as `GpuNodePool` of p5.48xlarge profiles it. */
export function pool(more: Partial<PoolProfile> = {}): PoolProfile {
  return p5Pool({ poolName: "train", capacityKind: CapacityKind.BLOCK, minNodes: 0, ...more });
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
