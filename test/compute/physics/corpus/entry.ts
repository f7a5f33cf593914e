import {
  type FabricInterface,
  type GpuNodePoolOptions,
  InterfaceKind,
  type PoolDesign,
  type PoolSurroundings,
} from "cdktf-ai-datacenter/compute";
import type { ErrorCode, WarningId } from "cdktf-ai-datacenter/core";
import { knownType, soundDesign } from "../../../../lib/compute/physics/examples";

/** A failure that somebody told in public, as the design that led to it, and the same design made right. */
export interface CorpusEntry {
  /** Where it was told: "owner/repository #number", or with "PR". */
  readonly thread: string;
  /** What went wrong. */
  readonly told: string;
  readonly bad: PoolDesign;
  readonly code: ErrorCode | WarningId;
  readonly good: PoolDesign;
  /** The bad design as options of a pool, where they can say it. */
  readonly options?: GpuNodePoolOptions;
  /** What stands around that pool, where it matters. */
  readonly surroundings?: PoolSurroundings;
}

export const ZONE = "us-east-1a";
export const OTHER_ZONE = "us-east-1b";

export { knownType, soundDesign };

/** An interface as a launch template has it. */
export function interfaceAt(card: number, device: number, kind: InterfaceKind): FabricInterface {
  return { card, device, kind };
}

/** A plain interface where an instance starts. */
export const PRIMARY = interfaceAt(0, 0, InterfaceKind.ENA);

/** What tools laid out before EFA-only interfaces: EFA with IP at device 0 of card 0, and at a device of each further card. */
export function efaOnCards(cards: number, device: (card: number) => number): FabricInterface[] {
  return Array.from({ length: cards }, (_, card) =>
    interfaceAt(card, card === 0 ? 0 : device(card), InterfaceKind.EFA),
  );
}

/** EFA-only at device 0 of so many cards, from the first on. */
export function efaOnlyFrom(first: number, cards: number): FabricInterface[] {
  return Array.from({ length: cards }, (_, index) => interfaceAt(first + index, 0, InterfaceKind.EFA_ONLY));
}
