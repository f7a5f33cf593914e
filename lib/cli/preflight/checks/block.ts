import type { CapacityWindow } from "../../../contracts";
import type { Reservation } from "../cloud";
import type { Finding } from "../finding";
import {
  type Demand,
  differing,
  findingOf,
  type Remark,
  remarksOnCount,
  remarksOnFit,
  type ReservedPool,
  when,
} from "./capacity";

/** A Capacity Block takes the nodes of the pool that names it, in the window that the pool states. */
export function checkBlock(reserved: ReservedPool, demand: Demand, now: Date): Finding {
  return findingOf("block", reserved, remarksOn(reserved, demand, now));
}

function remarksOn(reserved: ReservedPool, demand: Demand, now: Date): Remark[] {
  const { pool, reservation } = reserved;
  if (reservation.type !== "capacity-block") return [isReservation(reservation)];
  if (isOver(reservation, now)) return differing(true, "takes no nodes any more", "Name another block.");
  return [
    ...remarksOnPayment(reservation),
    ...remarksOnFit(reserved),
    ...remarksOnWindow(reservation, pool.facts.window),
    ...remarksOnCount(reservation, demand),
  ];
}

function isReservation({ id, zone }: Reservation): Remark {
  const text = "is an On-Demand Capacity Reservation, and nodes that ask for a block do not start in it";
  return { status: "trouble", text, remedy: `Use Capacity.reservation("${id}", "${zone}").` };
}

function isOver({ state, end }: Reservation, now: Date): boolean {
  return !["active", "scheduled", "payment-pending"].includes(state) || (end !== undefined && end <= now);
}

function remarksOnPayment({ state }: Reservation): Remark[] {
  return state === "payment-pending"
    ? [{ status: "warning", text: "is not paid yet, and given up if the payment fails" }]
    : [];
}

/** Nodes start and drain by the window that the pool states. */
function remarksOnWindow({ start, end }: Reservation, window: CapacityWindow | undefined): Remark[] {
  if (window === undefined) return [];
  const same = start?.getTime() === Date.parse(window.start) && end?.getTime() === Date.parse(window.end);
  const text = `runs from ${when(start)} to ${when(end)}, and the pool states ${window.start} to ${window.end}`;
  return differing(!same, text, `Give Capacity.block the window { start: "${when(start)}", end: "${when(end)}" }.`);
}
