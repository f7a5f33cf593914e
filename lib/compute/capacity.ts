/** How EC2 sells the nodes. */
export enum CapacityKind {
  ON_DEMAND = "on-demand",
  SPOT = "spot",
  RESERVATION = "reservation",
  BLOCK = "block",
}

/**
 * Where a pool's nodes come from, as one value: it decides market type, zone, where the instance type stands, and whether a
 * placement group helps or harms.
 */
export class Capacity {
  /** Pay as you go, if EC2 has any. */
  public static onDemand(): Capacity {
    return new Capacity(CapacityKind.ON_DEMAND);
  }

  /** Spare capacity that EC2 takes back at two minutes' notice. */
  public static spot(): Capacity {
    return new Capacity(CapacityKind.SPOT);
  }

  /**
   * An On-Demand Capacity Reservation, by its id (`cr-…`), or a resource group of some, by its ARN.
   * @param zone zone of the reservation: nodes elsewhere would not use it
   */
  public static reservation(idOrGroupArn: string, zone: string): Capacity {
    return new Capacity(CapacityKind.RESERVATION, idOrGroupArn, zone);
  }

  /**
   * A Capacity Block for ML, bought beforehand; keep the pool at 0 nodes outside of its window.
   * @param zone zone of the block
   */
  public static block(reservationId: string, zone: string): Capacity {
    return new Capacity(CapacityKind.BLOCK, reservationId, zone);
  }

  private constructor(
    public readonly kind: CapacityKind,
    /** Reservation id or resource group ARN. */
    public readonly reservation?: string,
    /** Zone that the capacity lies in. */
    public readonly zone?: string,
  ) {}
}
