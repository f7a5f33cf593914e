export { InterfaceEndpoint } from "./interface-endpoint";
export { Network, type NetworkAttributes } from "./network";
export type { INetwork, SubnetReference } from "./network-interface";
export { NatGateways, type NetworkOptions, type NetworkProps } from "./network-props";
export { type ResolvedNetwork, type ResolvedZone, resolveNetwork } from "./resolve-network";
