import type { PoolProfile } from "../../contracts";
import { InvalidProps } from "../../core";
import { type NodeClassInterface, nodeClassInterfaces } from "../fabric/node-class-interfaces";
import { WITHOUT_HUGE_PAGES } from "../fabric/pod-requests";
import { checkCost } from "../pool-cost";
import { type PoolSurroundings, resolvePool } from "../resolve-pool";
import type { ResolvedPool } from "../resolved-pool";
import { type ResolvedDisruption, resolveDisruption } from "./disruption";
import type { ElasticNodePoolOptions } from "./elastic-options";
import { resolveAlias } from "./image-alias";

/** An elastic pool with all defaults filled in and all checks passed. */
export interface ResolvedElasticNodePool extends ResolvedPool {
  readonly poolName: string;
  /** Image family and release. */
  readonly imageAlias: string;
  readonly interfaces: readonly NodeClassInterface[];
  /** Absent where the pool comes after all that have one. */
  readonly weight?: number;
  readonly disruption: ResolvedDisruption;
}

/**
 * @param poolName name of the pool, of its node class and node pool, and its label
 * @param at path of the construct, for messages
 * @throws InvalidProps as `resolvePool`; INTERFACE_KIND_UNSUPPORTED, CAPACITY_CONFLICT, IMAGE_MISMATCH, IMAGE_ALIAS_MISSING,
 *   VALUE_OUT_OF_RANGE, LABEL_INVALID, TAG_RESERVED, HOURLY_COST_NOT_ACCEPTED
 */
export function resolveElasticNodePool(
  poolName: string,
  options: ElasticNodePoolOptions,
  surroundings: PoolSurroundings,
  at: string,
): ResolvedElasticNodePool {
  const pool = resolvePool(poolName, { ...options, imageRelease: options.imageAlias }, surroundings, at);
  checkCost(pool.spec, pool.minNodes, options.acceptHourlyCost, at);
  checkReservation(pool, at);
  checkKeys(options, at);
  checkRevision(pool.revision, at);
  checkWeight(options.weight, pool, at);
  return {
    ...pool,
    profile: promised(pool.profile),
    poolName,
    imageAlias: resolveAlias(pool, options.imageAlias, at),
    interfaces: nodeClassInterfaces(pool.fabric.interfaces, `${at}.interfaces`),
    ...(options.weight !== undefined && { weight: options.weight }),
    disruption: resolveDisruption(pool, options, at),
  };
}

/**
 * The profile with what Karpenter expects of a new node: no huge pages, so that a pod which asks for some never gets one.
 * Source: aws/karpenter-provider-aws v1.14.1 `pkg/providers/instancetype/types.go`, `computeCapacity`.
 */
function promised(profile: PoolProfile): PoolProfile {
  if (profile.fabricResource === undefined) return profile;
  const resources = Object.entries(profile.wholeNodeResources).filter(([name]) => !name.startsWith("hugepages-"));
  return { ...profile, wholeNodeResources: Object.fromEntries(resources), fabricEnvironment: WITHOUT_HUGE_PAGES };
}

/** Source: CRD `karpenter.k8s.aws_ec2nodeclasses.yaml` v1.14.1: reservations are selected by id, tags, owner or match criteria. */
function checkReservation({ capacity }: ResolvedPool, at: string): void {
  const group = capacity.reservationTarget?.resourceGroupArn;
  if (group === undefined) return;
  throw new InvalidProps("CAPACITY_CONFLICT", `${at}.capacity`, {
    got: group,
    allowed: "a reservation by its id (cr-…): Karpenter does not know resource groups",
    remedy: "Name one reservation by id for each pool, or use a managed pool.",
  });
}

const OWN_LABELS = /(karpenter\.sh|karpenter\.k8s\.aws)\//;
const OWN_TAGS = /^(kubernetes\.io\/cluster|eks:eks-cluster-name$|karpenter\.sh\/|karpenter\.k8s\.aws\/)/;

/** Source: the same CRDs: Karpenter finds its nodes by these labels and tags, and takes them from nobody else. */
function checkKeys({ labels = {}, tags = {} }: ElasticNodePoolOptions, at: string): void {
  const label = Object.keys(labels).find((key) => OWN_LABELS.test(key));
  if (label !== undefined) {
    throw new InvalidProps("LABEL_INVALID", `${at}.labels`, { got: label, allowed: "keys outside of karpenter.sh/" });
  }
  const tag = Object.keys(tags).find((key) => OWN_TAGS.test(key));
  if (tag === undefined) return;
  throw new InvalidProps("TAG_RESERVED", `${at}.tags`, {
    got: tag,
    allowed: "keys other than those by which Karpenter and EKS find nodes",
  });
}

function checkRevision(revision: string, at: string): void {
  if (/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(revision)) return;
  const allowed = "a Kubernetes label value of 1 to 63 characters";
  throw new InvalidProps("LABEL_INVALID", `${at}.revision`, { got: revision, allowed });
}

function checkWeight(weight: number | undefined, { capacity }: ResolvedPool, at: string): void {
  if (weight === undefined) return;
  if (capacity.nodes !== undefined) {
    const allowed = "none: a fixed count is there before any pod, so there is nothing to choose";
    throw new InvalidProps("CAPACITY_CONFLICT", `${at}.weight`, { got: weight, allowed });
  }
  if (Number.isInteger(weight) && weight >= 1 && weight <= 100) return;
  throw new InvalidProps("VALUE_OUT_OF_RANGE", `${at}.weight`, { got: weight, allowed: "1 to 100" });
}
