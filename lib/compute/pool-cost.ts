import { type InstanceTypeSpec, onDemandUsdPerHour } from "../catalog";
import { InvalidProps } from "../core";

/**
 * Refuses nodes that run all the time and whose cost nobody has accepted. Where no price is known any accepted amount will do: the
 * point is that a person has said yes.
 * @param accepted USD per hour
 * @param at path of the pool, for messages
 * @throws InvalidProps HOURLY_COST_NOT_ACCEPTED
 */
export function checkCost(spec: InstanceTypeSpec, nodes: number, accepted: number | undefined, at: string): void {
  if (nodes === 0) return;
  const usdPerHour = onDemandUsdPerHour(spec);
  const floor = nodes * (usdPerHour ?? 0);
  if (accepted !== undefined && accepted >= floor) return;
  const price = usdPerHour === undefined ? "no list price is known" : `${floor.toFixed(2)} USD per hour on demand`;
  throw new InvalidProps("HOURLY_COST_NOT_ACCEPTED", `${at}.acceptHourlyCost`, {
    got: accepted,
    allowed: `at least the floor of ${nodes} x ${spec.instanceType} (${price})`,
  });
}
