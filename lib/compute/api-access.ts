import { InvalidProps, overlaps, parseCidr, whenKnown } from "../core";

/** Who may reach the Kubernetes API over the network. */
export interface ApiSources {
  /** IPv4 ranges. @default - none */
  readonly cidrs?: readonly string[];
  /** Security groups. @default - none */
  readonly securityGroupIds?: readonly string[];
}

/** Where the Kubernetes API listens, and for whom. Nodes always reach it inside the VPC. The cluster checks it. */
export class ApiAccess {
  /**
   * Inside the VPC and what is routed to it: VPN, Direct Connect, peered networks. Without sources only what asks later
   * (an `AccessHost`) gets in; a cluster that nothing can reach is refused at synth.
   */
  public static private(sources: ApiSources = {}): ApiAccess {
    return new ApiAccess(false, [...new Set(sources.cidrs)], [...new Set(sources.securityGroupIds)]);
  }

  /** Also on a public address, for the given ranges only, each /8 or narrower. */
  public static publicFrom(cidrs: readonly string[]): ApiAccess {
    return new ApiAccess(true, [...new Set(cidrs)], []);
  }

  private constructor(
    public readonly isPublic: boolean,
    public readonly cidrs: readonly string[],
    public readonly securityGroupIds: readonly string[],
  ) {}
}

/**
 * @param at path of the property, for messages
 * @throws InvalidProps API_ACCESS_OPEN for a range wider than /8, API_ACCESS_EMPTY, CIDR_INVALID, also for a private range on a
 *   public endpoint
 */
export function checkApiAccess({ isPublic, cidrs }: ApiAccess, at: string): void {
  if (isPublic && cidrs.length === 0) {
    const remedy = "List the public ranges that may reach the API, or use ApiAccess.private.";
    throw new InvalidProps("API_ACCESS_EMPTY", at, { got: cidrs, allowed: "at least one range", remedy });
  }
  for (const cidr of cidrs) {
    whenKnown(cidr, (known) => {
      const { prefix } = parseCidr(known, at);
      if (prefix < WIDEST) {
        throw new InvalidProps("API_ACCESS_OPEN", at, { got: known, allowed: `ranges of /${WIDEST} or narrower` });
      }
      if (isPublic) checkPublic(known, at);
    });
  }
}

/** Wider than /8 is half a world: two of them are the whole. */
const WIDEST = 8;

/** Addresses that no caller of a public endpoint comes from. Source: RFC 1918, RFC 6598. */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

function checkPublic(cidr: string, at: string): void {
  const inside = PRIVATE_RANGES.find((range) => overlaps(parseCidr(range, at), parseCidr(cidr, at)));
  if (inside === undefined) return;
  const remedy = "Pass private ranges to ApiAccess.private, and public ones here.";
  throw new InvalidProps("CIDR_INVALID", at, { got: cidr, allowed: `public ranges, outside of ${inside}`, remedy });
}
