/** An instance that is pending or running. */
export interface RunningInstance {
  readonly instanceType: string;
  /** "spot", "capacity-block", …; absent for on-demand. */
  readonly lifecycle?: string;
  /** "host" on a Dedicated Host, which counts against another quota. */
  readonly tenancy?: string;
  /** Where EC2 states cores and threads. */
  readonly vcpus?: number;
  /** Reservation that it runs in. */
  readonly reservation?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A Capacity Reservation or a Capacity Block. */
export interface Reservation {
  readonly id: string;
  readonly owner: string;
  /** "default" or "capacity-block". */
  readonly type: string;
  readonly instanceType: string;
  readonly zone: string;
  readonly platform: string;
  readonly tenancy: string;
  /** "open" or "targeted". */
  readonly matchCriteria: string;
  readonly state: string;
  readonly total: number;
  readonly available: number;
  readonly start?: Date;
  readonly end?: Date;
  /** Group that it was made in. */
  readonly placementGroupName?: string;
}

/** What Service Quotas tells of a quota. */
export interface Quota {
  readonly value: number;
  /** Whether this is what AWS gives everybody, since the account has no value of its own. */
  readonly isDefault: boolean;
}

/** What is asked of one account in one region. Nothing here changes anything. Every question is asked once, however often it is put. */
export interface Cloud {
  /** Account of the credentials. */
  account(): Promise<string>;
  /** Zones of the region in which a type is offered. */
  offeredZones(instanceType: string): Promise<readonly string[]>;
  /** A quota of EC2; undefined for a code that Service Quotas does not know here. */
  quota(code: string): Promise<Quota | undefined>;
  instances(): Promise<readonly RunningInstance[]>;
  /** All reservations that the account owns or that are shared with it. */
  reservations(): Promise<readonly Reservation[]>;
  /** Ids of the reservations in a resource group; undefined for a group that does not exist. */
  groupMembers(arn: string): Promise<readonly string[] | undefined>;
  /** vCPUs of instance types; those that EC2 does not know are missing. */
  vcpus(instanceTypes: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** AWS could not be asked, or did not answer; the message says what, why and what to do, and holds nothing secret. */
export class CloudFailure extends Error {
  public constructor(
    message: string,
    /** @default - the message says it */
    public readonly remedy?: string,
  ) {
    super(message);
    this.name = "CloudFailure";
  }
}
