import { CapacityKind, type PoolTaint } from "../contracts";
import { firstDuplicate, InvalidProps } from "../core";
import { Capacity } from "./capacity/capacity";
import { type CapacityDecisions, decideCapacity } from "./capacity/decisions";
import { type CompiledFabric, compileFabric } from "./fabric/compile";
import { Fabric } from "./fabric/fabric";
import { checkLabels, checkPoolName, checkTaints } from "./kubernetes-labels";
import { checkPool } from "./physics/check";
import { poolDesign } from "./pool-design";
import { Placement, type PoolOptions, PoolPurpose, Updates } from "./pool-options";
import { poolLabels, poolProfile, poolTaints } from "./pool-profile";
import { resolveDisks, resolveImage, resolveType, resolveVolume } from "./resolve-node";
import type { ResolvedPool } from "./resolved-pool";
import { countsRise } from "./scaling";

/** What stands around a pool. */
export interface PoolSurroundings {
  /** Subnets that nodes may stand in, one for each zone. */
  readonly subnets: readonly { readonly zone: string; readonly cidr?: string }[];
  /** Whether pods have subnets of their own. @default false */
  readonly podsElsewhere?: boolean;
  /** Version of the VPC CNI. @default - not known: what depends on it is not checked */
  readonly vpcCniVersion?: string;
}

/** What some kinds of pools have beside the common options. */
export interface PoolExtras {
  /** @default - the count of static capacity, else 0 */
  readonly minNodes?: number;
  /** Release of the node image, however it is written. @default - none is pinned */
  readonly imageRelease?: string;
}

/**
 * Fills in the defaults of a pool and holds it against the physics rules.
 * @param poolName name of the pool, for labels
 * @param at path of the construct, for messages
 * @throws InvalidProps LABEL_INVALID, INSTANCE_TYPE_UNKNOWN, INSTANCE_TYPE_INCOMPLETE, POOL_SIZE_INVALID, IMAGE_MISMATCH, ZONES_EMPTY,
 *   ZONE_DUPLICATE, ZONE_UNKNOWN, CAPACITY_WINDOW_INVALID, VALUE_OUT_OF_RANGE, NETWORK_CARDS_UNKNOWN, and the codes of the physics rules
 */
export function resolvePool(
  poolName: string,
  options: PoolOptions & PoolExtras,
  surroundings: PoolSurroundings,
  at: string,
): ResolvedPool {
  checkPoolName(poolName, at);
  const spec = resolveType(options, at);
  const ultraServer = /^(p6e|trn2u)/.test(spec.instanceType);
  const capacity = decideCapacity(options.capacity ?? Capacity.onDemand(), ultraServer, `${at}.capacity`);
  const { minNodes, maxNodes } = resolveCounts(options, capacity, at);
  const multiNode = spec.efaInterfaces > 0 && maxNodes > 1;
  const wanted = options.fabric ?? (multiNode || options.interfaces ? Fabric.EFA : Fabric.NONE);
  const { fabricPolicy: policy, interfaces, imageRelease } = options;
  const fabric = compileFabric({ spec, fabric: wanted, policy, interfaces }, at);
  const zones = resolveZones(options.zones, capacity, surroundings, at);
  const purpose = options.purpose ?? (fabric.efaInterfaces > 0 ? PoolPurpose.TRAINING : PoolPurpose.INFERENCE);
  const placement = options.placement ?? defaultPlacement(fabric, capacity);
  const image = resolveImage(options.image, spec, at);
  const warnings = checkPool(
    poolDesign({ spec, fabric, zones, maxNodes, capacity, placement, purpose, image, imageRelease, surroundings }),
    at,
  );
  const taints = poolTaints(spec, options.taints, at);
  checkTaintsAndLabels(options, taints, at);
  const stripeLocalDisks = resolveDisks(options.localDisks, spec, at);
  return {
    spec,
    purpose,
    fabric,
    capacity,
    placement,
    image,
    updates: options.updates ?? (purpose === PoolPurpose.TRAINING ? Updates.HOLD : Updates.ROLL),
    revision: options.revision ?? "1",
    stripeLocalDisks,
    rootVolumeGiB: resolveVolume(options.rootVolumeGiB ?? 200, at),
    labels: { ...options.labels, ...poolLabels(poolName, spec) },
    minNodes,
    maxNodes,
    profile: poolProfile(poolName, { spec, fabric, capacity, zones, taints, minNodes, maxNodes, stripeLocalDisks }, at),
    warnings,
  };
}

function checkTaintsAndLabels({ labels = {} }: PoolOptions, taints: readonly PoolTaint[], at: string): void {
  checkLabels(labels, at);
  checkTaints(taints, at);
}

function resolveCounts(
  options: PoolOptions & PoolExtras,
  { kind, nodes }: CapacityDecisions,
  at: string,
): { readonly minNodes: number; readonly maxNodes: number } {
  const { minNodes = nodes ?? 0, maxNodes = nodes } = options;
  if (nodes !== undefined && (minNodes !== nodes || maxNodes !== nodes)) {
    const allowed = `${nodes} for both, as Capacity.static(${nodes}) says, or neither`;
    throw new InvalidProps("POOL_SIZE_INVALID", at, { got: { minNodes, maxNodes }, allowed });
  }
  if (maxNodes === undefined || !countsRise({ minNodes, maxNodes }, 0) || maxNodes < 1) {
    const allowed = "whole numbers with 0 <= minNodes <= maxNodes and maxNodes >= 1";
    throw new InvalidProps("POOL_SIZE_INVALID", at, { got: { minNodes, maxNodes }, allowed });
  }
  if (kind === CapacityKind.BLOCK && minNodes > 0) {
    const allowed = "0 with a Capacity Block: nodes cannot start before it does";
    throw new InvalidProps("CAPACITY_CONFLICT", `${at}.minNodes`, { got: minNodes, allowed });
  }
  return { minNodes, maxNodes };
}

/**
 * Close together for EFA, except around a reservation: it lies where it lies, and a group of our own can only lead to "insufficient
 * capacity". Source: aws/eksctl #7949 and terraform-aws-modules/terraform-aws-eks #3730, 2026.
 */
function defaultPlacement({ efaInterfaces }: CompiledFabric, { mayHavePlacementGroup }: CapacityDecisions): Placement {
  return efaInterfaces > 0 && mayHavePlacementGroup ? Placement.CLUSTER : Placement.NONE;
}

function resolveZones(
  asked: readonly string[] | undefined,
  { zone }: CapacityDecisions,
  { subnets }: PoolSurroundings,
  at: string,
): readonly string[] {
  const known = subnets.map((subnet) => subnet.zone);
  const zones = asked ?? (zone === undefined ? known : [zone]);
  const path = `${at}.zones`;
  const twice = firstDuplicate(zones);
  if (twice !== undefined) throw new InvalidProps("ZONE_DUPLICATE", path, { got: twice, allowed: "distinct zones" });
  if (zones.length === 0) throw new InvalidProps("ZONES_EMPTY", path, { got: zones, allowed: "one or more zones" });
  const unknown = zones.find((one) => !known.includes(one));
  if (unknown === undefined) return zones;
  throw new InvalidProps("ZONE_UNKNOWN", path, { got: unknown, allowed: known.join(", ") });
}
