export type { IGrantee, PolicyStatement } from "./policy";
export type { StorageLocation } from "./storage";
export type { ServiceIdentity } from "./workload";
