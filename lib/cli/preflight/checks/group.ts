import type { Reservation } from "../cloud";
import { counted, type Finding } from "../finding";
import type { NamedPool } from "../pool-facts";
import { type Demand, differing, type Remark, remarksOnFit, remarksOnOthers, summary } from "./capacity";

/** A pool with the members of the resource group it names. */
export interface GroupedPool {
  readonly pool: NamedPool;
  readonly members: readonly Reservation[];
  /** Ids of members that EC2 does not show to this account. */
  readonly hidden: readonly string[];
}

/** A resource group holds reservations that take the nodes; others in it may be for other pools. */
export function checkGroup({ pool, members, hidden }: GroupedPool, demand: Demand): Finding {
  const usable = usableFor(pool, members);
  const total = sum(usable.map((one) => one.total));
  const available = sum(usable.map((one) => one.available));
  const count = counted(members.length + hidden.length, "reservation");
  const head = `${pool.facts.reservation ?? ""}: ${usable.length} of ${count} fit, ${available} of ${counted(total, "instance")} free`;
  const remarks = [
    ...(usable.length === 0 ? noneUsable(members) : remarksOnRoom({ total, available }, demand)),
    ...remarksOnHidden(hidden),
  ];
  return { check: "reservation", pools: [pool.name], ...summary(head, remarks), figures: { total, available } };
}

/** Members that take nodes of the pool now. */
export function usableFor(pool: NamedPool, members: readonly Reservation[]): Reservation[] {
  const { placementGroupName: named } = pool.facts;
  return members.filter(
    (one) =>
      one.type === "default" &&
      one.state === "active" &&
      remarksOnFit({ pool, reservation: one }).length === 0 &&
      (named === undefined || one.placementGroupName === named),
  );
}

function noneUsable(members: readonly Reservation[]): Remark[] {
  const list = members.map(
    ({ id, type, state, instanceType, zone }) => `${id} (${type}, ${state}, ${instanceType}, ${zone})`,
  );
  const text = list.length === 0 ? "is empty" : `holds nothing that takes the nodes: ${list.join(", ")}`;
  return differing(true, text, "Add an active reservation of the type in the zone.");
}

/** Unlike a single reservation, a group that is full lets instances start on demand. */
function remarksOnRoom({ total, available }: Pick<Reservation, "total" | "available">, demand: Demand): Remark[] {
  if (total >= demand.wanted) return remarksOnOthers({ total, available }, demand);
  const text = `holds ${counted(total, "instance")} for them, and maxNodes add up to ${demand.wanted}: the others start on demand, if EC2 has any`;
  return [{ status: "warning", text, remedy: `Lower maxNodes to ${total}, or add reservations.` }];
}

function remarksOnHidden(hidden: readonly string[]): Remark[] {
  if (hidden.length === 0) return [];
  return [
    {
      status: "warning",
      text: `also holds ${hidden.join(", ")}, not looked at: EC2 does not show them to this account`,
    },
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
