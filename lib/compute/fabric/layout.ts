import type { InstanceTypeSpec, InterfaceSlot } from "../../catalog";
import { InvalidProps } from "../../core/errors";
import { Fabric, FabricPolicy } from "./fabric";
import { type FabricInterface, InterfaceKind } from "./interfaces";

/**
 * The network interfaces of a node, the primary one first, then EFA by card, then what is there for IP bandwidth alone.
 *
 * The rule: one ENA interface at card 0 / device 0; EFA-only at card 0 / device 1 if that card has EFA, and at device 0 of every
 * further card that has one; for bandwidth, ENA interfaces where the guide lists them, else at device 1 of every further card.
 * Source: Amazon EC2 user guide, "Maximize network bandwidth on Amazon EC2 instances with multiple network cards", 2026.
 *
 * @param at path of the pool, for messages
 * @throws InvalidProps EFA_UNSUPPORTED for a type without EFA, NETWORK_CARDS_UNKNOWN for one without card data
 */
export function layoutInterfaces(
  spec: InstanceTypeSpec,
  fabric: Fabric,
  policy: FabricPolicy,
  at: string,
): FabricInterface[] {
  const primary = { card: 0, device: 0, kind: InterfaceKind.ENA };
  if (fabric === Fabric.NONE) return [primary];
  if (spec.efaInterfaces === 0) {
    const allowed = "a type with EFA, or Fabric.NONE";
    throw new InvalidProps("EFA_UNSUPPORTED", `${at}.fabric`, { got: spec.instanceType, allowed });
  }
  if (spec.networkCards.length === 0) {
    throw new InvalidProps("NETWORK_CARDS_UNKNOWN", `${at}.specification`, {
      got: spec.networkCards,
      allowed: `the interfaces that each network card of ${spec.instanceType} holds`,
    });
  }
  const first = spec.firstEfaCard ?? 0;
  const efa = Array.from({ length: spec.efaInterfaces }, (_, index) => {
    const card = first + index;
    return { card, device: card === 0 ? 1 : 0, kind: InterfaceKind.EFA_ONLY };
  });
  if (policy === FabricPolicy.SAVE_IPS) return [primary, ...efa];
  return [primary, ...efa, ...bandwidthSlots(spec).map((slot) => ({ ...slot, kind: InterfaceKind.ENA }))];
}

function bandwidthSlots({ bandwidthSlots: listed, networkCards }: InstanceTypeSpec): readonly InterfaceSlot[] {
  const further = networkCards.flatMap((holds, card) => (card > 0 && holds > 1 ? [{ card, device: 1 }] : []));
  return listed ?? further;
}
