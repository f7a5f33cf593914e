import { awsManagedPolicyArn, environmentOf, NameRule, permissionsBoundary, physicalName } from "../core";
import { type IEncryptionKey, identityPolicy, serviceTrust } from "../security";
import { Construct } from "../terraform/cdktf";
import { IamRole, IamRolePolicy, IamRolePolicyAttachment } from "../terraform/aws";

export interface ClusterRolesProps {
  readonly clusterName: string;
  readonly encryptionKey: IEncryptionKey;
  /** Whether people may open shells on nodes. */
  readonly nodeShell: boolean;
  readonly permissionsBoundaryArn?: string;
}

/** The roles of the control plane and of managed nodes. @internal */
export class ClusterRoles extends Construct {
  public readonly clusterRoleArn: string;
  public readonly nodeRoleArn: string;
  /** Policies that the control plane needs from its first minute to its last. */
  public readonly clusterPolicies: readonly (IamRolePolicyAttachment | IamRolePolicy)[];
  /** Policies that a node needs from its first minute to its last. */
  public readonly nodePolicies: readonly IamRolePolicyAttachment[];

  public constructor(scope: Construct, id: string, props: ClusterRolesProps) {
    super(scope, id);
    const { partition, region, accountId } = environmentOf(this);
    const arn = `arn:${partition}:eks:${region}:${accountId}:cluster/${props.clusterName}`;
    const cluster = this.addRole("Cluster", serviceTrust("eks.amazonaws.com", { accountId, arn }), props);
    const node = this.addRole("Node", serviceTrust("ec2.amazonaws.com"), props);
    this.clusterRoleArn = cluster.arn;
    this.nodeRoleArn = node.arn;
    this.clusterPolicies = [
      this.attach(cluster, "Cluster", "AmazonEKSClusterPolicy"),
      this.addKeyPolicy(cluster, props),
    ];
    // No CNI policy here: the VPC CNI has an identity of its own, so that pods on the node cannot borrow it.
    const nodePolicies = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"];
    if (props.nodeShell) nodePolicies.push("AmazonSSMManagedInstanceCore");
    this.nodePolicies = nodePolicies.map((policy) => this.attach(node, "Node", policy));
  }

  private addRole(id: string, assumeRolePolicy: string, props: ClusterRolesProps): IamRole {
    return new IamRole(this, id, {
      name: physicalName(NameRule.IAM_ROLE, `${this.node.path}/${id}`),
      assumeRolePolicy,
      permissionsBoundary: permissionsBoundary(this, props.permissionsBoundaryArn),
    });
  }

  private attach(role: IamRole, kind: string, policy: string): IamRolePolicyAttachment {
    const policyArn = awsManagedPolicyArn(this, policy);
    return new IamRolePolicyAttachment(this, `${kind}-${policy}`, { role: role.name, policyArn });
  }

  /** Source: terraform-aws-modules/terraform-aws-eks `main.tf`, 2026-04: what envelope encryption asks of the cluster role. */
  private addKeyPolicy(role: IamRole, { encryptionKey }: ClusterRolesProps): IamRolePolicy {
    const actions = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"];
    const policy = identityPolicy([{ actions, resources: [encryptionKey.keyArn] }]);
    return new IamRolePolicy(this, "ClusterKey", { role: role.id, policy });
  }
}
