import type { ServiceIdentity } from "../../contracts";
import { environmentOf, NameRule, physicalName, safeId } from "../../core";
import { InterfaceEndpoint } from "../../network";
import { WorkloadIdentity, type WorkloadTrust } from "../../security";
import { IamInstanceProfile, type IamRole, type SqsQueue } from "../../terraform/aws";
import { Construct, Fn, type ITerraformDependable, Token } from "../../terraform/cdktf";
import type { ICluster } from "../cluster-interface";
import { requireEndpoints } from "../required-endpoints";
import { controllerStatements } from "./controller-policy";
import { type KarpenterValues, karpenterValues } from "./controller-values";
import { InterruptionQueue } from "./interruption-queue";
import type { IKarpenter } from "./karpenter-interface";

export interface KarpenterControllerProps {
  readonly cluster: ICluster;
  /** Namespace of the controller. @default "kube-system" */
  readonly namespace?: string;
  /** Service account of the controller. @default "karpenter" */
  readonly serviceAccount?: string;
  /** How its pods become the role. @default WorkloadTrust.POD_IDENTITY */
  readonly trust?: WorkloadTrust;
  /** Name of the nodes' role. @default - the last part of the cluster's nodeRoleArn */
  readonly nodeRoleName?: string;
  /** Whether pools of a fixed count (`Capacity.static`) are made: Karpenter calls them alpha. @default false */
  readonly staticCapacity?: boolean;
  /** Permissions boundary of the controller's role. @default - the stack's, if it has one */
  readonly permissionsBoundaryArn?: string;
  /** Last word on the controller's role. @default - none */
  readonly customize?: (role: IamRole) => void;
  /** Last word on the interruption queue. @default - none */
  readonly customizeQueue?: (queue: SqsQueue) => void;
}

/** Beside those of nodes, for a network without NAT. Source: aws/karpenter-provider-aws v1.14, getting started, "Private Clusters". */
const ENDPOINTS = [
  InterfaceEndpoint.EC2,
  InterfaceEndpoint.EKS,
  InterfaceEndpoint.SQS,
  InterfaceEndpoint.SSM,
  InterfaceEndpoint.STS,
];
const ENDPOINTS_REMEDY =
  "Add InterfaceEndpoint.SQS and InterfaceEndpoint.SSM beside InterfaceEndpoint.PRIVATE_CLUSTER, or give the network NAT.";

/**
 * The AWS half of Karpenter 1.14: the controller's role, bound to its service account; the instance profile of its nodes; and the
 * queue that tells it of interruptions. The other half, the Helm chart, gets `controllerValues`.
 *
 * Nodes get the role of the cluster's managed nodes, so the access entry that EKS made for that role lets them join.
 */
export class KarpenterController extends Construct implements IKarpenter {
  public readonly clusterName: string;
  public readonly queueName: string;
  public readonly instanceProfileName: string;
  public readonly staticCapacity: boolean;
  /** The Kubernetes side of the controller's identity. */
  public readonly controllerIdentity: ServiceIdentity;
  /** Values of the `karpenter` chart that follow from here. */
  public readonly controllerValues: KarpenterValues;
  private readonly identity: WorkloadIdentity;

  /** @throws InvalidProps ID_UNSAFE, TRUST_INVALID, ARN_INVALID, NAME_INVALID, ENDPOINTS_MISSING; POLICY_TOO_LARGE at synth */
  public constructor(scope: Construct, id: string, props: KarpenterControllerProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const { cluster, staticCapacity = false } = props;
    requireEndpoints(cluster.network, ENDPOINTS, this.node.path, ENDPOINTS_REMEDY);
    const { queue } = new InterruptionQueue(this, "Interruptions");
    this.clusterName = cluster.clusterName;
    this.staticCapacity = staticCapacity;
    this.queueName = queue.name;
    this.instanceProfileName = new IamInstanceProfile(this, "NodeProfile", {
      name: physicalName(NameRule.IAM_ROLE, `${this.node.path}/Node`),
      role: props.nodeRoleName ?? lastPart(cluster.nodeRoleArn),
    }).name;
    this.identity = this.addIdentity(props, queue.arn);
    this.controllerIdentity = this.identity.identity;
    this.controllerValues = karpenterValues({
      clusterName: this.clusterName,
      queueName: this.queueName,
      identity: this.controllerIdentity,
      isolated: cluster.network.hasNat === false,
      staticCapacity,
    });
    props.customizeQueue?.(queue);
  }

  /** What makes the controller's identity usable, for `dependsOn` of what installs the chart. */
  public get ready(): readonly ITerraformDependable[] {
    return this.identity.ready;
  }

  private addIdentity(props: KarpenterControllerProps, queueArn: string): WorkloadIdentity {
    const { cluster, namespace = "kube-system", serviceAccount = "karpenter" } = props;
    const { trust, permissionsBoundaryArn, customize } = props;
    const owner = { cluster, namespace, serviceAccount, trust, permissionsBoundaryArn, customize };
    const identity = new WorkloadIdentity(this, "Identity", owner);
    const { partition, region, accountId } = environmentOf(this);
    const { clusterName, clusterArn, nodeRoleArn, encryptionKey } = cluster;
    const bounds = { partition, region, accountId, clusterName, clusterArn, nodeRoleArn, queueArn };
    for (const statement of controllerStatements({ ...bounds, keyArn: encryptionKey.keyArn })) {
      identity.allow(statement);
    }
    return identity;
  }
}

/** A role's ARN ends with its name, behind whatever path it has. */
function lastPart(roleArn: string): string {
  if (!Token.isUnresolved(roleArn)) return roleArn.slice(roleArn.lastIndexOf("/") + 1);
  return Token.asString(Fn.element(Fn.reverse(Fn.split("/", roleArn)), 0));
}
