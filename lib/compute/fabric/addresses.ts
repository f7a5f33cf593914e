import type { InstanceTypeSpec } from "../../catalog";
import { type FabricInterface, hasAddress } from "./interfaces";
import { addressSlots } from "./max-pods";

/** Addresses that AWS keeps in every subnet. Source: Amazon VPC user guide, "Subnet CIDR blocks", 2026. */
const RESERVED_IN_SUBNET = 5;

/** What a pool's nodes take of their subnet. */
export interface AddressNeeds {
  /** Addresses of a node's own interfaces, before any pod. */
  readonly ipsPerNode: number;
  /**
   * Addresses that a node holds once its first pod runs, with the VPC CNI's default of one interface kept warm: whole interfaces,
   * with all their addresses.
   */
  readonly heldPerNode: number;
}

/**
 * What one node takes of its own subnet. The CNI fills the primary interface and, from the first pod on, a second one if the card has a slot for
 * it; extra interfaces on other cards take one address each.
 * Source: aws/amazon-vpc-cni-k8s `docs/eni-and-ip-target.md`, WARM_ENI_TARGET, 2026.
 * @param podsElsewhere whether further interfaces take their addresses from subnets for pods @default false
 */
export function addressNeeds(
  spec: InstanceTypeSpec,
  interfaces: readonly FabricInterface[],
  podsElsewhere = false,
): AddressNeeds {
  const own = interfaces.filter(hasAddress);
  const elsewhere = own.filter(({ card }) => card > 0).length;
  const warm = Math.min(addressSlots(spec, interfaces), podsElsewhere ? 1 : 2);
  return { ipsPerNode: own.length, heldPerNode: warm * spec.ipv4PerInterface + elsewhere };
}

/** Addresses that so many nodes need in one subnet. */
export function subnetAddresses(heldPerNode: number, nodes: number): number {
  return heldPerNode * nodes + RESERVED_IN_SUBNET;
}

/** Prefix length of the smallest subnet with so many addresses; AWS makes none below /28 or above /16. */
export function subnetPrefix(addresses: number): number {
  return Math.min(32 - Math.ceil(Math.log2(addresses)), 28);
}
