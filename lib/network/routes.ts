import { idFrom } from "../core";
import { Construct } from "../terraform/cdktf";
import { Eip, type InternetGateway, NatGateway, Route, RouteTable, RouteTableAssociation } from "../terraform/aws";
import type { SubnetReference } from "./network-interface";

const EVERYWHERE = "0.0.0.0/0";

export interface ZoneRoutesProps {
  readonly vpcId: string;
  /** Absent without NAT. */
  readonly gateway?: InternetGateway;
  /** Every zone, and the zone whose NAT gateway it uses. */
  readonly natZones: readonly { readonly zone: string; readonly natZone?: string }[];
  readonly publicSubnets: readonly SubnetReference[];
  /** Every subnet that is not public, by the kind that names its association. */
  readonly privateSubnets: Readonly<Record<string, readonly SubnetReference[]>>;
}

/** One route table for public subnets, one for each zone's private subnets, and the NAT gateways they lead to. @internal */
export class ZoneRoutes extends Construct {
  public readonly privateRouteTableIds: readonly string[];

  public constructor(scope: Construct, id: string, props: ZoneRoutesProps) {
    super(scope, id);
    if (props.gateway) this.addPublicRoutes(props, props.gateway);
    const nats = this.addNatGateways(props);
    const tables = props.natZones.map(({ zone, natZone }) =>
      this.addPrivateTable(props, zone, natZone === undefined ? undefined : nats.get(natZone)),
    );
    this.privateRouteTableIds = tables.map((table) => table.id);
  }

  private addPrivateTable(props: ZoneRoutesProps, zone: string, nat?: NatGateway): RouteTable {
    const tags = { Name: `${this.node.path}/Private-${zone}` };
    const table = new RouteTable(this, idFrom("Private", zone), { vpcId: props.vpcId, tags });
    if (nat) {
      const route = { routeTableId: table.id, destinationCidrBlock: EVERYWHERE, natGatewayId: nat.id };
      new Route(this, idFrom("ToNat", zone), route);
    }
    for (const [kind, subnets] of Object.entries(props.privateSubnets)) {
      for (const { subnetId } of subnets.filter((subnet) => subnet.zone === zone)) {
        new RouteTableAssociation(this, idFrom(kind, "Association", zone), { subnetId, routeTableId: table.id });
      }
    }
    return table;
  }

  private addPublicRoutes(props: ZoneRoutesProps, gateway: InternetGateway): void {
    const table = new RouteTable(this, "Public", { vpcId: props.vpcId, tags: { Name: `${this.node.path}/Public` } });
    new Route(this, "ToInternet", {
      routeTableId: table.id,
      destinationCidrBlock: EVERYWHERE,
      gatewayId: gateway.id,
    });
    for (const { zone, subnetId } of props.publicSubnets) {
      new RouteTableAssociation(this, idFrom("Public", "Association", zone), { subnetId, routeTableId: table.id });
    }
  }

  private addNatGateways(props: ZoneRoutesProps): Map<string, NatGateway> {
    const zones = new Set(props.natZones.flatMap(({ natZone }) => natZone ?? []));
    const subnets = props.publicSubnets.filter(({ zone }) => zones.has(zone));
    return new Map(
      subnets.map(({ zone, subnetId }) => {
        const name = { Name: `${this.node.path}/Nat-${zone}` };
        const address = new Eip(this, idFrom("NatAddress", zone), { domain: "vpc", tags: name });
        // AWS refuses a NAT gateway in a VPC whose internet gateway is not attached yet.
        const dependsOn = props.gateway ? [props.gateway] : undefined;
        const nat = new NatGateway(this, idFrom("Nat", zone), {
          allocationId: address.id,
          subnetId,
          tags: name,
          dependsOn,
        });
        return [zone, nat];
      }),
    );
  }
}
