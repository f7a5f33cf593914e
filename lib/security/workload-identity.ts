import type { ClusterReference, IGrantee, PolicyStatement, ServiceIdentity } from "../contracts";
import { checkArn, environmentOf, idFrom, NameRule, permissionsBoundary, physicalName, safeId } from "../core";
import { EksPodIdentityAssociation, IamRole, IamRolePolicyAttachment } from "../terraform/aws";
import { Construct, type ITerraformDependable, Token } from "../terraform/cdktf";
import { escape } from "../terraform/escape";
import { IamGrantee } from "./iam-grantee";
import { resourcePolicy, type ResourceStatement } from "./policy-document";
import { resolveTrust, WorkloadTrust } from "./workload-trust";

export interface WorkloadIdentityProps {
  /** Cluster that the service account lives in. */
  readonly cluster: ClusterReference;
  /** Namespace of the service account. */
  readonly namespace: string;
  /** Name of the service account. */
  readonly serviceAccount: string;
  /** How its pods become the role. @default WorkloadTrust.POD_IDENTITY */
  readonly trust?: WorkloadTrust;
  /** Policy that bounds what the role can ever be allowed. @default - the stack's, if it has one */
  readonly permissionsBoundaryArn?: string;
  /** Name of the role. @default - derived from the construct path */
  readonly roleName?: string;
  /** Managed policies to attach beside the grants. @default - none */
  readonly managedPolicyArns?: readonly string[];
  /** What must stand before the identity, such as the Pod Identity agent add-on. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
  /** Last word on the role. @default - none */
  readonly customize?: (role: IamRole) => void;
}

/** The properties of an identity, complete and checked. */
export interface ResolvedWorkloadIdentity {
  readonly trust: WorkloadTrust;
  readonly roleName: string;
  readonly trustStatement: ResourceStatement;
  /** Managed policies by construct id. */
  readonly managedPolicies: Readonly<Record<string, string>>;
}

const POLICY_ARN = /^arn:[\w-]+:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/;

/** @throws InvalidProps TRUST_INVALID, ARN_INVALID, NAME_INVALID */
export function resolveWorkloadIdentity(
  props: WorkloadIdentityProps,
  accountId: string,
  at: string,
): ResolvedWorkloadIdentity {
  const { cluster, namespace, serviceAccount, trust = WorkloadTrust.POD_IDENTITY, managedPolicyArns = [] } = props;
  const policyForm = "arn:aws:iam::…:policy/…";
  if (props.permissionsBoundaryArn !== undefined) {
    checkArn(props.permissionsBoundaryArn, POLICY_ARN, policyForm, `${at}.permissionsBoundaryArn`);
  }
  for (const arn of managedPolicyArns) checkArn(arn, POLICY_ARN, policyForm, `${at}.managedPolicyArns`);
  return {
    trust,
    roleName: physicalName(NameRule.IAM_ROLE, at, props.roleName),
    trustStatement: resolveTrust({ trust, cluster, namespace, serviceAccount, accountId }, at),
    managedPolicies: Object.fromEntries(managedPolicyArns.map((arn, index) => [attachmentId(arn, index), arn])),
  };
}

/** Named by the policy, so that the order of the list does not show in addresses; by place where the ARN is not known yet. */
function attachmentId(arn: string, index: number): string {
  if (Token.isUnresolved(arn)) return `Managed${index}`;
  return idFrom("Managed", ...arn.split(":").slice(4));
}

/** The AWS identity of one Kubernetes service account: a role that only its pods can assume, holding what is granted to it. */
export class WorkloadIdentity extends Construct implements IGrantee {
  public readonly roleArn: string;
  public readonly roleName: string;
  /** The Kubernetes side: what the service account of the workload needs. */
  public readonly identity: ServiceIdentity;
  private readonly permissions: IamGrantee;
  private readonly bindings: ITerraformDependable[] = [];

  /** @throws InvalidProps ID_UNSAFE, TRUST_INVALID, ARN_INVALID, NAME_INVALID; POLICY_TOO_LARGE at synth */
  public constructor(scope: Construct, id: string, props: WorkloadIdentityProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const { cluster, namespace, serviceAccount } = props;
    const plan = resolveWorkloadIdentity(props, environmentOf(this).accountId, this.node.path);
    const role = new IamRole(this, "Resource", {
      name: plan.roleName,
      description: escape(`Pods of service account ${namespace}/${serviceAccount} in ${cluster.clusterName}`),
      assumeRolePolicy: resourcePolicy([plan.trustStatement]),
      permissionsBoundary: permissionsBoundary(this, props.permissionsBoundaryArn),
      dependsOn: props.dependsOn && [...props.dependsOn],
    });
    this.roleArn = role.arn;
    this.roleName = role.name;
    this.permissions = new IamGrantee(this, "Permissions", { roleName: this.roleName });
    for (const [attachment, policyArn] of Object.entries(plan.managedPolicies)) {
      this.bindings.push(new IamRolePolicyAttachment(this, attachment, { role: this.roleName, policyArn }));
    }
    if (plan.trust === WorkloadTrust.POD_IDENTITY) {
      const clusterName = escape(cluster.clusterName);
      const association = { clusterName, namespace, serviceAccount, roleArn: role.arn };
      this.bindings.push(new EksPodIdentityAssociation(this, "Association", association));
    }
    this.identity = { namespace, serviceAccount, annotations: this.annotationsFor(plan.trust) };
    props.customize?.(role);
  }

  public allow(statement: PolicyStatement): void {
    this.permissions.allow(statement);
  }

  /** What makes the identity usable, for `dependsOn` of what starts pods with it: read it after the last grant. */
  public get ready(): readonly ITerraformDependable[] {
    return this.permissions.policy ? [...this.bindings, this.permissions.policy] : this.bindings;
  }

  /** With Pod Identity the association says it all. */
  private annotationsFor(trust: WorkloadTrust): Readonly<Record<string, string>> {
    return trust === WorkloadTrust.IRSA ? { "eks.amazonaws.com/role-arn": this.roleArn } : {};
  }
}
