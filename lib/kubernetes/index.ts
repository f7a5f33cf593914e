export {
  eksConnection,
  type EksConnectionProps,
  kubeconfigConnection,
  type KubeconfigConnectionProps,
} from "./cluster-connection";
export type { HelmRelease } from "./helm-release";
export { apiGroupOf, type KubernetesManifest, manifestKey, type ManifestMetadata } from "./manifest";
export { Renderers } from "./renderers";
export type { ChartOptions } from "./target/chart-renderer";
export type { FilesOptions } from "./target/files-renderer";
export { KubernetesTarget, type KubernetesTargetProps, type PlaceOptions } from "./target/kubernetes-target";
export { type PlacedObject, Renderer } from "./target/renderer";
export { AcceleratorRuntime } from "./accelerators/accelerator-runtime";
export type { AcceleratorRuntimeProps } from "./accelerators/accelerator-runtime-props";
export { GPU_COUNTERS, type GpuCounter } from "./accelerators/gpu-counters";
export type { PrePull } from "./accelerators/image-cache";
export { FATAL_XID_ERRORS, NODE_HEALTH_CONDITIONS, type NodeHealthCondition } from "./accelerators/node-health";
export { allCharts, allImages, imageList, type ImageListEntry } from "./images/image-list";
export {
  ImagePreparation,
  ImageSources,
  type PullThroughCacheOptions,
  type Reachability,
  type UpstreamOptions,
} from "./images/image-sources";
export { mirrorCommands, MirrorTool } from "./images/mirror-commands";
export { apiGroupsOf, Operator } from "./operators/operator";
export { Operators, type OperatorsProps } from "./operators/operators";
export { JobQueues } from "./queues/job-queues";
export {
  type GeneralNodes,
  type JobQueuesProps,
  type PoolQuota,
  PreemptionPolicy,
  QueueingStrategy,
  ReclaimPolicy,
  type TeamQueue,
} from "./queues/job-queues-props";
export {
  kueueConfiguration,
  type KueueConfigurationOptions,
  kueueConfigurationText,
  KueueFramework,
} from "./queues/kueue-configuration";
export { DEFAULT_QUEUE, QUEUE_LABEL, WORKLOAD_PRIORITY_LABEL, WorkloadPriority } from "./queues/labels";
export { gangJobSet, type GangOptions } from "./gang/gang-job-set";
export { type NodeShare, wholeNodeShare } from "./gang/node-share";
export { isTopologyAware, NETWORK_LAYER_PREFIX, networkLayerLabel } from "./gang/topology";
export { GANG_CONTAINER, type WholeNodePodOptions, wholeNodePodSpec } from "./gang/whole-node-pod";
export type { ContainerDefaults, NodeLimit, TenantLimits } from "./tenant/limits";
export { type TenantOptions, tenantManifests } from "./tenant/resolve-tenant";
export { TEAM_LABEL, teamNamespace } from "./tenant/team";
export { EgressRule, type NamespaceAccess, type NetworkPort, NetworkProtocol } from "./tenant/network-rules";
export { Tenant, type TenantProps } from "./tenant/tenant";
export { BlockFileSystem, type BlockStorageClass, blockStorageClass } from "./storage/block-class";
export { VolumeReclaimPolicy } from "./storage/class-options";
export { localScratchVolume } from "./storage/local-scratch";
export { type LustreClaim, lustreClaim, type LustreStorageClass, lustreStorageClass } from "./storage/lustre-class";
export { lustreVolume, type LustreVolumeOptions } from "./storage/lustre-volume";
export { MountIdentity, objectVolume, type ObjectVolumeOptions, objectVolumeShare } from "./storage/object-volume";
export { claimVolume } from "./storage/static-volume";
export { StorageClasses, type StorageClassesProps } from "./storage/storage-classes";
export { EXTERNAL_SECRETS_GROUP, type ExternalSecretOptions } from "./secrets/external-secret";
export { type CsiSecretOptions, SECRETS_STORE_GROUP } from "./secrets/secret-provider-class";
export { type ExistingSecretOptions, SecretRef } from "./secrets/secret-ref";
export {
  type ClusterSecretStoreOptions,
  clusterSecretStore,
  type SecretStoreOptions,
  secretStore,
} from "./secrets/secret-store";
