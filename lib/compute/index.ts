export { ACCESS_HOST_TYPE, AccessHost, type AccessHostProps } from "./access-host";
export { ApiAccess, type ApiSources } from "./api-access";
export { Capacity, type ReservationOptions } from "./capacity/capacity";
export {
  type CapacityDecisions,
  decideCapacity,
  InstanceTypePlace,
  KarpenterCapacityType,
  type ReservationTarget,
} from "./capacity/decisions";
export { type BlockWindow, capacityWindow } from "./capacity/window";
export { Cluster, type ClusterAttributes } from "./cluster";
export type { ICluster } from "./cluster-interface";
export { type ClusterProps, SYSTEM_POOL_DEFAULTS, type SystemPoolOptions } from "./cluster-props";
export { coreDnsConfiguration, type CoreDnsOptions } from "./coredns-configuration";
export { type AddressNeeds, addressNeeds, subnetAddresses, subnetPrefix } from "./fabric/addresses";
export { type CompiledFabric, compileFabric, type FabricRequest } from "./fabric/compile";
export { Fabric, FabricPolicy } from "./fabric/fabric";
export { type FabricInterface, InterfaceKind } from "./fabric/interfaces";
export { layoutInterfaces } from "./fabric/layout";
export { maxPods } from "./fabric/max-pods";
export { type NodeClassInterface, nodeClassInterfaces } from "./fabric/node-class-interfaces";
export { type FabricPodRequests, fabricPodRequests } from "./fabric/pod-requests";
export { GpuNodePool } from "./gpu-node-pool";
export { type GpuNodePoolOptions, type GpuNodePoolProps } from "./gpu-node-pool-props";
export { KarpenterController, type KarpenterControllerProps } from "./karpenter/controller";
export { type ControllerScope, controllerStatements } from "./karpenter/controller-policy";
export { type KarpenterValues, karpenterValues, type KarpenterValuesProps } from "./karpenter/controller-values";
export type { DisruptionBudget, DisruptionReason, QuietTime, ResolvedDisruption } from "./karpenter/disruption";
export { ElasticNodePool } from "./karpenter/elastic-node-pool";
export type { ElasticNodePoolOptions, ElasticNodePoolProps } from "./karpenter/elastic-options";
export type { IKarpenter } from "./karpenter/karpenter-interface";
export {
  type KarpenterManifests,
  karpenterManifests,
  type KarpenterPoolIds,
  type ManifestMetadata,
} from "./karpenter/manifests";
export type { NodeClassManifest, NodeClassSpec, NodeClassVolume } from "./karpenter/node-class-manifest";
export {
  type NodePoolManifest,
  type NodePoolSpec,
  type NodeRequirement,
  type NodeTemplateSpec,
  REVISION_LABEL,
} from "./karpenter/node-pool-manifest";
export { type ResolvedElasticNodePool, resolveElasticNodePool } from "./karpenter/resolve-elastic";
export { KARPENTER_VERSION } from "./karpenter/version";
export { NodeBootstrap, NodeImage } from "./node-image";
export { type NodeSettings, nodeUserData } from "./node-user-data";
export { lintPool, type PhysicsFinding, type PoolWarning, checkPool } from "./physics/check";
export type {
  DesignCapacity,
  DesignLustre,
  DesignPlacementGroup,
  DesignPlugins,
  DesignSecurityGroup,
  DesignSubnet,
  DesignTemplate,
  DesignWorkload,
  PoolDesign,
} from "./physics/design";
export type { FactSource, PhysicsRule, Violation } from "./physics/rule";
export { PHYSICS_RULES } from "./physics/rules";
export { LocalDisks, Placement, type PoolOptions, PoolPurpose, Updates } from "./pool-options";
export { type ResolvedCluster, resolveCluster } from "./resolve-cluster";
export { type ResolvedGpuNodePool, resolveGpuNodePool } from "./resolve-gpu-node-pool";
export { type PoolSurroundings, resolvePool } from "./resolve-pool";
export type { ResolvedPool } from "./resolved-pool";
