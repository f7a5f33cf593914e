export { AccessLogBucket, type AccessLogBucketProps, type IAccessLogBucket } from "./access-log-bucket";
export type { DataStoreGrants, IDataStore } from "./data-store";
export { EcrImage, type EcrImageProps, resolveEcrImage, type ResolvedEcrImage } from "./ecr-image";
export { grantAccess } from "./grant-access";
export { type ExpirationRule, StorageClass, type TierRule } from "./lifecycle";
export { type IObjectStore, ObjectStore, type ObjectStoreAttributes } from "./object-store";
export { type ObjectStoreProps, type Retention, RetentionMode } from "./object-store-props";
export { normalizePrefix } from "./prefix";
export { type ResolvedObjectStore, resolveObjectStore } from "./resolve-object-store";
export {
  type LocalRuntimeBundle,
  packagedRuntimeFolder,
  readRuntimeBundle,
  RuntimeBundle,
  type RuntimeBundleProps,
} from "./runtime-bundle";
