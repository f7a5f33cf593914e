import { isIPv6 } from "node:net";
import { InvalidProps, overlaps, parseCidr } from "../../core";
import { checkLabelName } from "../gang/names";

export enum NetworkProtocol {
  TCP = "TCP",
  UDP = "UDP",
}

/** A port that may be spoken to. */
export interface NetworkPort {
  readonly port: number;
  /** @default NetworkProtocol.TCP */
  readonly protocol?: NetworkProtocol;
}

/** A namespace whose pods may speak to the tenant's, such as that of the metrics collector. */
export interface NamespaceAccess {
  readonly namespace: string;
  /** @default - all ports */
  readonly ports?: readonly NetworkPort[];
}

/** Where pods of a tenant may connect to, beside DNS and each other. */
export class EgressRule {
  /** HTTPS to CIDR blocks, IPv4 or IPv6: those of VPC endpoints, S3's published ranges, a registry. */
  public static https(cidrs: readonly string[]): EgressRule {
    return EgressRule.toCidrs(cidrs, [{ port: 443 }]);
  }

  /** Ports of CIDR blocks, IPv4 or IPv6. The metadata service of nodes is left out of blocks that hold it. */
  public static toCidrs(cidrs: readonly string[], ports: readonly NetworkPort[]): EgressRule {
    return new EgressRule(cidrs, undefined, ports);
  }

  /**
   * The EKS Pod Identity agent, from which pods get their credentials. Source: Amazon EKS user guide, "pod-id-agent-setup", 2026: it listens
   * on 169.254.170.23 and [fd00:ec2::23]; the port is that of its credentials URL. Cilium takes addresses of the node for the entity "host",
   * which no NetworkPolicy can name (cilium/cilium #34387): there it needs a CiliumNetworkPolicy.
   */
  public static podIdentityAgent(): EgressRule {
    return EgressRule.toCidrs(["169.254.170.23/32", "fd00:ec2::23/128"], [{ port: 80 }]);
  }

  /** Pods of another namespace. @param ports default: all */
  public static toNamespace(namespace: string, ports: readonly NetworkPort[] = []): EgressRule {
    return new EgressRule([], namespace, ports);
  }

  private constructor(
    private readonly cidrs: readonly string[],
    private readonly namespace: string | undefined,
    private readonly ports: readonly NetworkPort[],
  ) {}

  /**
   * The rule of a NetworkPolicy.
   * @throws InvalidProps CIDR_INVALID, KUBERNETES_NAME_INVALID, TENANT_EGRESS_INVALID
   * @internal
   */
  public render(at: string): unknown {
    if (this.namespace !== undefined) {
      checkLabelName(this.namespace, at);
      return { to: [namespacePeer(this.namespace)], ports: portList(this.ports, at) };
    }
    if (this.cidrs.length === 0 || this.ports.length === 0) {
      const got = { cidrs: this.cidrs, ports: this.ports };
      throw new InvalidProps("TENANT_EGRESS_INVALID", at, { got, allowed: "at least one CIDR block and one port" });
    }
    return { to: this.cidrs.map((cidr) => ({ ipBlock: ipBlock(cidr, at) })), ports: portList(this.ports, at) };
  }
}

/** All pods of a namespace, by the label that the API server gives each. */
export function namespacePeer(namespace: string): unknown {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } };
}

/** @throws InvalidProps TENANT_EGRESS_INVALID */
export function portList(ports: readonly NetworkPort[], at: string): readonly unknown[] | undefined {
  for (const { port } of ports) {
    if (Number.isInteger(port) && port >= 1 && port <= 65535) continue;
    throw new InvalidProps("TENANT_EGRESS_INVALID", at, { got: port, allowed: "a port, 1 to 65535" });
  }
  if (ports.length === 0) return undefined;
  return ports.map(({ port, protocol = NetworkProtocol.TCP }) => ({ port, protocol }));
}

/** Where nodes of all clouds ask for what they are, credentials among it; the IPv6 address is that of AWS. */
const METADATA = "169.254.169.254/32";
const METADATA_IPV6 = "fd00:ec2::254/128";

function ipBlock(cidr: string, at: string): unknown {
  if ([METADATA, METADATA_IPV6].includes(cidr)) {
    throw new InvalidProps("TENANT_EGRESS_INVALID", at, { got: cidr, allowed: "blocks beside the metadata service" });
  }
  if (isIpv6Block(cidr)) return { cidr, except: cidr === "::/0" ? [METADATA_IPV6] : undefined };
  const block = parseCidr(cidr, at);
  return { cidr, except: overlaps(block, parseCidr(METADATA, at)) ? [METADATA] : undefined };
}

function isIpv6Block(cidr: string): boolean {
  const [, address = "", prefix = ""] = /^(.*)\/(\d{1,3})$/.exec(cidr) ?? [];
  return isIPv6(address) && Number(prefix) <= 128;
}
