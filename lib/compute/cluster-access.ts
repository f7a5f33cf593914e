import { environmentOf, idFrom, InvalidProps } from "../core";
import { Construct, Token } from "../terraform/cdktf";
import {
  EksAccessEntry,
  EksAccessPolicyAssociation,
  type EksCluster,
  SecurityGroup,
  VpcSecurityGroupIngressRule,
} from "../terraform/aws";
import type { INetwork } from "../network";
import type { ApiAccess } from "./api-access";

/** The group on the control plane that lets named sources reach the Kubernetes API. @internal */
export class ApiSecurityGroup extends Construct {
  public readonly securityGroupId: string;
  private sources = 0;

  public constructor(scope: Construct, id: string, network: INetwork, access: ApiAccess) {
    super(scope, id);
    const group = new SecurityGroup(this, "Resource", {
      vpcId: network.vpcId,
      description: "Who may reach the Kubernetes API",
      tags: { Name: this.node.path },
    });
    this.securityGroupId = group.id;
    for (const [index, cidrIpv4] of access.cidrs.entries()) {
      // On a public endpoint the ranges are enforced by EKS; the private side stays for the VPC.
      if (!access.isPublic) this.open(sourceId("From", cidrIpv4, index), { cidrIpv4 });
    }
    for (const [index, referencedSecurityGroupId] of access.securityGroupIds.entries()) {
      this.open(sourceId("FromGroup", referencedSecurityGroupId, index), { referencedSecurityGroupId });
    }
    this.node.addValidation({ validate: () => (access.isPublic || this.sources > 0 ? [] : [this.closed()]) });
  }

  /** Lets one more source in. */
  public open(id: string, source: { readonly cidrIpv4?: string; readonly referencedSecurityGroupId?: string }): void {
    this.sources += 1;
    new VpcSecurityGroupIngressRule(this, id, {
      securityGroupId: this.securityGroupId,
      description: "Kubernetes API",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      ...source,
    });
  }

  private closed(): string {
    const refusal = { got: "a private API without sources", allowed: "cidrs, securityGroupIds, or an AccessHost" };
    return new InvalidProps("API_ACCESS_EMPTY", `${this.node.scope?.node.path}.apiAccess`, refusal).message;
  }
}

/** Named by the source, so that a changed list keeps addresses; by place where the source is not known yet. */
function sourceId(kind: string, source: string, index: number): string {
  return Token.isUnresolved(source) ? `${kind}${index}` : idFrom(kind, source);
}

/** An access entry with cluster administration for each principal. @internal */
export class Administrators extends Construct {
  public constructor(scope: Construct, id: string, cluster: EksCluster, principals: readonly string[]) {
    super(scope, id);
    const { partition } = environmentOf(this);
    for (const [index, principalArn] of principals.entries()) {
      // A name keeps its address when the list changes; a token has no name yet.
      const name = Token.isUnresolved(principalArn) ? String(index) : principalName(principalArn);
      const entry = new EksAccessEntry(this, idFrom("Entry", name), {
        clusterName: cluster.name,
        principalArn,
        type: "STANDARD",
      });
      new EksAccessPolicyAssociation(this, idFrom("Policy", name), {
        clusterName: cluster.name,
        principalArn,
        policyArn: `arn:${partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`,
        accessScope: { type: "cluster" },
        dependsOn: [entry],
      });
    }
  }
}

/** Account, kind and name: `arn:aws:iam::123456789012:role/teams/Platform` becomes `123456789012-role-teams-Platform`. */
function principalName(arn: string): string {
  const [, , , , account = "", name = ""] = arn.split(":");
  return idFrom(account, name);
}
