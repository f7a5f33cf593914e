import type { InstanceTypeSpec } from "../../catalog";
import { type AddressNeeds, addressNeeds } from "./addresses";
import { Fabric, FabricPolicy } from "./fabric";
import { type FabricInterface, hasEfa } from "./interfaces";
import { layoutInterfaces } from "./layout";
import { maxPods } from "./max-pods";
import { type FabricPodRequests, fabricPodRequests } from "./pod-requests";

/** What a fabric is compiled for. */
export interface FabricRequest {
  readonly spec: InstanceTypeSpec;
  /** @default - Fabric.EFA if the type has EFA */
  readonly fabric?: Fabric;
  /** @default FabricPolicy.SAVE_IPS */
  readonly policy?: FabricPolicy;
  /** The interfaces themselves, for a layout that this release does not know; the physics rules still hold. @default - by the policy */
  readonly interfaces?: readonly FabricInterface[];
}

/** One answer for every target: launch template, Karpenter node class, kubelet, pods, subnets. */
export interface CompiledFabric extends AddressNeeds {
  readonly fabric: Fabric;
  readonly policy: FabricPolicy;
  readonly interfaces: readonly FabricInterface[];
  /** Interfaces with EFA. */
  readonly efaInterfaces: number;
  /** Most pods of a node that can get an address. */
  readonly maxPods: number;
  /** Requests of a pod that takes the whole node. */
  readonly podRequests: FabricPodRequests;
}

/**
 * Compiles the fabric of an instance type.
 * @param at path of the pool, for messages
 * @throws InvalidProps EFA_UNSUPPORTED, NETWORK_CARDS_UNKNOWN
 */
export function compileFabric(request: FabricRequest, at: string): CompiledFabric {
  const { spec, policy = FabricPolicy.SAVE_IPS } = request;
  const fabric = request.fabric ?? (spec.efaInterfaces > 0 ? Fabric.EFA : Fabric.NONE);
  const interfaces = request.interfaces ?? layoutInterfaces(spec, fabric, policy, at);
  const efaInterfaces = interfaces.filter(hasEfa).length;
  return {
    fabric,
    policy,
    interfaces,
    efaInterfaces,
    maxPods: maxPods(spec, interfaces),
    ...addressNeeds(spec, interfaces),
    podRequests: fabricPodRequests(spec, efaInterfaces),
  };
}
