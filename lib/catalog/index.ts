export { CapacityKind } from "./capacity-kind";
export {
  EFA_DEVICE_PLUGIN_MINIMUM,
  isWithin,
  KARPENTER_MINIMUM,
  meets,
  NVIDIA_DEVICE_PLUGIN_MOFED,
  TERRAFORM_AWS_PROVIDER_MINIMUM,
  type VersionMinimum,
  type VersionRange,
  VPC_CNI_MINIMUM,
} from "./compatibility";
export type { ContainerImage, HelmChart } from "./container-image";
export { CONTAINER_IMAGES } from "./container-images";
export { HELM_CHARTS } from "./helm-charts";
export { EKS_VERSIONS, type EksAddonName, type EksVersion } from "./eks";
export {
  type BuiltInDevicePlugin,
  type DriverFact,
  EKS_IMAGE_RELEASES,
  EKS_NVIDIA_DRIVERS,
  type ImageDriver,
  type ImageRelease,
  NVIDIA_DEVICE_PLUGIN_IN_IMAGE,
  NVIDIA_DRIVER_BREAKS,
  NVIDIA_DRIVER_MINIMUM,
  nvidiaDriverIn,
  WITHDRAWN_AL2023_RELEASES,
  type WithdrawnRelease,
} from "./images";
export {
  type AcceleratorSpec,
  AcceleratorVendor,
  Architecture,
  familyOf,
  type IncompleteInstanceType,
  type InstancePrice,
  type InstanceTypeSpec,
  type InterfaceSlot,
  onDemandUsdPerHour,
} from "./instance-type";
export {
  ACCELERATOR_PRICE_DATE,
  CATALOG_DATE,
  CATALOG_SOURCES,
  INCOMPLETE_INSTANCE_TYPES,
  INSTANCE_TYPES,
} from "./instance-types.generated";
export { type DatedPrice, FIXED_PRICES, GENERAL_PURPOSE_PRICE_DATE, GENERAL_PURPOSE_USD_PER_HOUR } from "./prices";
export { type VcpuQuota, vcpuQuotaOf } from "./quotas";
export type { CatalogSource } from "./source";
export { compareVersions } from "./versions";
