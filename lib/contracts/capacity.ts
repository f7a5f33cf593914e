/** How EC2 sells instances. */
export enum CapacityKind {
  /** Pay as you go, if EC2 has any. */
  ON_DEMAND = "on-demand",
  /** Spare capacity that EC2 takes back at two minutes' notice. */
  SPOT = "spot",
  /** An On-Demand Capacity Reservation. */
  RESERVATION = "reservation",
  /** A Capacity Block for ML: paid in advance, for a window of time. */
  BLOCK = "block",
}

/** When capacity comes and goes. All times are ISO 8601 in UTC, to the second. */
export interface CapacityWindow {
  /** From then on nodes can start. */
  readonly start: string;
  /** From then on nothing new should start, and what runs saves its state and leaves. */
  readonly drainFrom: string;
  /** From then on EC2 terminates what still runs. */
  readonly reclaimFrom: string;
  /** The last moment of the window. */
  readonly end: string;
}
