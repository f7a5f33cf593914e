import { environmentOf, NameRule, permissionsBoundary, physicalName, protectedLifecycle } from "../core";
import { identityPolicy, type IEncryptionKey, KeyServiceGrant, serviceTrust } from "../security";
import { Construct } from "../terraform/cdktf";
import { CloudwatchLogGroup, FlowLog, IamRole, IamRolePolicy } from "../terraform/aws";

export interface NetworkFlowLogProps {
  readonly vpcId: string;
  readonly retentionDays: number;
  readonly encryptionKey: IEncryptionKey;
  readonly permissionsBoundaryArn?: string;
}

/** All traffic of the VPC, written to an encrypted log group by a role that can write only there. @internal */
export class NetworkFlowLog extends Construct {
  public constructor(scope: Construct, id: string, props: NetworkFlowLogProps) {
    super(scope, id);
    props.encryptionKey.allowService(KeyServiceGrant.LOGS, this.node.path);
    const group = new CloudwatchLogGroup(this, "LogGroup", {
      name: physicalName(NameRule.LOG_GROUP, this.node.path, `/aidc/${this.node.path}`),
      retentionInDays: props.retentionDays,
      kmsKeyId: props.encryptionKey.keyArn,
      lifecycle: protectedLifecycle(this),
    });
    const { partition, region, accountId } = environmentOf(this);
    const arn = `arn:${partition}:ec2:${region}:${accountId}:vpc-flow-log/*`;
    const role = new IamRole(this, "Role", {
      name: physicalName(NameRule.IAM_ROLE, this.node.path),
      assumeRolePolicy: serviceTrust("vpc-flow-logs.amazonaws.com", { accountId, arn }),
      permissionsBoundary: permissionsBoundary(this, props.permissionsBoundaryArn),
    });
    // The log group exists already, so that its key and its retention hold: no right to create one.
    const writing = new IamRolePolicy(this, "Write", {
      role: role.id,
      policy: identityPolicy([
        {
          actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
          resources: [`${group.arn}:*`],
        },
      ]),
    });
    new FlowLog(this, "Resource", {
      vpcId: props.vpcId,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 60,
      dependsOn: [writing],
    });
  }
}
