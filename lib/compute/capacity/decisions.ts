import { CapacityKind, type CapacityWindow } from "../../contracts";
import type { Capacity } from "./capacity";
import { capacityWindow } from "./window";

/** Where an EKS node group wants its instance type. */
export enum InstanceTypePlace {
  NODE_GROUP = "node group",
  /** A Capacity Block's type stands in the launch template, and the node group lists none. */
  LAUNCH_TEMPLATE = "launch template",
}

/** How Karpenter calls a way of buying, in `karpenter.sh/capacity-type`. */
export enum KarpenterCapacityType {
  ON_DEMAND = "on-demand",
  SPOT = "spot",
  RESERVED = "reserved",
}

/** The reservation that instances start in: one of the two is set. */
export interface ReservationTarget {
  readonly reservationId?: string;
  readonly resourceGroupArn?: string;
}

/** All that follows from a pool's capacity. */
export interface CapacityDecisions {
  readonly kind: CapacityKind;
  /** `capacity_type` of the EKS node group. */
  readonly nodeGroupCapacityType: "ON_DEMAND" | "SPOT" | "CAPACITY_BLOCK";
  /** Market type of the launch template; absent for anything but a block: EC2 refuses it on an ordinary reservation. */
  readonly marketType?: "capacity-block";
  readonly instanceTypePlace: InstanceTypePlace;
  readonly reservationTarget?: ReservationTarget;
  /** The only zone of nodes, placement group and file systems; absent where the pool may choose. */
  readonly zone?: string;
  /** Group that instances must start in, where the reservation was made in one. */
  readonly placementGroupName?: string;
  /** Whether a placement group of the pool's own may stand around its nodes: never around what lies where it lies. */
  readonly mayHavePlacementGroup: boolean;
  readonly karpenterCapacityType: KarpenterCapacityType;
  /** When the capacity comes and goes; absent where it stays. */
  readonly window?: CapacityWindow;
  /** Fixed number of nodes; absent where the pool scales. */
  readonly nodes?: number;
}

/**
 * What a capacity decides.
 * Sources: Amazon EKS user guide, "Create a managed node group with Capacity Blocks for ML", 2026; awslabs/awsome-distributed-ai #1263
 * (market type on an ordinary reservation); aws/karpenter-provider-aws `tasks/odcrs.md` v1.14.1.
 * @param at path of the property, for messages
 * @throws InvalidProps CAPACITY_WINDOW_INVALID
 */
export function decideCapacity(capacity: Capacity, ultraServer: boolean, at: string): CapacityDecisions {
  const { kind, reservation, zone, placementGroupName, nodes } = capacity;
  const block = kind === CapacityKind.BLOCK;
  return {
    kind,
    nodeGroupCapacityType: NODE_GROUP_TYPES[kind],
    marketType: block ? "capacity-block" : undefined,
    instanceTypePlace: block ? InstanceTypePlace.LAUNCH_TEMPLATE : InstanceTypePlace.NODE_GROUP,
    reservationTarget: reservation === undefined ? undefined : target(reservation),
    zone,
    placementGroupName,
    mayHavePlacementGroup: reservation === undefined,
    karpenterCapacityType: KARPENTER_TYPES[kind],
    window: capacity.window && capacityWindow(capacity.window, ultraServer, `${at}.window`),
    nodes,
  };
}

function target(reservation: string): ReservationTarget {
  return reservation.startsWith("arn:") ? { resourceGroupArn: reservation } : { reservationId: reservation };
}

const NODE_GROUP_TYPES: Readonly<Record<CapacityKind, CapacityDecisions["nodeGroupCapacityType"]>> = {
  [CapacityKind.ON_DEMAND]: "ON_DEMAND",
  [CapacityKind.SPOT]: "SPOT",
  [CapacityKind.RESERVATION]: "ON_DEMAND",
  [CapacityKind.BLOCK]: "CAPACITY_BLOCK",
};

const KARPENTER_TYPES: Readonly<Record<CapacityKind, KarpenterCapacityType>> = {
  [CapacityKind.ON_DEMAND]: KarpenterCapacityType.ON_DEMAND,
  [CapacityKind.SPOT]: KarpenterCapacityType.SPOT,
  [CapacityKind.RESERVATION]: KarpenterCapacityType.RESERVED,
  [CapacityKind.BLOCK]: KarpenterCapacityType.RESERVED,
};
