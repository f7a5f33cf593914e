import { environmentOf, jsonText, NameRule, physicalName } from "../../core";
import { resourcePolicy } from "../../security";
import { CloudwatchEventRule, CloudwatchEventTarget, SqsQueue, SqsQueuePolicy } from "../../terraform/aws";
import { Construct } from "../../terraform/cdktf";

/** An older message tells of a node that is gone. Source: aws/karpenter-provider-aws v1.14, website `cloudformation.yaml`. */
const RETENTION_SECONDS = 300;

/**
 * The events that Karpenter acts upon, by construct id. What its parsers drop (other services' health events, instances that start) is
 * not sent. Source: aws/karpenter-provider-aws v1.14.1 `pkg/controllers/interruption/messages`, each with its `parser.go`. The end of a
 * Capacity Block is no event here: Karpenter knows it from the reservation (`designs/capacity-block-support.md`).
 */
const EVENTS: Readonly<Record<string, EventPattern>> = {
  SpotInterruption: ec2Event("EC2 Spot Instance Interruption Warning"),
  Rebalance: ec2Event("EC2 Instance Rebalance Recommendation"),
  StateChange: ec2Event("EC2 Instance State-change Notification", {
    state: ["stopping", "stopped", "shutting-down", "terminated"],
  }),
  ReservationInterruption: ec2Event("EC2 Capacity Reservation Instance Interruption Warning"),
  ScheduledChange: {
    source: ["aws.health"],
    "detail-type": ["AWS Health Event"],
    detail: { service: ["EC2"], eventTypeCategory: ["scheduledChange"] },
  },
};

interface EventPattern {
  readonly source: readonly string[];
  readonly "detail-type": readonly string[];
  readonly detail?: Readonly<Record<string, readonly string[]>>;
}

function ec2Event(detailType: string, detail?: EventPattern["detail"]): EventPattern {
  return { source: ["aws.ec2"], "detail-type": [detailType], ...(detail && { detail }) };
}

/** The queue through which Karpenter learns that EC2 will take an instance away, and the rules that fill it. @internal */
export class InterruptionQueue extends Construct {
  public readonly queue: SqsQueue;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new SqsQueue(this, "Resource", {
      // A role's name is the shortest and plainest of all: what fits there fits queues (80 characters) and rules (64).
      name: physicalName(NameRule.IAM_ROLE, this.node.path),
      messageRetentionSeconds: RETENTION_SECONDS,
      sqsManagedSseEnabled: true,
    });
    new SqsQueuePolicy(this, "Policy", { queueUrl: this.queue.url, policy: this.policy(this.queue.arn) });
    for (const [event, pattern] of Object.entries(EVENTS)) this.addRule(event, pattern);
  }

  private addRule(id: string, pattern: EventPattern): void {
    const rule = new CloudwatchEventRule(this, id, {
      name: physicalName(NameRule.IAM_ROLE, `${this.node.path}/${id}`),
      description: `Tells Karpenter: ${pattern["detail-type"].join(", ")}`,
      eventPattern: jsonText(pattern),
    });
    new CloudwatchEventTarget(this, `${id}Target`, { rule: rule.name, targetId: "Karpenter", arn: this.queue.arn });
  }

  /** Source: Amazon EventBridge user guide, "Amazon SQS permissions" (the source is the rule), 2026; the rest as Karpenter's reference. */
  private policy(queueArn: string): string {
    const { partition, region, accountId } = environmentOf(this);
    const rules = `arn:${partition}:events:${region}:${accountId}:rule/*`;
    return resourcePolicy([
      {
        sid: "Events",
        principals: { Service: "events.amazonaws.com" },
        actions: ["sqs:SendMessage"],
        resources: [queueArn],
        conditions: { ArnLike: { "aws:SourceArn": rules } },
      },
      {
        sid: "Sqs",
        principals: { Service: "sqs.amazonaws.com" },
        actions: ["sqs:SendMessage"],
        resources: [queueArn],
        conditions: { StringEquals: { "aws:SourceAccount": accountId } },
      },
      {
        sid: "DenyPlainHttp",
        effect: "Deny",
        principals: "*",
        actions: ["sqs:*"],
        resources: [queueArn],
        conditions: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  }
}
