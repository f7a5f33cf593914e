/** A price with its date, so that a reader can judge it. All are list prices of us-east-1 in USD. */
export interface DatedPrice {
  readonly usdPerHour: number;
  /** Day on which the source stated it, YYYY-MM-DD. */
  readonly date: string;
  readonly source: string;
}

/** What keeps running without a single accelerator node. */
export const FIXED_PRICES = {
  /** EKS control plane in standard support. */
  eksControlPlane: { usdPerHour: 0.1, date: "2026-06-13", source: "Amazon EKS pricing" },
  natGateway: { usdPerHour: 0.045, date: "2026-08-01", source: "AWS price list, NatGateway-Hours" },
  /** One interface endpoint in one zone. */
  interfaceEndpointZone: { usdPerHour: 0.01, date: "2026-08-20", source: "AWS price list, USE1-VpcEndpoint-Hours" },
  /** A public IPv4 address, in use or idle: each NAT gateway has one. */
  publicIpv4: { usdPerHour: 0.005, date: "2026-07-24", source: "Amazon VPC pricing" },
} as const satisfies Readonly<Record<string, DatedPrice>>;

/** Day of the general-purpose prices below. */
export const GENERAL_PURPOSE_PRICE_DATE = "2026-02-09";

/**
 * General-purpose types for system pools and access hosts, USD per hour in us-east-1.
 * Source: aws/karpenter-provider-aws `pkg/providers/pricing/zz_generated.pricing_aws.go`.
 */
export const GENERAL_PURPOSE_USD_PER_HOUR: Readonly<Record<string, number>> = {
  "m6i.large": 0.096,
  "m6i.xlarge": 0.192,
  "m7i.large": 0.1008,
  "m7i.xlarge": 0.2016,
  "t3.large": 0.0832,
  // Not in that file's excerpt; the T3 sizes double in price, and this is an eighth of t3.large.
  "t3.micro": 0.0104,
};
