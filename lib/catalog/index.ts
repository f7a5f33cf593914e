export { EKS_VERSIONS, type EksAddonName, type EksVersion } from "./eks";
export { type AcceleratorSpec, AcceleratorVendor, Architecture, type InstanceTypeSpec } from "./instance-type";
export { ACCELERATOR_PRICE_DATE, CATALOG_DATE, INSTANCE_TYPES } from "./instance-types";
export { type DatedPrice, FIXED_PRICES, GENERAL_PURPOSE_PRICE_DATE, GENERAL_PURPOSE_USD_PER_HOUR } from "./prices";
