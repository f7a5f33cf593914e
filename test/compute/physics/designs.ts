import { type FabricInterface, InterfaceKind, lintPool, type PoolDesign } from "cdktf-ai-datacenter/compute";

export {
  efaOnly,
  exampleBlock,
  exampleReservation,
  primaryInterface,
} from "../../../lib/compute/physics/example-parts";
export { knownType, soundDesign } from "../../../lib/compute/physics/examples";

/** The codes of all that is found in a design, in order. */
export function codesOf(design: PoolDesign): string[] {
  return lintPool(design).map(({ rule }) => rule.code);
}

/** What the first finding says. */
export function firstOf(design: PoolDesign) {
  return lintPool(design)[0]?.violation;
}

/** A plain interface. */
export function plain(card: number, device: number): FabricInterface {
  return { card, device, kind: InterfaceKind.ENA };
}

/** An EFA interface with IP. */
export function efa(card: number, device: number): FabricInterface {
  return { card, device, kind: InterfaceKind.EFA };
}

/** As the framework writes a value that is known after apply. */
export const TOKEN = "${TfToken[TOKEN.7]}";
