import { idFrom } from "../core";
import { Construct } from "../terraform/cdktf";
import { SecurityGroup, VpcEndpoint, VpcSecurityGroupIngressRule } from "../terraform/aws";
import type { InterfaceEndpoint } from "./interface-endpoint";

export interface NetworkEndpointsProps {
  readonly vpcId: string;
  readonly region: string;
  /** Route tables that get the S3 gateway endpoint. */
  readonly routeTableIds: readonly string[];
  /** Subnets that get the interface endpoints, one for each zone. */
  readonly subnetIds: readonly string[];
  /** Ranges that may call the interface endpoints. */
  readonly clientCidrs: readonly string[];
  readonly endpoints: readonly InterfaceEndpoint[];
}

/** The free S3 gateway endpoint on every private route table, and interface endpoints by list. @internal */
export class NetworkEndpoints extends Construct {
  public constructor(scope: Construct, id: string, props: NetworkEndpointsProps) {
    super(scope, id);
    new VpcEndpoint(this, "S3", {
      vpcId: props.vpcId,
      vpcEndpointType: "Gateway",
      serviceName: `com.amazonaws.${props.region}.s3`,
      routeTableIds: [...props.routeTableIds],
      tags: { Name: `${this.node.path}/S3` },
    });
    if (props.endpoints.length === 0) return;
    const group = this.addSecurityGroup(props);
    for (const { service } of props.endpoints) {
      new VpcEndpoint(this, idFrom("Interface", service), {
        vpcId: props.vpcId,
        vpcEndpointType: "Interface",
        serviceName: `com.amazonaws.${props.region}.${service}`,
        subnetIds: [...props.subnetIds],
        securityGroupIds: [group.id],
        privateDnsEnabled: true,
        tags: { Name: `${this.node.path}/${service}` },
      });
    }
  }

  private addSecurityGroup(props: NetworkEndpointsProps): SecurityGroup {
    const group = new SecurityGroup(this, "SecurityGroup", {
      vpcId: props.vpcId,
      description: "Interface endpoints, reached from inside the VPC by TLS",
      tags: { Name: this.node.path },
    });
    for (const [index, cidrIpv4] of props.clientCidrs.entries()) {
      new VpcSecurityGroupIngressRule(this, `FromVpc${index}`, {
        securityGroupId: group.id,
        description: "TLS from the network",
        cidrIpv4,
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
      });
    }
    return group;
  }
}
