export type { ClusterReference } from "./cluster";
export type { IGrantee, PolicyStatement } from "./policy";
export { ACCELERATOR_LABEL, POOL_LABEL, type PoolProfile, type PoolTaint, TaintEffect } from "./pool";
export type { StorageLocation } from "./storage";
export type { ServiceIdentity } from "./workload";
