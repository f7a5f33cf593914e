import { firstDuplicate, InvalidProps } from "../../core";
import { checkLabelName } from "../gang/names";
import { isTopologyAware } from "../gang/topology";
import { checkTeam, teamNamespace } from "../tenant/team";
import { type Flavor, generalFlavor, poolFlavor } from "./flavor";
import {
  type JobQueuesProps,
  type PoolQuota,
  PreemptionPolicy,
  QueueingStrategy,
  ReclaimPolicy,
  type TeamQueue,
} from "./job-queues-props";
import type { FlavorShare } from "./resource-group";

/** A team's queue, complete and checked. */
export interface ResolvedTeam {
  readonly name: string;
  readonly namespace: string;
  readonly shares: readonly FlavorShare[];
  /** Thousandths of a weight. */
  readonly milliWeight: number;
  readonly queueingStrategy: QueueingStrategy;
  readonly reclaim: ReclaimPolicy;
  readonly preemption: PreemptionPolicy;
}

/** The queues, complete and checked. */
export interface ResolvedJobQueues {
  readonly cohort: string;
  readonly flavors: readonly Flavor[];
  /** What no team owns: any team may borrow it. */
  readonly shared: readonly FlavorShare[];
  readonly teams: readonly ResolvedTeam[];
  readonly topologyLabelPrefix?: string;
}

/**
 * @throws InvalidProps KUBERNETES_NAME_INVALID, QUEUE_DUPLICATE, POOL_UNKNOWN, QUOTA_INVALID, QUOTA_OVER_CAPACITY, TOPOLOGY_UNKNOWN,
 * QUANTITY_INVALID
 */
export function resolveJobQueues(props: Omit<JobQueuesProps, "target">, at: string): ResolvedJobQueues {
  const { pools, cohort = "accelerators", generalNodes } = props;
  checkLabelName(cohort, `${at}.cohort`);
  const flavors = resolveFlavors(props, at);
  const teams = props.teams.map((team, index) => resolveTeam(team, flavors, `${at}.teams[${index}]`));
  checkDistinct(
    teams.map(({ name }) => name),
    `${at}.teams`,
  );
  checkDistinct(
    teams.map(({ namespace }) => namespace),
    `${at}.teams`,
  );
  const shared = flavors.map((flavor) => ({ flavor, units: flavor.units - ownedUnits(flavor, teams) }));
  for (const { flavor, units } of shared) {
    if (units >= 0) continue;
    const allowed = `at most ${flavor.units} nodes of ${flavor.name} over all teams: its maxNodes`;
    throw new InvalidProps("QUOTA_OVER_CAPACITY", `${at}.teams`, { got: flavor.units - units, allowed });
  }
  if (pools.length === 0 && generalNodes === undefined) {
    throw new InvalidProps("POOL_UNKNOWN", `${at}.pools`, { got: [], allowed: "at least one pool, or generalNodes" });
  }
  return { cohort, flavors, shared, teams, topologyLabelPrefix: props.topologyLabelPrefix };
}

function resolveFlavors(props: Omit<JobQueuesProps, "target">, at: string): readonly Flavor[] {
  const { pools, generalNodes } = props;
  const names = pools.map(({ poolName }) => poolName);
  const topologyPools = props.topologyPools ?? pools.filter(isTopologyAware).map(({ poolName }) => poolName);
  for (const name of topologyPools) checkKnown(name, names, `${at}.topologyPools`);
  const general = generalNodes === undefined ? [] : [generalNodes];
  const all = [...names, ...general.map(({ name }) => name)];
  for (const name of all) checkLabelName(name, `${at}.pools`);
  checkDistinct(all, `${at}.pools`);
  for (const { vcpus, memoryMiB } of general) {
    checkCount(vcpus, `${at}.generalNodes.vcpus`);
    checkCount(memoryMiB, `${at}.generalNodes.memoryMiB`);
  }
  return [
    ...pools.map((pool) => poolFlavor(pool, topologyPools.includes(pool.poolName), at)),
    ...general.map(generalFlavor),
  ];
}

function resolveTeam(team: TeamQueue, flavors: readonly Flavor[], at: string): ResolvedTeam {
  const { name, namespace = teamNamespace(name), fairShareWeight = 1 } = team;
  checkTeam(name, namespace, at);
  const milliWeight = Math.round(fairShareWeight * 1000);
  if (!(fairShareWeight >= 0 && Math.abs(milliWeight - fairShareWeight * 1000) < 1e-6)) {
    const allowed = "0 or more, in steps of 0.001; with 0 all others come first";
    throw new InvalidProps("QUOTA_INVALID", `${at}.fairShareWeight`, { got: fairShareWeight, allowed });
  }
  return {
    name,
    namespace,
    shares: sharesOf(team, flavors, at),
    milliWeight,
    queueingStrategy: team.queueingStrategy ?? QueueingStrategy.BEST_EFFORT_FIFO,
    reclaim: team.reclaim ?? ReclaimPolicy.ANY,
    preemption: team.preemption ?? PreemptionPolicy.LOWER_PRIORITY,
  };
}

/** In the order of the flavors, in which Kueue tries them. General nodes belong to nobody, and everybody may borrow them. */
function sharesOf({ quotas }: TeamQueue, flavors: readonly Flavor[], at: string): readonly FlavorShare[] {
  const pools = flavors.filter(isPool);
  const general = flavors.filter((flavor) => !isPool(flavor)).map((flavor) => ({ flavor, units: 0 }));
  if (quotas === undefined) return [...pools.map((flavor) => ({ flavor, units: 0 })), ...general];
  const names = pools.map(({ name }) => name);
  for (const [index, quota] of quotas.entries()) checkQuota(quota, names, `${at}.quotas[${index}]`);
  checkDistinct(
    quotas.map(({ pool }) => pool),
    `${at}.quotas`,
  );
  const shares = pools.flatMap((flavor) =>
    quotas
      .filter(({ pool }) => pool === flavor.name)
      .map(({ nodes, borrowNodes, lendNodes }) => ({
        flavor,
        units: nodes,
        borrowUnits: borrowNodes,
        lendUnits: lendNodes,
      })),
  );
  if (shares.length + general.length > 0) return [...shares, ...general];
  throw new InvalidProps("QUOTA_INVALID", `${at}.quotas`, {
    got: [],
    allowed: "at least one pool, or no quotas at all",
  });
}

function isPool({ isGeneral }: Flavor): boolean {
  return !isGeneral;
}

function checkQuota({ pool, nodes, borrowNodes, lendNodes }: PoolQuota, pools: readonly string[], at: string): void {
  checkKnown(pool, pools, `${at}.pool`);
  checkCount(nodes, `${at}.nodes`);
  if (borrowNodes !== undefined) checkCount(borrowNodes, `${at}.borrowNodes`);
  if (lendNodes === undefined) return;
  checkCount(lendNodes, `${at}.lendNodes`);
  if (lendNodes > nodes) {
    const allowed = `at most ${nodes}: a team lends what is its own`;
    throw new InvalidProps("QUOTA_INVALID", `${at}.lendNodes`, { got: lendNodes, allowed });
  }
}

function checkKnown(name: string, names: readonly string[], at: string): void {
  if (names.includes(name)) return;
  throw new InvalidProps("POOL_UNKNOWN", at, { got: name, allowed: names.join(", ") || "nothing: there are no pools" });
}

function checkCount(value: number, at: string): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new InvalidProps("QUOTA_INVALID", at, { got: value, allowed: "a whole number, 0 or more" });
}

function checkDistinct(names: readonly string[], at: string): void {
  const twice = firstDuplicate(names);
  if (twice === undefined) return;
  throw new InvalidProps("QUEUE_DUPLICATE", at, { got: twice, allowed: "each name once" });
}

function ownedUnits(flavor: Flavor, teams: readonly ResolvedTeam[]): number {
  const own = teams.flatMap(({ shares }) => shares).filter((share) => share.flavor === flavor);
  return own.reduce((sum, { units }) => sum + units, 0);
}
