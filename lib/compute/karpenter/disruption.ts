import { InvalidProps } from "../../core";
import { type CapacityDecisions, KarpenterCapacityType } from "../capacity/decisions";
import { PoolPurpose, Updates } from "../pool-options";
import type { ElasticNodePoolOptions } from "./elastic-options";

/** A time in which no node is taken away. */
export interface QuietTime {
  /** When it begins, as a cron line in UTC: "0 8 * * mon-fri". */
  readonly schedule: string;
  /** How long it lasts, in hours and minutes: "10h", "1h30m". */
  readonly duration: string;
}

/** Why Karpenter takes a node away by itself, in its own words. */
export type DisruptionReason = "Drifted" | "Underutilized" | "Empty";

/** How many nodes of a pool may go at a time. */
export interface DisruptionBudget {
  /** A count, or a share such as "10%". */
  readonly nodes: string;
  /** @default - all */
  readonly reasons?: readonly DisruptionReason[];
  readonly schedule?: string;
  readonly duration?: string;
}

/** When the nodes of a pool go. */
export interface ResolvedDisruption {
  readonly consolidationPolicy: "WhenEmpty" | "WhenEmptyOrUnderutilized";
  readonly consolidateAfter: string;
  readonly budgets: readonly DisruptionBudget[];
  readonly expireAfter: string;
  readonly terminationGracePeriod?: string;
}

/** What the answer depends on, beside the options. */
export interface DisruptionParts {
  readonly purpose: PoolPurpose;
  readonly updates: Updates;
  readonly capacity: CapacityDecisions;
}

/**
 * Training: an empty node goes after an hour, as in Karpenter's own example for it (aws/karpenter-provider-aws v1.14.1
 * `designs/placement-groups-support.md`) and in the EKS best practices for AI: the gap between two runs costs less than accelerators that
 * are not to be had again.
 * Inference: ten minutes, as the Cluster Autoscaler's `scale-down-unneeded-time`, since a model server takes minutes to come back.
 * Reserved capacity costs the same whether nodes run or not, and nodes given back were not to be had again (METR/hawk #93, 2026).
 */
const CONSOLIDATE_AFTER = { [PoolPurpose.TRAINING]: "1h", [PoolPurpose.INFERENCE]: "10m", reserved: "Never" };

/**
 * Age is a forceful reason, which neither budgets nor do-not-disrupt hold up: never under a gang. Source: aws/karpenter-provider-aws
 * v1.14, website `concepts/disruption.md`, "Expiration"; 720h is the CRD's default.
 */
const EXPIRE_AFTER = { [PoolPurpose.TRAINING]: "Never", [PoolPurpose.INFERENCE]: "720h" };

/**
 * When the nodes of a pool go.
 * @param at path of the construct, for messages
 * @throws InvalidProps VALUE_OUT_OF_RANGE, CAPACITY_CONFLICT
 */
export function resolveDisruption(
  { purpose, updates, capacity }: DisruptionParts,
  options: ElasticNodePoolOptions,
  at: string,
): ResolvedDisruption {
  const { consolidateAfter, expireAfter, terminationGracePeriod, quietTimes = [] } = options;
  if (capacity.nodes !== undefined && consolidateAfter !== undefined) {
    const allowed = "none: the nodes of a fixed count stay when they are empty";
    throw new InvalidProps("CAPACITY_CONFLICT", `${at}.consolidateAfter`, { got: consolidateAfter, allowed });
  }
  check(consolidateAfter, DURATION_OR_NEVER, 'a duration such as "30m", or "Never"', `${at}.consolidateAfter`);
  check(expireAfter, DURATION_OR_NEVER, 'a duration such as "720h", or "Never"', `${at}.expireAfter`);
  check(terminationGracePeriod, DURATION, 'a duration such as "1h"', `${at}.terminationGracePeriod`);
  quietTimes.forEach(({ schedule, duration }, index) => {
    check(schedule, CRON, 'a cron line such as "0 8 * * mon-fri"', `${at}.quietTimes[${index}].schedule`);
    check(duration, HOURS_MINUTES, 'hours and minutes such as "1h30m"', `${at}.quietTimes[${index}].duration`);
  });
  const stays = capacity.karpenterCapacityType === KarpenterCapacityType.RESERVED || capacity.nodes !== undefined;
  return {
    consolidationPolicy: purpose === PoolPurpose.TRAINING ? "WhenEmpty" : "WhenEmptyOrUnderutilized",
    consolidateAfter: consolidateAfter ?? (stays ? CONSOLIDATE_AFTER.reserved : CONSOLIDATE_AFTER[purpose]),
    budgets: [...budgets(purpose, updates), ...quietTimes.map((quiet) => ({ nodes: "0", ...quiet }))],
    expireAfter: expireAfter ?? EXPIRE_AFTER[purpose],
    ...(terminationGracePeriod !== undefined && { terminationGracePeriod }),
  };
}

/**
 * Drift is the only method that takes nodes from under running pods in a pool that consolidates empty ones; it follows every change of
 * the manifests, and an upgrade of Karpenter can bring it about too (METR/hawk #1727, aws/karpenter-provider-aws #7049 and #8297).
 * The least of all budgets that name a reason, or none, counts. Source: website `concepts/disruption.md` v1.14, "Reasons".
 */
function budgets(purpose: PoolPurpose, updates: Updates): DisruptionBudget[] {
  const rolls = updates === Updates.ROLL;
  if (purpose === PoolPurpose.INFERENCE) {
    if (rolls) return [{ nodes: "10%" }];
    return [
      { nodes: "0", reasons: ["Drifted"] },
      { nodes: "10%", reasons: ["Empty", "Underutilized"] },
    ];
  }
  const all: DisruptionBudget = { nodes: "100%", reasons: ["Empty"] };
  if (!rolls) return [{ nodes: "0", reasons: ["Drifted", "Underutilized"] }, all];
  return [{ nodes: "1", reasons: ["Drifted"] }, { nodes: "0", reasons: ["Underutilized"] }, all];
}

/** Source of the patterns: CRD `karpenter.sh_nodepools.yaml` v1.14.1. */
const DURATION = /^(\d+[smh])+$/;
const DURATION_OR_NEVER = /^((\d+[smh])+|Never)$/;
const HOURS_MINUTES = /^(\d+[hm]|\d+h\d+m)$/;
const CRON = /^(@(annually|yearly|monthly|weekly|daily|midnight|hourly)|\S+(\s\S+){4})$/;

function check(value: string | undefined, pattern: RegExp, allowed: string, at: string): void {
  if (value === undefined || pattern.test(value)) return;
  throw new InvalidProps("VALUE_OUT_OF_RANGE", at, { got: value, allowed });
}
