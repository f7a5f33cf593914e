import { CapacityKind } from "../../contracts";
import { type Demand, absent } from "./checks/capacity";
import { checkBlock } from "./checks/block";
import { checkGroup, usableFor } from "./checks/group";
import { checkOffering } from "./checks/offering";
import { checkQuota, type QuotaNeed, quotaNeeds, unknownQuota } from "./checks/quota";
import { checkReservation } from "./checks/reservation";
import { type Cloud, CloudFailure, type Reservation, type RunningInstance } from "./cloud";
import type { CheckName, Finding } from "./finding";
import type { NamedPool } from "./pool-facts";
import { isOfStage, quotaUse } from "./quota-use";
import type { Target } from "./stage";

/** What the checks of a place go by. */
export interface Context {
  readonly stage: string;
  readonly account: string;
  readonly target: Target;
  readonly cloud: Cloud;
  readonly now: Date;
}

/** Runs all checks of a place but that of the identity. They ask at once; findings come in the order of checks and pools. */
export async function runChecks(context: Context): Promise<Finding[]> {
  const { pools, region } = context.target;
  const { cloud } = context;
  const found = await Promise.all([
    ...pools.map((pool) =>
      judged("offering", [pool], async () =>
        checkOffering(pool, await cloud.offeredZones(pool.facts.instanceType), region),
      ),
    ),
    ...quotaNeeds(pools).map((need) => judged("quota", need.pools, () => quotaFinding(need, context))),
    ...pools.filter(lacksQuota).map((pool) => Promise.resolve(unknownQuota(pool))),
    ...pools
      .filter(isReserved)
      .map((pool) => judged(capacityCheckOf(pool), [pool], () => capacityFinding(pool, context))),
  ]);
  return found;
}

/** What AWS does not answer is not known; the other checks go on. */
async function judged(check: CheckName, pools: readonly NamedPool[], judge: () => Promise<Finding>): Promise<Finding> {
  try {
    return await judge();
  } catch (error) {
    if (!(error instanceof CloudFailure)) throw error;
    const remedy = error.remedy === undefined ? {} : { remedy: error.remedy };
    return {
      check,
      pools: pools.map(({ name }) => name),
      status: "unknown",
      message: `not judged: ${error.message}`,
      ...remedy,
    };
  }
}

async function quotaFinding(need: QuotaNeed, { stage, account, cloud }: Context): Promise<Finding> {
  const [quota, instances, reservations] = await Promise.all([
    cloud.quota(need.code),
    cloud.instances(),
    cloud.reservations(),
  ]);
  const use = await quotaUse({ ...need, stage, account, instances, reservations }, cloud);
  return checkQuota(need, quota, use);
}

/** A block was measured against its quota when it was bought; any other pool without one deserves a word. */
function lacksQuota({ facts }: NamedPool): boolean {
  return facts.quotaCode === undefined && facts.capacityKind !== CapacityKind.BLOCK;
}

function isReserved({ facts }: NamedPool): boolean {
  return facts.reservation !== undefined;
}

function capacityCheckOf({ facts }: NamedPool): "reservation" | "block" {
  return facts.capacityKind === CapacityKind.BLOCK ? "block" : "reservation";
}

async function capacityFinding(pool: NamedPool, context: Context): Promise<Finding> {
  const { cloud, now, target } = context;
  const check = capacityCheckOf(pool);
  const name = pool.facts.reservation ?? "";
  if (name.includes("${")) return unresolved(check, pool);
  const [reservations, instances] = await Promise.all([cloud.reservations(), cloud.instances()]);
  const byId = new Map(reservations.map((one) => [one.id, one]));
  if (name.startsWith("arn:")) {
    const ids = await cloud.groupMembers(name);
    if (ids === undefined) return absent(check, pool, target.region);
    const members = ids.flatMap((id) => byId.get(id) ?? []);
    const hidden = ids.filter((id) => !byId.has(id));
    return checkGroup({ pool, members, hidden }, demandOf(pool, usableFor(pool, members), instances, context));
  }
  const reservation = byId.get(name);
  if (reservation === undefined) return absent(check, pool, target.region);
  const demand = demandOf(pool, [reservation], instances, context);
  return (check === "block" ? checkBlock : checkReservation)({ pool, reservation }, demand, now);
}

function unresolved(check: CheckName, { name, facts }: NamedPool): Finding {
  const message = `not looked at: ${facts.reservation ?? ""} is known to Terraform alone`;
  return { check, pools: [name], status: "warning", message };
}

function demandOf(
  { facts }: NamedPool,
  reservations: readonly Reservation[],
  instances: readonly RunningInstance[],
  { stage, target }: Context,
): Demand {
  const ids = reservations.map(({ id }) => id);
  const sharers = target.pools.filter((other) => other.facts.reservation === facts.reservation);
  return {
    wanted: sharers.reduce((sum, other) => sum + other.facts.maxNodes, 0),
    running: instances.filter((one) => ids.includes(one.reservation ?? "") && isOfStage(one, stage)).length,
  };
}
