import { InvalidProps, parseCidr } from "../core";

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
   * @throws InvalidProps API_ACCESS_OPEN for a range that holds every address, API_ACCESS_EMPTY, CIDR_INVALID
   */
  public static publicFrom(cidrs: readonly string[]): ApiAccess {
    if (cidrs.length === 0) {
      const refusal = { got: cidrs, allowed: "at least one range" };
      throw new InvalidProps("API_ACCESS_EMPTY", "ApiAccess.publicFrom", refusal);
    }
    return new ApiAccess(true, checked(cidrs), []);
  }

  private constructor(
    public readonly isPublic: boolean,
    public readonly cidrs: readonly string[],
    public readonly securityGroupIds: readonly string[],
  ) {}
}

function checked(cidrs: readonly string[]): readonly string[] {
  for (const cidr of cidrs) {
    if (parseCidr(cidr, "ApiAccess").prefix === 0) {
      throw new InvalidProps("API_ACCESS_OPEN", "ApiAccess", {
        got: cidr,
        allowed: "ranges narrower than every address",
      });
    }
  }
  return cidrs;
}
