import { INSTANCE_TYPES, type InstanceTypeSpec } from "../catalog";
import { ACCELERATOR_LABEL, POOL_LABEL, type PoolProfile, type PoolTaint, TaintEffect } from "../contracts";
import { firstDuplicate, InvalidProps, whenKnown } from "../core";
import { Capacity, CapacityKind } from "./capacity";
import { Fabric } from "./fabric/fabric";
import { type FabricInterface, layoutInterfaces, maxPods } from "./fabric/layout";
import { type GpuNodePoolOptions, LocalDisks, Placement } from "./gpu-node-pool-props";
import { checkLabels, checkPoolName, checkTaints } from "./kubernetes-labels";
import { NodeImage } from "./node-image";
import { countsRise, type NodeCounts } from "./scaling";

/** A pool with all defaults filled in and all checks passed. */
export interface ResolvedGpuNodePool {
  readonly spec: InstanceTypeSpec;
  readonly interfaces: readonly FabricInterface[];
  readonly fabric: Fabric;
  readonly placement: Placement;
  readonly capacity: Capacity;
  readonly image: NodeImage;
  /** Absent where whoever scales the pool owns the count. */
  readonly desiredNodes?: number;
  readonly stripeLocalDisks: boolean;
  readonly rootVolumeGiB: number;
  readonly labels: Readonly<Record<string, string>>;
  /** What workloads learn of the pool. */
  readonly profile: PoolProfile;
}

/**
 * @param poolName name of the pool, for labels
 * @param networkZones zones in which the network has accelerator subnets
 * @param at path of the construct, for messages
 * @throws InvalidProps LABEL_INVALID, INSTANCE_TYPE_UNKNOWN, POOL_SIZE_INVALID, HOURLY_COST_NOT_ACCEPTED, EFA_UNSUPPORTED,
 *   EFA_SPANS_ZONES, IMAGE_MISMATCH, ZONES_EMPTY, ZONE_DUPLICATE, ZONE_UNKNOWN, CAPACITY_CONFLICT, VALUE_OUT_OF_RANGE
 */
export function resolveGpuNodePool(
  poolName: string,
  options: GpuNodePoolOptions,
  networkZones: readonly string[],
  at: string,
): ResolvedGpuNodePool {
  checkPoolName(poolName, at);
  const spec = resolveType(options, at);
  const { minNodes = 0, maxNodes, desiredNodes, capacity = Capacity.onDemand() } = options;
  checkSize({ minNodes, maxNodes, desiredNodes }, at);
  checkCost(spec, desiredNodes ?? minNodes, options.acceptHourlyCost, at);
  const fabric = options.fabric ?? (spec.efaInterfaces > 0 && maxNodes > 1 ? Fabric.EFA : Fabric.NONE);
  const interfaces = layoutInterfaces(spec, fabric, at);
  const zones = resolveZones(options.zones, capacity, fabric, networkZones, at);
  const placement = resolvePlacement(options.placement, capacity, fabric, zones, at);
  checkCapacity(spec, capacity, at);
  const labels = { ...options.labels, [POOL_LABEL]: poolName, [ACCELERATOR_LABEL]: spec.accelerator.name };
  checkLabels(options.labels ?? {}, at);
  const taints = [acceleratorTaint(spec), ...(options.taints ?? [])];
  checkTaints(taints, at);
  const image = resolveImage(options.image, spec, at);
  const stripeLocalDisks = resolveDisks(options.localDisks, spec, at);
  return {
    spec,
    interfaces,
    fabric,
    placement,
    capacity,
    image,
    desiredNodes,
    stripeLocalDisks,
    rootVolumeGiB: checkVolume(options.rootVolumeGiB ?? 200, at),
    labels,
    profile: profileOf(poolName, spec, interfaces, { zones, taints, minNodes, maxNodes, stripeLocalDisks }),
  };
}

function resolveType({ instanceType, specification }: GpuNodePoolOptions, at: string): InstanceTypeSpec {
  const known = Object.hasOwn(INSTANCE_TYPES, instanceType) ? INSTANCE_TYPES[instanceType] : undefined;
  const spec = specification ?? known;
  if (spec === undefined) {
    const allowed = Object.keys(INSTANCE_TYPES).join(", ");
    throw new InvalidProps("INSTANCE_TYPE_UNKNOWN", `${at}.instanceType`, { got: instanceType, allowed });
  }
  if (spec.instanceType === instanceType) return spec;
  const refusal = { got: spec.instanceType, allowed: `the specification of ${instanceType}` };
  throw new InvalidProps("INSTANCE_TYPE_UNKNOWN", `${at}.specification`, refusal);
}

/** Source: kubernetes.io, "Version Skew Policy": a kubelet may be up to three minor versions older than the API server. */
export function checkNodeVersion(nodes: string, cluster: string, at: string): void {
  whenKnown(`${nodes}${cluster}`, () => {
    const [minor, newest] = [nodes, cluster].map((version) => Number(version.split(".")[1])) as [number, number];
    if (minor <= newest && minor >= newest - 3) return;
    const allowed = `the cluster's ${cluster}, or up to three minor versions older`;
    throw new InvalidProps("VALUE_OUT_OF_RANGE", `${at}.kubernetesVersion`, { got: nodes, allowed });
  });
}

function checkSize({ minNodes, desiredNodes = minNodes, maxNodes }: NodeCounts, at: string): void {
  if (countsRise({ minNodes, desiredNodes, maxNodes }, 0) && maxNodes >= 1) return;
  const allowed = "whole numbers with 0 <= minNodes <= desiredNodes <= maxNodes and maxNodes >= 1";
  throw new InvalidProps("POOL_SIZE_INVALID", at, { got: { minNodes, desiredNodes, maxNodes }, allowed });
}

/** Where no price is known any accepted amount will do: the point is that a person has said yes. */
function checkCost(spec: InstanceTypeSpec, nodes: number, accepted: number | undefined, at: string): void {
  if (nodes === 0) return;
  const floor = nodes * (spec.onDemandUsdPerHour ?? 0);
  if (accepted !== undefined && accepted >= floor) return;
  const price =
    spec.onDemandUsdPerHour === undefined ? "no list price is known" : `${floor.toFixed(2)} USD per hour on demand`;
  throw new InvalidProps("HOURLY_COST_NOT_ACCEPTED", `${at}.acceptHourlyCost`, {
    got: accepted,
    allowed: `at least the floor of ${nodes} x ${spec.instanceType} (${price})`,
  });
}

function resolveImage(asked: NodeImage | undefined, spec: InstanceTypeSpec, at: string): NodeImage {
  const { vendor, name } = spec.accelerator;
  const image = asked ?? NodeImage.forVendor(vendor);
  if (image.vendor === undefined || image.vendor === vendor) return image;
  const allowed = `an image for ${vendor}, which makes the ${name}`;
  throw new InvalidProps("IMAGE_MISMATCH", `${at}.image`, { got: image.name, allowed });
}

function resolveZones(
  asked: readonly string[] | undefined,
  capacity: Capacity,
  fabric: Fabric,
  networkZones: readonly string[],
  at: string,
): readonly string[] {
  const zones = asked ?? (capacity.zone === undefined ? networkZones : [capacity.zone]);
  const path = `${at}.zones`;
  const twice = firstDuplicate(zones);
  if (twice !== undefined) throw new InvalidProps("ZONE_DUPLICATE", path, { got: twice, allowed: "distinct zones" });
  if (zones.length === 0) throw new InvalidProps("ZONES_EMPTY", path, { got: zones, allowed: "one or more zones" });
  const unknown = zones.find((zone) => !networkZones.includes(zone));
  if (unknown !== undefined) {
    throw new InvalidProps("ZONE_UNKNOWN", path, { got: unknown, allowed: networkZones.join(", ") });
  }
  if (capacity.zone !== undefined && (zones.length > 1 || zones[0] !== capacity.zone)) {
    throw new InvalidProps("CAPACITY_CONFLICT", path, {
      got: zones,
      allowed: `the zone of the capacity, ${capacity.zone}`,
    });
  }
  if (fabric === Fabric.EFA && zones.length > 1) {
    throw new InvalidProps("EFA_SPANS_ZONES", path, { got: zones, allowed: `one of ${zones.join(", ")}` });
  }
  return zones;
}

/**
 * A reservation lies where it lies: a group of our own around it can only lead to "insufficient capacity".
 * Source: aws/eksctl #7949 and terraform-aws-modules/terraform-aws-eks #3730, 2026.
 */
function resolvePlacement(
  asked: Placement | undefined,
  capacity: Capacity,
  fabric: Fabric,
  zones: readonly string[],
  at: string,
): Placement {
  const placement = asked ?? (fabric === Fabric.EFA && !capacity.reservation ? Placement.CLUSTER : Placement.NONE);
  if (placement === Placement.NONE) return placement;
  const path = `${at}.placement`;
  if (capacity.reservation !== undefined) {
    throw new InvalidProps("CAPACITY_CONFLICT", path, {
      got: placement,
      allowed: `${Placement.NONE} with reserved capacity`,
    });
  }
  if (zones.length > 1) {
    throw new InvalidProps("CAPACITY_CONFLICT", path, {
      got: zones,
      allowed: "one zone: a cluster placement group has one",
    });
  }
  return placement;
}

function checkCapacity(spec: InstanceTypeSpec, capacity: Capacity, at: string): void {
  const path = `${at}.capacity`;
  const { kind, reservation = "" } = capacity;
  if (kind === CapacityKind.BLOCK && !spec.capacityBlocks) {
    const allowed = "a type that Capacity Blocks are sold for";
    throw new InvalidProps("CAPACITY_CONFLICT", path, { got: spec.instanceType, allowed });
  }
  const isId = /^cr-[0-9a-f]{8,}$/.test(reservation);
  const isGroup = /^arn:[\w-]+:resource-groups:/.test(reservation);
  const legal = { [CapacityKind.BLOCK]: isId, [CapacityKind.RESERVATION]: isId || isGroup };
  if (kind in legal && !legal[kind as keyof typeof legal]) {
    const allowed =
      kind === CapacityKind.BLOCK ? "a reservation id (cr-…)" : "a reservation id (cr-…) or a resource group ARN";
    throw new InvalidProps("CAPACITY_CONFLICT", path, { got: reservation, allowed });
  }
}

function resolveDisks(asked: LocalDisks | undefined, spec: InstanceTypeSpec, at: string): boolean {
  const hasDisks = (spec.localNvmeGB ?? 0) > 0;
  if (asked === LocalDisks.RAID0 && !hasDisks) {
    const allowed = `${LocalDisks.NONE}: ${spec.instanceType} has no local NVMe`;
    throw new InvalidProps("VALUE_OUT_OF_RANGE", `${at}.localDisks`, { got: asked, allowed });
  }
  return asked === undefined ? hasDisks : asked === LocalDisks.RAID0;
}

/** gp3 holds 1 to 16,384 GiB; below 50 a single training image and its layers do not fit. */
function checkVolume(gib: number, at: string): number {
  if (Number.isInteger(gib) && gib >= 50 && gib <= 16384) return gib;
  throw new InvalidProps("VALUE_OUT_OF_RANGE", `${at}.rootVolumeGiB`, { got: gib, allowed: "50 to 16384" });
}

/** Only pods that ask for accelerators may use these nodes. */
function acceleratorTaint(spec: InstanceTypeSpec): PoolTaint {
  return { key: spec.accelerator.resource, value: "present", effect: TaintEffect.NO_SCHEDULE };
}

interface ProfileParts {
  readonly zones: readonly string[];
  readonly taints: readonly PoolTaint[];
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly stripeLocalDisks: boolean;
}

function profileOf(
  poolName: string,
  spec: InstanceTypeSpec,
  interfaces: readonly FabricInterface[],
  parts: ProfileParts,
): PoolProfile {
  const fabricInterfacesPerNode = interfaces.length - 1;
  return {
    poolName,
    instanceType: spec.instanceType,
    nodeSelector: { [POOL_LABEL]: poolName },
    taints: parts.taints,
    zones: parts.zones,
    acceleratorResource: spec.accelerator.resource,
    acceleratorsPerNode: spec.accelerator.count,
    acceleratorMemoryMiB: spec.accelerator.memoryMiBEach,
    fabricResource: fabricInterfacesPerNode > 0 ? "vpc.amazonaws.com/efa" : undefined,
    fabricInterfacesPerNode,
    vcpusPerNode: spec.vcpus,
    memoryMiBPerNode: spec.memoryMiB,
    localNvmeGBPerNode: parts.stripeLocalDisks ? (spec.localNvmeGB ?? 0) : 0,
    maxPodsPerNode: maxPods(spec, interfaces),
    minNodes: parts.minNodes,
    maxNodes: parts.maxNodes,
  };
}
