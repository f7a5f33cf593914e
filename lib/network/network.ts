import { environmentOf, idFrom, InvalidProps, protectedLifecycle, safeId } from "../core";
import { Construct } from "../terraform/cdktf";
import { DefaultSecurityGroup, InternetGateway, Subnet, Vpc, VpcIpv4CidrBlockAssociation } from "../terraform/aws";
import { NetworkEndpoints } from "./endpoints";
import { NetworkFlowLog } from "./flow-log";
import type { INetwork, SubnetReference } from "./network-interface";
import type { NetworkProps } from "./network-props";
import { type ResolvedNetwork, type ResolvedZone, resolveNetwork } from "./resolve-network";
import { ZoneRoutes } from "./routes";

/** What is known of a network made elsewhere. */
export interface NetworkAttributes {
  readonly vpcId: string;
  readonly cidr: string;
  readonly podCidr?: string;
  readonly privateSubnets: readonly SubnetReference[];
  /** @default - the private subnets */
  readonly acceleratorSubnets?: readonly SubnetReference[];
  /** @default - none */
  readonly publicSubnets?: readonly SubnetReference[];
  /** @default - none */
  readonly podSubnets?: readonly SubnetReference[];
  /** @default - none */
  readonly privateRouteTableIds?: readonly string[];
  /** Services reached by interface endpoints, such as "ecr.api". @default - not checked */
  readonly endpointServices?: readonly string[];
  /** @default - not checked */
  readonly hasNat?: boolean;
}

/**
 * A VPC over named zones: public, private and accelerator subnets, optional pod range, NAT, endpoints, an encrypted flow log,
 * and a default security group that lets nothing through.
 */
export class Network extends Construct implements INetwork {
  /** A network made elsewhere, such as an organisation's own VPC. @throws InvalidProps ZONES_EMPTY */
  public static fromAttributes(scope: Construct, id: string, attributes: NetworkAttributes): INetwork {
    return new ImportedNetwork(scope, id, attributes);
  }

  public readonly vpcId: string;
  public readonly cidr: string;
  public readonly podCidr?: string;
  public readonly zones: readonly string[];
  public readonly publicSubnets: readonly SubnetReference[];
  public readonly privateSubnets: readonly SubnetReference[];
  public readonly acceleratorSubnets: readonly SubnetReference[];
  public readonly podSubnets: readonly SubnetReference[];
  public readonly privateRouteTableIds: readonly string[];
  public readonly endpointServices: readonly string[];
  public readonly hasNat: boolean;

  /** @throws InvalidProps as `resolveNetwork`; KEY_GRANT_MISSING for an imported key that CloudWatch Logs may not use */
  public constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const { region } = environmentOf(this);
    const plan = resolveNetwork(props, region, this.node.path);
    const vpc = new Vpc(this, "Vpc", {
      cidrBlock: plan.cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: this.node.path },
      lifecycle: protectedLifecycle(this),
    });
    // Both lists stand there, so that a rule added by hand shows in the next plan.
    new DefaultSecurityGroup(this, "ClosedDefaultSecurityGroup", { vpcId: vpc.id, ingress: [], egress: [] });
    this.vpcId = vpc.id;
    this.cidr = plan.cidr;
    this.podCidr = plan.podCidr;
    this.zones = plan.zones.map(({ zone }) => zone);
    this.hasNat = plan.zones.some(({ natZone }) => natZone !== undefined);
    this.publicSubnets = this.addSubnets(plan, "Public", (zone) => zone.publicCidr, { "kubernetes.io/role/elb": "1" });
    this.privateSubnets = this.addSubnets(plan, "Private", (zone) => zone.privateCidr, {
      "kubernetes.io/role/internal-elb": "1",
    });
    this.acceleratorSubnets = this.addSubnets(plan, "Accelerator", (zone) => zone.acceleratorCidr, {});
    this.podSubnets = this.addPodSubnets(plan);
    this.privateRouteTableIds = this.addRoutes(plan);
    this.endpointServices = this.addEndpoints(plan, region);
    new NetworkFlowLog(this, "FlowLog", {
      vpcId: this.vpcId,
      retentionDays: plan.flowLogRetentionDays,
      encryptionKey: props.encryptionKey,
      permissionsBoundaryArn: props.permissionsBoundaryArn,
    });
    props.customize?.(vpc);
  }

  private addSubnets(
    plan: ResolvedNetwork,
    kind: string,
    cidrOf: (zone: ResolvedZone) => string | undefined,
    tags: Readonly<Record<string, string>>,
    dependsOn: VpcIpv4CidrBlockAssociation[] = [],
  ): SubnetReference[] {
    return plan.zones.flatMap((zone) => {
      const cidrBlock = cidrOf(zone);
      if (cidrBlock === undefined) return [];
      const subnet = new Subnet(this, idFrom(kind, zone.zone), {
        vpcId: this.vpcId,
        availabilityZone: zone.zone,
        cidrBlock,
        mapPublicIpOnLaunch: false,
        tags: { Name: `${this.node.path}/${kind}-${zone.zone}`, ...tags },
        dependsOn: dependsOn.length > 0 ? dependsOn : undefined,
      });
      return [{ zone: zone.zone, subnetId: subnet.id, cidr: cidrBlock }];
    });
  }

  private addPodSubnets(plan: ResolvedNetwork): SubnetReference[] {
    if (plan.podCidr === undefined) return [];
    const association = new VpcIpv4CidrBlockAssociation(this, "PodCidr", {
      vpcId: this.vpcId,
      cidrBlock: plan.podCidr,
    });
    return this.addSubnets(plan, "Pods", (zone) => zone.podCidr, { "kubernetes.io/role/cni": "1" }, [association]);
  }

  private addRoutes(plan: ResolvedNetwork): string[] {
    const gateway = this.hasNat ? new InternetGateway(this, "InternetGateway", { vpcId: this.vpcId }) : undefined;
    const routes = new ZoneRoutes(this, "Routes", {
      vpcId: this.vpcId,
      gateway,
      natZones: plan.zones.map(({ zone, natZone }) => ({ zone, natZone })),
      publicSubnets: this.publicSubnets,
      privateSubnets: { Private: this.privateSubnets, Accelerator: this.acceleratorSubnets, Pods: this.podSubnets },
    });
    return [...routes.privateRouteTableIds];
  }

  private addEndpoints(plan: ResolvedNetwork, region: string): string[] {
    new NetworkEndpoints(this, "Endpoints", {
      vpcId: this.vpcId,
      region,
      routeTableIds: this.privateRouteTableIds,
      subnetIds: this.privateSubnets.map(({ subnetId }) => subnetId),
      clientCidrs: plan.podCidr === undefined ? [plan.cidr] : [plan.cidr, plan.podCidr],
      endpoints: plan.endpoints,
    });
    return plan.endpoints.map(({ service }) => service);
  }
}

class ImportedNetwork extends Construct implements INetwork {
  public readonly vpcId: string;
  public readonly cidr: string;
  public readonly podCidr?: string;
  public readonly zones: readonly string[];
  public readonly publicSubnets: readonly SubnetReference[];
  public readonly privateSubnets: readonly SubnetReference[];
  public readonly acceleratorSubnets: readonly SubnetReference[];
  public readonly podSubnets: readonly SubnetReference[];
  public readonly privateRouteTableIds: readonly string[];
  public readonly endpointServices?: readonly string[];
  public readonly hasNat?: boolean;

  public constructor(scope: Construct, id: string, attributes: NetworkAttributes) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    this.zones = [...new Set(attributes.privateSubnets.map(({ zone }) => zone))];
    if (this.zones.length === 0) {
      const refusal = { got: attributes.privateSubnets, allowed: "at least one private subnet with its zone" };
      throw new InvalidProps("ZONES_EMPTY", `${this.node.path}.privateSubnets`, refusal);
    }
    this.vpcId = attributes.vpcId;
    this.cidr = attributes.cidr;
    this.podCidr = attributes.podCidr;
    this.privateSubnets = attributes.privateSubnets;
    this.acceleratorSubnets = attributes.acceleratorSubnets ?? attributes.privateSubnets;
    this.publicSubnets = attributes.publicSubnets ?? [];
    this.podSubnets = attributes.podSubnets ?? [];
    this.privateRouteTableIds = attributes.privateRouteTableIds ?? [];
    this.endpointServices = attributes.endpointServices;
    this.hasNat = attributes.hasNat;
  }
}
