import { FIXED_PRICES, GENERAL_PURPOSE_USD_PER_HOUR, INSTANCE_TYPES } from "../catalog";

/** Nodes that are always there. */
export interface FloorNodes {
  /** What they are called in the breakdown. */
  readonly name: string;
  readonly instanceType: string;
  readonly nodes: number;
  /** USD per node and hour. @default - the catalog's on-demand price, if it has one */
  readonly usdPerNodeHour?: number;
}

/** What of a stage keeps costing money while nobody uses it. */
export interface HourlyFloorInput {
  readonly clusters: number;
  readonly natGateways: number;
  readonly interfaceEndpoints: number;
  readonly zones: number;
  readonly nodes: readonly FloorNodes[];
}

/** One line of the breakdown. */
export interface FloorLine {
  readonly name: string;
  readonly count: number;
  /** USD per hour for all of them; absent where no price is known. */
  readonly usdPerHour?: number;
}

/** The floor: its lines, and the sum of those with a known price. */
export interface HourlyFloor {
  readonly lines: readonly FloorLine[];
  readonly usdPerHour: number;
  /** Names of lines without a known price; the true floor is higher by what they cost. */
  readonly unpriced: readonly string[];
}

/**
 * What a stage costs per hour at list price in us-east-1 without any work on it: control plane, NAT, endpoints, floor nodes.
 * Traffic, storage, logs and taxes come on top. Prices carry their dates in the catalog.
 */
export function hourlyFloor(input: HourlyFloorInput): HourlyFloor {
  const lines = [
    line("EKS control plane", input.clusters, FIXED_PRICES.eksControlPlane.usdPerHour),
    line(
      "NAT gateway with address",
      input.natGateways,
      FIXED_PRICES.natGateway.usdPerHour + FIXED_PRICES.publicIpv4.usdPerHour,
    ),
    line(
      "interface endpoint, each zone",
      input.interfaceEndpoints * input.zones,
      FIXED_PRICES.interfaceEndpointZone.usdPerHour,
    ),
    ...input.nodes.map((pool) =>
      line(`${pool.name} (${pool.instanceType})`, pool.nodes, pool.usdPerNodeHour ?? nodeUsdPerHour(pool.instanceType)),
    ),
  ].filter(({ count }) => count > 0);
  return {
    lines,
    usdPerHour: lines.reduce((sum, { usdPerHour = 0 }) => sum + usdPerHour, 0),
    unpriced: lines.filter(({ usdPerHour }) => usdPerHour === undefined).map(({ name }) => name),
  };
}

/** On-demand list price of one node in us-east-1, USD per hour; undefined where the catalog knows none. */
export function nodeUsdPerHour(instanceType: string): number | undefined {
  return INSTANCE_TYPES[instanceType]?.onDemandUsdPerHour ?? GENERAL_PURPOSE_USD_PER_HOUR[instanceType];
}

function line(name: string, count: number, each: number | undefined): FloorLine {
  return { name, count, usdPerHour: each === undefined ? undefined : each * count };
}
