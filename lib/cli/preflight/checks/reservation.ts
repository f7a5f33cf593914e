import type { Reservation } from "../cloud";
import { counted, type Finding } from "../finding";
import type { NamedPool } from "../pool-facts";
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

const WARN_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1000;

/** States in which nothing can start yet, and something will be able to. */
const TO_COME = ["scheduled", "pending", "assessing", "delayed"];

/** An On-Demand Capacity Reservation takes the nodes of the pool that names it. */
export function checkReservation(reserved: ReservedPool, demand: Demand, now: Date): Finding {
  return findingOf("reservation", reserved, remarksOn(reserved, demand, now));
}

function remarksOn(reserved: ReservedPool, demand: Demand, now: Date): Remark[] {
  const { pool, reservation } = reserved;
  if (reservation.type === "capacity-block") return [isBlock(reservation)];
  if (isOver(reservation)) return differing(true, "takes no nodes any more", "Name one that is active.");
  return [
    ...remarksOnStart(reservation),
    ...remarksOnFit(reserved),
    ...remarksOnGroup(pool, reservation),
    ...remarksOnCount(reservation, demand),
    ...remarksOnEnd(reservation, now),
    ...remarksOnCriteria(reservation),
  ];
}

function isOver({ state }: Reservation): boolean {
  return state !== "active" && !TO_COME.includes(state);
}

function isBlock({ id, zone, start, end }: Reservation): Remark {
  const remedy = `Use Capacity.block("${id}", "${zone}", { start: "${when(start)}", end: "${when(end)}" }).`;
  return {
    status: "trouble",
    text: "is a Capacity Block, and nodes that ask for a reservation do not start in it",
    remedy,
  };
}

function remarksOnStart({ state, start }: Reservation): Remark[] {
  return state === "active" ? [] : [{ status: "warning", text: `takes nobody before ${when(start)}` }];
}

/** A launch names the group that the reservation was made in, and no other, or the reservation does not match. */
function remarksOnGroup({ facts }: NamedPool, { placementGroupName: made }: Reservation): Remark[] {
  const { placementGroupName: named } = facts;
  if (made === named) return [];
  if (made === undefined) {
    const text = `was made in no placement group, and the pool names ${named ?? ""}`;
    return differing(true, text, "Leave out placementGroupName: a reservation cannot be moved into a group.");
  }
  const text = `was made in the placement group ${made}, and the pool names ${named ?? "none"}`;
  return differing(true, text, `Give Capacity.reservation the option { placementGroupName: "${made}" }.`);
}

function remarksOnEnd({ end }: Reservation, now: Date): Remark[] {
  const days = end === undefined ? Infinity : (end.getTime() - now.getTime()) / DAY_MS;
  if (days >= WARN_DAYS) return [];
  const left = counted(Math.max(0, Math.floor(days)), "day");
  return [
    {
      status: "warning",
      text: `ends in ${left}; nodes then go on at the on-demand price`,
      remedy: "Move its end, or plan for it.",
    },
  ];
}

function remarksOnCriteria({ matchCriteria }: Reservation): Remark[] {
  if (matchCriteria !== "open") return [];
  const text = "is open: any instance of the account that matches takes a place in it";
  return [{ status: "warning", text, remedy: "Make it targeted, so that the pool alone uses it." }];
}
