import { CapacityKind } from "../../contracts";
import { type FabricInterface, InterfaceKind } from "../fabric/interfaces";
import type { DesignCapacity } from "./design";

/** The interface that an instance starts with, for examples of rules. */
export const primaryInterface: FabricInterface = { card: 0, device: 0, kind: InterfaceKind.ENA };

/** An EFA-only interface, for examples of rules. */
export function efaOnly(card: number, device: number): FabricInterface {
  return { card, device, kind: InterfaceKind.EFA_ONLY };
}

/** An On-Demand Capacity Reservation, for examples of rules. */
export const exampleReservation: DesignCapacity = {
  kind: CapacityKind.RESERVATION,
  reservation: "cr-0123456789abcdef0",
  zone: "us-east-1a",
};

/** A Capacity Block, for examples of rules. */
export const exampleBlock: DesignCapacity = {
  kind: CapacityKind.BLOCK,
  reservation: "cr-0123456789abcdef0",
  zone: "us-east-1a",
  marketType: "capacity-block",
};
