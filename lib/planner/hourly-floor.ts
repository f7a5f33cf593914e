import {
  ACCELERATOR_PRICE_DATE,
  type DatedPrice,
  FIXED_PRICES,
  GENERAL_PURPOSE_PRICE_DATE,
  GENERAL_PURPOSE_USD_PER_HOUR,
  INSTANCE_TYPES,
  onDemandUsdPerHour,
} from "../catalog";

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
  /** Day of the price, YYYY-MM-DD; absent where the caller gave it or none is known. */
  readonly priceDate?: string;
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
 * Traffic, storage, logs and taxes come on top.
 */
export function hourlyFloor(input: HourlyFloorInput): HourlyFloor {
  const { eksControlPlane, interfaceEndpointZone, natGateway, publicIpv4 } = FIXED_PRICES;
  const lines = [
    line("EKS control plane", input.clusters, eksControlPlane),
    line("NAT gateway", input.natGateways, natGateway),
    line("public address of a NAT gateway", input.natGateways, publicIpv4),
    line("interface endpoint, each zone", input.interfaceEndpoints * input.zones, interfaceEndpointZone),
    ...input.nodes.map(({ name, nodes, ...node }) => line(`${name} (${node.instanceType})`, nodes, nodePrice(node))),
  ].filter(({ count }) => count > 0);
  return {
    lines,
    usdPerHour: lines.reduce((sum, { usdPerHour = 0 }) => sum + usdPerHour, 0),
    unpriced: lines.filter(({ usdPerHour }) => usdPerHour === undefined).map(({ name }) => name),
  };
}

/** On-demand list price of one node in us-east-1, USD per hour; undefined where the catalog knows none. */
export function nodeUsdPerHour(instanceType: string): number | undefined {
  return nodePrice({ instanceType })?.usdPerHour;
}

function nodePrice({
  instanceType,
  usdPerNodeHour,
}: Pick<FloorNodes, "instanceType" | "usdPerNodeHour">): Price | undefined {
  if (usdPerNodeHour !== undefined) return { usdPerHour: usdPerNodeHour };
  const known = INSTANCE_TYPES[instanceType];
  const accelerator = known && onDemandUsdPerHour(known);
  if (accelerator !== undefined) return { usdPerHour: accelerator, date: ACCELERATOR_PRICE_DATE };
  const general = GENERAL_PURPOSE_USD_PER_HOUR[instanceType];
  return general === undefined ? undefined : { usdPerHour: general, date: GENERAL_PURPOSE_PRICE_DATE };
}

type Price = Pick<DatedPrice, "usdPerHour"> & Partial<Pick<DatedPrice, "date">>;

function line(name: string, count: number, price: Price | undefined): FloorLine {
  return { name, count, usdPerHour: price && price.usdPerHour * count, priceDate: price?.date };
}
