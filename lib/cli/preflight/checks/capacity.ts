import type { Reservation } from "../cloud";
import { counted, type Finding, type Status, worst } from "../finding";
import type { NamedPool } from "../pool-facts";

type CapacityCheck = "reservation" | "block";

/** Something that a reservation says and the pool does not, or the reverse. */
export interface Remark {
  readonly status: Status;
  readonly text: string;
  readonly remedy?: string;
}

/** A pool with the reservation it names. */
export interface ReservedPool {
  readonly pool: NamedPool;
  readonly reservation: Reservation;
}

/** What any reserved capacity must have for nodes of a pool to start in it. */
export function remarksOnFit({ pool: { facts }, reservation }: ReservedPool): Remark[] {
  const { instanceType, zones } = facts;
  const { zone, platform, tenancy } = reservation;
  return [
    ...differing(
      reservation.instanceType !== instanceType,
      `is of ${reservation.instanceType}, not of ${instanceType}`,
      `Set instanceType to ${reservation.instanceType}.`,
    ),
    ...differing(
      zones.some((one) => one !== zone),
      `lies in ${zone}, and the pool in ${zones.join(", ")}`,
      `Give the capacity the zone ${zone}.`,
    ),
    ...differing(platform !== LINUX, `is for ${platform}, and nodes are ${LINUX}`),
    ...differing(tenancy !== "default", `has ${tenancy} tenancy, and nodes have the default`),
  ];
}

const LINUX = "Linux/UNIX";

/** Trouble, if something is so. */
export function differing(isSo: boolean, text: string, remedy?: string): Remark[] {
  return isSo ? [{ status: "trouble", text, remedy }] : [];
}

/** Who wants how much of some reserved instances. */
export interface Demand {
  /** Most nodes of all pools of the stage that ask for them. */
  readonly wanted: number;
  /** Nodes of the stage that run in them already. */
  readonly running: number;
}

/** What is reserved is enough for all nodes that may ask for it, and nobody else is in it. */
export function remarksOnCount({ state, total, available }: Reservation, { wanted, running }: Demand): Remark[] {
  if (total < wanted) {
    const text = `holds ${counted(total, "instance")}, and maxNodes add up to ${wanted}`;
    return differing(true, text, `Lower maxNodes to ${total}, or enlarge it.`);
  }
  // Before its start a reservation has nothing free for anybody.
  return state === "active" ? remarksOnOthers({ total, available }, { wanted, running }) : [];
}

/** Enough is free, beside the nodes of the stage. */
export function remarksOnOthers(
  { total, available }: Pick<Reservation, "total" | "available">,
  { wanted, running }: Demand,
): Remark[] {
  if (available + running >= wanted) return [];
  const beside = running === 0 ? "" : ` beside ${counted(running, "node")} of this stage`;
  const text = `has ${available} of ${total} instances free${beside}, and maxNodes add up to ${wanted}`;
  return [{ status: "warning", text, remedy: "Find out who else runs in it." }];
}

/** What was found about a single reservation. */
export function findingOf(
  check: CapacityCheck,
  { pool, reservation }: ReservedPool,
  remarks: readonly Remark[],
): Finding {
  const { id, state, total, available, instanceType, zone, start, end } = reservation;
  const time = check === "block" ? `, ${when(start)} to ${when(end)}` : end === undefined ? "" : `, until ${when(end)}`;
  // Before its start nothing is free for anybody.
  const free = state === "active" ? `${available} of ${total} x ${instanceType} free` : `${total} x ${instanceType}`;
  const head = `${id} (${state}): ${free} in ${zone}${time}`;
  return { check, pools: [pool.name], ...summary(head, remarks), figures: { total, available } };
}

/** All remarks as one sentence. */
export function summary(head: string, remarks: readonly Remark[]): Pick<Finding, "status" | "message" | "remedy"> {
  const remedies = remarks.flatMap(({ remedy }) => remedy ?? []);
  return {
    status: worst(remarks.map(({ status }) => status)),
    message: [head, ...remarks.map(({ text }) => `it ${text}`)].join("; "),
    ...(remedies.length === 0 ? {} : { remedy: remedies.join(" ") }),
  };
}

/** What the pool names is not there. */
export function absent(check: CapacityCheck, { name, facts }: NamedPool, region: string): Finding {
  const { reservation = "" } = facts;
  const command = reservation.startsWith("arn:") ? "resource-groups list-groups" : "ec2 describe-capacity-reservations";
  return {
    check,
    pools: [name],
    status: "trouble",
    message: `${reservation} does not exist in ${region}, or is not shared with this account`,
    remedy: `Look for it with: aws ${command} --region ${region}`,
  };
}

/** A time as EC2 and pools write it: UTC, to the second. */
export function when(time: Date | undefined): string {
  return time === undefined ? "a time that EC2 does not state" : time.toISOString().replace(/\.\d+Z$/, "Z");
}
