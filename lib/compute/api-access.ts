import { InvalidProps, overlaps, parseCidr } from "../core";

/** Who may reach the Kubernetes API over the network. */
export interface ApiSources {
  /** IPv4 ranges. @default - none */
  readonly cidrs?: readonly string[];
  /** Security groups. @default - none */
  readonly securityGroupIds?: readonly string[];
}

/** Where the Kubernetes API listens, and for whom. Nodes always reach it inside the VPC. */
export class ApiAccess {
  /**
   * Inside the VPC and what is routed to it: VPN, Direct Connect, peered networks. Without sources only what asks later
   * (an `AccessHost`) gets in; a cluster that nothing can reach is refused at synth.
   * @throws InvalidProps API_ACCESS_OPEN, CIDR_INVALID
   */
  public static private(sources: ApiSources = {}): ApiAccess {
    return new ApiAccess(false, checked(sources.cidrs ?? []), sources.securityGroupIds ?? []);
  }

  /**
   * Also on a public address, for the given ranges only.
   * @throws InvalidProps API_ACCESS_OPEN for a range wider than /8, API_ACCESS_EMPTY, CIDR_INVALID, also for a private range
   */
  public static publicFrom(cidrs: readonly string[]): ApiAccess {
    if (cidrs.length === 0) {
      const refusal = { got: cidrs, allowed: "at least one range" };
      throw new InvalidProps("API_ACCESS_EMPTY", "ApiAccess.publicFrom", refusal);
    }
    for (const cidr of checked(cidrs)) checkPublic(cidr);
    return new ApiAccess(true, cidrs, []);
  }

  private constructor(
    public readonly isPublic: boolean,
    public readonly cidrs: readonly string[],
    public readonly securityGroupIds: readonly string[],
  ) {}
}

/** Wider than /8 is half a world: two of them are the whole. */
const WIDEST = 8;

function checked(cidrs: readonly string[]): readonly string[] {
  for (const cidr of cidrs) {
    if (parseCidr(cidr, "ApiAccess").prefix < WIDEST) {
      const refusal = { got: cidr, allowed: `ranges of /${WIDEST} or narrower` };
      throw new InvalidProps("API_ACCESS_OPEN", "ApiAccess", refusal);
    }
  }
  return cidrs;
}

/** Addresses that no caller of a public endpoint comes from. Source: RFC 1918, RFC 6598. */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

function checkPublic(cidr: string): void {
  const at = "ApiAccess.publicFrom";
  const inside = PRIVATE_RANGES.find((range) => overlaps(parseCidr(range, at), parseCidr(cidr, at)));
  if (inside === undefined) return;
  const remedy = "Pass private ranges to ApiAccess.private, and public ones here.";
  throw new InvalidProps("CIDR_INVALID", at, { got: cidr, allowed: `public ranges, outside of ${inside}`, remedy });
}
