import { CapacityKind } from "../../../contracts";
import type { Finding } from "../finding";
import type { NamedPool } from "../pool-facts";

/** The type is offered in every zone of the pool. */
export function checkOffering({ name, facts }: NamedPool, offered: readonly string[], region: string): Finding {
  const { instanceType, zones, capacityKind: kind } = facts;
  const about = { check: "offering", pools: [name] } as const;
  const missing = zones.filter((zone) => !offered.includes(zone));
  if (missing.length === 0)
    return { ...about, status: "ok", message: `${instanceType} is offered in ${zones.join(", ")}` };
  const there = offered.length === 0 ? `no zone of ${region}` : [...offered].sort().join(", ");
  const message = `${instanceType} is not offered in ${missing.join(", ")}, but in ${there}`;
  // Where a reservation is, there is the type: its own check says more than the list of what is sold to everybody.
  const reserved = kind === CapacityKind.RESERVATION || kind === CapacityKind.BLOCK;
  const remedy = offered.length === 0 ? "Choose another region or type." : "Choose one of these zones.";
  return { ...about, status: reserved ? "warning" : "trouble", message, remedy };
}
