import type { LaunchTemplateNetworkInterfaces } from "../../terraform/aws";
import { type FabricInterface, hasAddress } from "./interfaces";

/** Groups of a node's interfaces, by ids. */
export interface InterfaceGroups {
  /** Group of the cluster, which control plane and nodes talk through: on every interface with an address. */
  readonly cluster: string;
  /** Group of the pool, which lets its nodes talk to each other: on every interface. */
  readonly pool: string;
}

/**
 * The interfaces as a launch template wants them. Groups stand inside each interface: EC2 rejects them beside a list of interfaces,
 * and EKS then adds none of its own. Source: terraform-aws-modules/terraform-aws-eks PR #1907, 2026.
 */
export function templateInterfaces(
  interfaces: readonly FabricInterface[],
  groups: InterfaceGroups,
): LaunchTemplateNetworkInterfaces[] {
  return interfaces.map((one) => ({
    networkCardIndex: one.card,
    deviceIndex: one.device,
    interfaceType: one.kind,
    deleteOnTermination: "true",
    // A public address cannot be asked for with several interfaces, and an EFA-only one takes no address at all.
    associatePublicIpAddress: hasAddress(one) ? "false" : undefined,
    securityGroups: hasAddress(one) ? [groups.cluster, groups.pool] : [groups.pool],
  }));
}
