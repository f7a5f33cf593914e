export { CapacityKind, type CapacityWindow } from "./capacity";
export type { ClusterConnection, ExecCredential } from "./cluster-connection";
export type { ClusterReference } from "./cluster";
export type { IGrantee, PolicyStatement } from "./policy";
export type { PoolFacts } from "./pool-facts";
export { ACCELERATOR_LABEL, POOL_LABEL, type PoolProfile, type PoolTaint, TaintEffect } from "./pool";
export type { RuntimeReference } from "./runtime";
export { AccessMode, type StorageAccess, type StorageLocation } from "./storage";
export type { ServiceIdentity } from "./workload";
