import { WholeQuantity } from "../gang/quantity";
import type { Flavor } from "./flavor";

/** How many units of a flavor a queue has. */
export interface FlavorShare {
  readonly flavor: Flavor;
  readonly units: number;
  /** @default - no limit */
  readonly borrowUnits?: number;
  /** @default - no limit */
  readonly lendUnits?: number;
}

const NOTHING = WholeQuantity.count(0);

/**
 * The resource groups of a queue or a cohort: one, since all flavors have cores and memory, and a resource may be in one group only. Each flavor
 * names each resource, in the same order, with 0 of what it has not.
 */
export function resourceGroups(shares: readonly FlavorShare[]): readonly unknown[] {
  const others = new Set(shares.flatMap(({ flavor }) => Object.keys(flavor.unit)));
  others.delete("cpu");
  others.delete("memory");
  const coveredResources = ["cpu", "memory", ...[...others].sort()];
  const flavors = shares.map((share) => ({
    name: share.flavor.name,
    resources: coveredResources.map((name) => quota(name, share)),
  }));
  return [{ coveredResources, flavors }];
}

function quota(name: string, { flavor, units, borrowUnits, lendUnits }: FlavorShare): unknown {
  const of = (count: number | undefined) =>
    count === undefined ? undefined : (flavor.unit[name] ?? NOTHING).times(count).toString();
  return { name, nominalQuota: of(units), borrowingLimit: of(borrowUnits), lendingLimit: of(lendUnits) };
}
