import { Construct } from "../../terraform/cdktf";
import { SecurityGroup, VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule } from "../../terraform/aws";

/**
 * The group of a pool's interfaces: all traffic to and from itself, group to group, in both directions. EFA bypasses the
 * operating system and is matched by group, so an egress rule to an address range does not let it out.
 * Source: Amazon EKS user guide, "Run machine learning training on Amazon EKS with Elastic Fabric Adapter", 2026.
 * @internal
 */
export class FabricSecurityGroup extends Construct {
  public readonly securityGroupId: string;

  public constructor(scope: Construct, id: string, vpcId: string) {
    super(scope, id);
    const group = new SecurityGroup(this, "Resource", {
      vpcId,
      description: "Traffic between the nodes of one pool",
      tags: { Name: scope.node.path },
    });
    const rule = {
      securityGroupId: group.id,
      referencedSecurityGroupId: group.id,
      ipProtocol: "-1",
      description: "All traffic between the nodes of the pool, EFA included",
    };
    new VpcSecurityGroupIngressRule(this, "FromItself", rule);
    new VpcSecurityGroupEgressRule(this, "ToItself", rule);
    this.securityGroupId = group.id;
  }
}
