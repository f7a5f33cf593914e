import {
  firstDuplicate,
  formatCidr,
  InvalidProps,
  type Ipv4Block,
  logRetention,
  overlaps,
  parseCidr,
  partitionOf,
  subBlock,
  whenKnown,
} from "../core";
import { Token } from "../terraform/cdktf";
import { InterfaceEndpoint } from "./interface-endpoint";
import { NatGateways, type NetworkOptions } from "./network-props";

/** The address plan of one zone. */
export interface ResolvedZone {
  readonly zone: string;
  readonly acceleratorCidr: string;
  readonly privateCidr: string;
  /** Absent without NAT: then nothing public is made. */
  readonly publicCidr?: string;
  /** Absent without a pod CIDR. */
  readonly podCidr?: string;
  /** Zone whose NAT gateway this zone's private subnets use; absent without NAT. */
  readonly natZone?: string;
}

/** A network with all defaults filled in and all checks passed. */
export interface ResolvedNetwork {
  readonly cidr: string;
  readonly podCidr?: string;
  readonly zones: readonly ResolvedZone[];
  readonly endpoints: readonly InterfaceEndpoint[];
  readonly flowLogRetentionDays: number;
}

/** AWS VPC quotas: an IPv4 block is between /16 and /28. */
const WIDEST = 16;
const NARROWEST_SUBNET = 28;
/** Below 256 addresses five p5 nodes with their pods fill a subnet. */
const NARROWEST_ACCELERATOR = 24;

/**
 * The address plan: the VPC is cut into one equal block for each reserved zone; the first half of a block is the accelerator
 * subnet, the next quarter the private subnet, the rest holds a small public subnet and room for the organisation.
 *
 * @param region region of the stack, or a token
 * @param at path of the construct, for messages
 * @throws InvalidProps REGION_UNSUPPORTED, ZONE_UNKNOWN_AT_SYNTH, ZONES_EMPTY, ZONE_DUPLICATE, ZONE_NOT_IN_REGION,
 *   ZONES_BEYOND_RESERVED, CIDR_INVALID, CIDR_TOO_SMALL, CIDR_TOO_LARGE, CIDR_OVERLAP, VALUE_OUT_OF_RANGE
 */
export function resolveNetwork(props: NetworkOptions, region: string, at: string): ResolvedNetwork {
  const { cidr = "10.0.0.0/16", maxZones = 4, natGateways = NatGateways.PER_ZONE } = props;
  checkPartition(region, at);
  checkZones(props.zones, maxZones, region, at);
  const bits = Math.ceil(Math.log2(maxZones));
  const vpc = parseVpc(cidr, `${at}.cidr`);
  const zonePrefix = vpc.prefix + bits;
  if (zonePrefix + 1 > NARROWEST_ACCELERATOR) {
    const allowed = `a block of at least /${NARROWEST_ACCELERATOR - 1 - bits} for ${maxZones} reserved zones`;
    throw new InvalidProps("CIDR_TOO_SMALL", `${at}.cidr`, { got: cidr, allowed });
  }
  const pods = props.podCidr === undefined ? undefined : parseVpc(props.podCidr, `${at}.podCidr`);
  if (pods) checkPods(pods, vpc, bits, at);
  return {
    cidr,
    podCidr: props.podCidr,
    zones: props.zones.map((zone, index) => ({
      zone,
      ...zonePlan(subBlock(vpc, zonePrefix, index), natGateways),
      podCidr: pods && formatCidr(subBlock(pods, pods.prefix + bits, index)),
      natZone: natZone(props.zones, index, natGateways),
    })),
    endpoints: resolveEndpoints(props.interfaceEndpoints, natGateways),
    flowLogRetentionDays: logRetention(props.flowLogRetentionDays ?? 365, `${at}.flowLogRetentionDays`),
  };
}

/** Lists are often put together from other lists: each service once. */
function resolveEndpoints(
  asked: readonly InterfaceEndpoint[] | undefined,
  nat: NatGateways,
): readonly InterfaceEndpoint[] {
  const endpoints = asked ?? (nat === NatGateways.NONE ? InterfaceEndpoint.PRIVATE_CLUSTER : []);
  return [...new Map(endpoints.map((endpoint) => [endpoint.service, endpoint])).values()];
}

/** Public subnets hold NAT gateways and load balancers only: a sixty-fourth of the zone, at least the smallest AWS allows. */
function zonePlan(block: Ipv4Block, nat: NatGateways) {
  const publicPrefix = Math.min(block.prefix + 6, NARROWEST_SUBNET);
  const lastQuarter = subBlock(block, block.prefix + 2, 3);
  return {
    acceleratorCidr: formatCidr(subBlock(block, block.prefix + 1, 0)),
    privateCidr: formatCidr(subBlock(block, block.prefix + 2, 2)),
    publicCidr: nat === NatGateways.NONE ? undefined : formatCidr({ base: lastQuarter.base, prefix: publicPrefix }),
  };
}

function natZone(zones: readonly string[], index: number, nat: NatGateways): string | undefined {
  if (nat === NatGateways.NONE) return undefined;
  return nat === NatGateways.ONE ? zones[0] : zones[index];
}

/** Elsewhere many endpoints are called `cn.com.amazonaws.…`, and service principals end differently. */
function checkPartition(region: string, at: string): void {
  whenKnown(region, (known) => {
    if (["aws", "aws-us-gov"].includes(partitionOf(known))) return;
    throw new InvalidProps("REGION_UNSUPPORTED", at, {
      got: known,
      allowed: "regions of the aws and aws-us-gov partitions",
    });
  });
}

function checkZones(zones: readonly string[], maxZones: number, region: string, at: string): void {
  const path = `${at}.zones`;
  if (!Number.isInteger(maxZones) || maxZones < 1 || maxZones > 8) {
    throw new InvalidProps("VALUE_OUT_OF_RANGE", `${at}.maxZones`, { got: maxZones, allowed: "1 to 8" });
  }
  if (Token.isUnresolved(zones) || zones.some((zone) => Token.isUnresolved(zone))) {
    throw new InvalidProps("ZONE_UNKNOWN_AT_SYNTH", path, { got: zones, allowed: "zones by name" });
  }
  if (zones.length === 0) throw new InvalidProps("ZONES_EMPTY", path, { got: zones, allowed: "one or more zones" });
  if (zones.length > maxZones) {
    throw new InvalidProps("ZONES_BEYOND_RESERVED", path, {
      got: zones,
      allowed: `at most maxZones (${maxZones}) zones`,
    });
  }
  const regionOf = (zone: string) => zone.replace(/[a-z]$/, "");
  const stranger = zones.find((zone) => regionOf(zone) !== regionOf(zones[0] ?? ""));
  if (stranger !== undefined) {
    const allowed = `zones of one region, as ${zones[0]} is`;
    throw new InvalidProps("ZONE_NOT_IN_REGION", path, { got: stranger, allowed });
  }
  const twice = firstDuplicate(zones);
  if (twice !== undefined) throw new InvalidProps("ZONE_DUPLICATE", path, { got: twice, allowed: "distinct zones" });
  whenKnown(region, (known) => {
    // Availability zones are the region and one letter; local zones carry a place between, and hold no EKS control plane.
    const alien = zones.find((zone) => !(zone.startsWith(known) && /^[a-z]$/.test(zone.slice(known.length))));
    if (alien === undefined) return;
    throw new InvalidProps("ZONE_NOT_IN_REGION", path, { got: alien, allowed: `zones of ${known}, such as ${known}a` });
  });
}

function parseVpc(cidr: string, at: string): Ipv4Block {
  const block = parseCidr(cidr, at);
  if (block.prefix >= WIDEST) return block;
  throw new InvalidProps("CIDR_TOO_LARGE", at, { got: cidr, allowed: "a block of /16 or smaller" });
}

function checkPods(pods: Ipv4Block, vpc: Ipv4Block, bits: number, at: string): void {
  if (overlaps(pods, vpc)) {
    const allowed = `a block that does not overlap ${formatCidr(vpc)}`;
    throw new InvalidProps("CIDR_OVERLAP", `${at}.podCidr`, { got: formatCidr(pods), allowed });
  }
  if (pods.prefix + bits > NARROWEST_ACCELERATOR) {
    const allowed = `a block of at least /${NARROWEST_ACCELERATOR - bits}`;
    throw new InvalidProps("CIDR_TOO_SMALL", `${at}.podCidr`, { got: formatCidr(pods), allowed });
  }
}
