import type { CapacityKind, CapacityWindow } from "./capacity";

/** What a plan cannot ask of AWS about a pool, and `aidc preflight` does. Stands in a stack's JSON, under its comment key. */
export interface PoolFacts {
  /** EC2 type, such as "p5.48xlarge". */
  readonly instanceType: string;
  readonly vcpusPerNode: number;
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly zones: readonly string[];
  readonly capacityKind: CapacityKind;
  /** Reservation id, or ARN of a resource group of some. @default - none */
  readonly reservation?: string;
  /** When a Capacity Block comes and goes. @default - not a block */
  readonly window?: CapacityWindow;
  /** Group that the reservation was made in. @default - none */
  readonly placementGroupName?: string;
  /** vCPU quota that the nodes count against. @default - none is known */
  readonly quotaCode?: string;
  /** @default - none is known */
  readonly quotaName?: string;
}
