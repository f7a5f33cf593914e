/**
 * What of `cdktf-ai-datacenter/compute` needs no synth: the mutation tests load this for it, since each of a thousand mutants would load
 * the provider bindings again.
 */
export * from "../../lib/compute/capacity/capacity";
export * from "../../lib/compute/capacity/decisions";
export * from "../../lib/compute/capacity/window";
export * from "../../lib/compute/fabric/addresses";
export * from "../../lib/compute/fabric/compile";
export * from "../../lib/compute/fabric/fabric";
export * from "../../lib/compute/fabric/interfaces";
export * from "../../lib/compute/fabric/layout";
export * from "../../lib/compute/fabric/max-pods";
export * from "../../lib/compute/fabric/node-class-interfaces";
export * from "../../lib/compute/fabric/pod-requests";
export * from "../../lib/compute/node-image";
export * from "../../lib/compute/physics/check";
export * from "../../lib/compute/physics/design";
export * from "../../lib/compute/physics/rule";
export * from "../../lib/compute/physics/rules";
export * from "../../lib/compute/pool-options";
export * from "../../lib/compute/resolve-gpu-node-pool";
export * from "../../lib/compute/resolve-pool";
