import { InvalidProps } from "../../core/errors";
import { type FabricInterface, InterfaceKind } from "./interfaces";

/** One entry of `networkInterfaces` of a Karpenter EC2NodeClass. Source: CRD of aws/karpenter-provider-aws v1.14.1. */
export interface NodeClassInterface {
  readonly networkCardIndex: number;
  readonly deviceIndex: number;
  readonly interfaceType: "interface" | "efa-only";
}

/**
 * The interfaces as an EC2NodeClass wants them; it knows ENA and EFA-only.
 * @param at path of the property, for messages
 * @throws InvalidProps INTERFACE_KIND_UNSUPPORTED
 */
export function nodeClassInterfaces(interfaces: readonly FabricInterface[], at: string): NodeClassInterface[] {
  return interfaces.map(({ card, device, kind }) => {
    if (kind === InterfaceKind.EFA) {
      const allowed = `${InterfaceKind.ENA} or ${InterfaceKind.EFA_ONLY}`;
      throw new InvalidProps("INTERFACE_KIND_UNSUPPORTED", at, { got: kind, allowed });
    }
    return { networkCardIndex: card, deviceIndex: device, interfaceType: kind };
  });
}
