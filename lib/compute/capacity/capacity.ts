import { CapacityKind } from "../../contracts";
import type { BlockWindow } from "./window";

export interface ReservationOptions {
  /** Name of the placement group that the reservation was made in; instances must start in it then. @default - it was made in none */
  readonly placementGroupName?: string;
}

/**
 * Where a pool's nodes come from, as one value: it decides market type, zone, where the instance type stands, whether a placement
 * group helps or harms, how Karpenter finds the capacity, and when nodes come and go. Nothing is ever bought by it.
 */
export class Capacity {
  /** Pay as you go, if EC2 has any. */
  public static onDemand(): Capacity {
    return new Capacity(CapacityKind.ON_DEMAND, {});
  }

  /** Spare capacity that EC2 takes back at two minutes' notice. */
  public static spot(): Capacity {
    return new Capacity(CapacityKind.SPOT, {});
  }

  /**
   * An On-Demand Capacity Reservation, by its id (`cr-…`), or a resource group of some, by its ARN.
   * @param zone zone of the reservation: nodes elsewhere would not use it
   */
  public static reservation(idOrGroupArn: string, zone: string, options: ReservationOptions = {}): Capacity {
    return new Capacity(CapacityKind.RESERVATION, { ...options, reservation: idOrGroupArn, zone });
  }

  /**
   * A Capacity Block for ML, bought beforehand. The pool is empty before its window and after its drain time.
   * @param zone zone of the block
   * @param window when the block runs, as EC2 states it
   */
  public static block(reservationId: string, zone: string, window: BlockWindow): Capacity {
    return new Capacity(CapacityKind.BLOCK, { reservation: reservationId, zone, window });
  }

  /** A fixed number of on-demand nodes, always there: Terraform (or a static NodePool) keeps the count. */
  public static static(nodes: number): Capacity {
    return new Capacity(CapacityKind.ON_DEMAND, { nodes });
  }

  /** Reservation id or resource group ARN. */
  public readonly reservation?: string;
  /** Zone that the capacity lies in. */
  public readonly zone?: string;
  /** When a block runs. */
  public readonly window?: BlockWindow;
  /** Group that a reservation was made in. */
  public readonly placementGroupName?: string;
  /** Count of static capacity. */
  public readonly nodes?: number;

  private constructor(
    public readonly kind: CapacityKind,
    facts: Pick<Capacity, "reservation" | "zone" | "window" | "placementGroupName" | "nodes">,
  ) {
    this.reservation = facts.reservation;
    this.zone = facts.zone;
    this.window = facts.window;
    this.placementGroupName = facts.placementGroupName;
    this.nodes = facts.nodes;
  }
}
