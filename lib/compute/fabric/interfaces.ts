/** What an interface carries, in the words of the EC2 API. */
export enum InterfaceKind {
  /** IP only. */
  ENA = "interface",
  /** IP and EFA over one device: what tools emitted before EFA-only interfaces existed. Never laid out here, accepted from users. */
  EFA = "efa",
  /** EFA only: no IP address, and so no pods. */
  EFA_ONLY = "efa-only",
}

/** One network interface of a node. */
export interface FabricInterface {
  /** Index of the network card. */
  readonly card: number;
  /** Index of the device on the card. */
  readonly device: number;
  readonly kind: InterfaceKind;
}

/** Whether an interface speaks EFA. */
export function hasEfa({ kind }: FabricInterface): boolean {
  return kind !== InterfaceKind.ENA;
}

/** Whether an interface takes IP addresses. */
export function hasAddress({ kind }: FabricInterface): boolean {
  return kind !== InterfaceKind.EFA_ONLY;
}
