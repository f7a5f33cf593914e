import type { PolicyStatement } from "../../contracts";

/** What the permissions of a Karpenter controller are bounded by. */
export interface ControllerScope {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly clusterName: string;
  readonly clusterArn: string;
  /** The only role that nodes may get. */
  readonly nodeRoleArn: string;
  readonly queueArn: string;
  /** Key of node volumes. */
  readonly keyArn: string;
}

/**
 * What the controller of Karpenter 1.14 may do: launch, tag and terminate what carries the tags of this cluster and of a node pool,
 * and read what it chooses from.
 *
 * Source: aws/karpenter-provider-aws v1.14, website `getting-started-with-karpenter/cloudformation.yaml` and `reference/cloudformation.md`,
 * checked against the calls in `pkg/aws/sdk.go` v1.14.1. Left out: writing instance profiles, since Terraform makes the one there is;
 * the status of zonal shifts, which is off in the chart. Listing and reading profiles stay: the finalizer of a node class and a
 * clean-up every half hour call them whoever made the profile (`pkg/controllers/nodeclass`).
 */
export function controllerStatements(scope: ControllerScope): readonly PolicyStatement[] {
  return [...launching(scope), ...tagging(scope), ...discovery(scope), ...identities(scope), ...volumes(scope)];
}

/** Created by Karpenter, and tagged in the same call. */
const CREATED = ["fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request"];

function launching(scope: ControllerScope): PolicyStatement[] {
  const chosen = ["security-group", "subnet", "capacity-reservation", "placement-group"];
  const published = ["image", "snapshot"].map((kind) => `${ec2(scope)}::${kind}/*`);
  return [
    {
      sid: "LaunchFrom",
      actions: ["ec2:RunInstances", "ec2:CreateFleet"],
      resources: [...published, ...resources(scope, chosen)],
    },
    {
      sid: "LaunchFromOwnTemplates",
      actions: ["ec2:RunInstances", "ec2:CreateFleet"],
      resources: resources(scope, ["launch-template"]),
      conditions: owned(scope),
    },
    {
      sid: "LaunchTagged",
      actions: ["ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplate"],
      resources: resources(scope, CREATED),
      conditions: requested(scope),
    },
    {
      sid: "DeleteOwn",
      actions: ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"],
      resources: resources(scope, ["instance", "launch-template"]),
      conditions: owned(scope),
    },
  ];
}

function tagging(scope: ControllerScope): PolicyStatement[] {
  const { StringEquals, StringLike } = requested(scope);
  const createActions = ["RunInstances", "CreateFleet", "CreateLaunchTemplate"];
  return [
    {
      sid: "TagWhileCreating",
      actions: ["ec2:CreateTags"],
      resources: resources(scope, CREATED),
      conditions: { StringEquals: { ...StringEquals, "ec2:CreateAction": createActions }, StringLike },
    },
    {
      sid: "NameOwn",
      actions: ["ec2:CreateTags"],
      resources: resources(scope, ["instance"]),
      conditions: {
        ...owned(scope),
        StringEqualsIfExists: { "aws:RequestTag/eks:eks-cluster-name": scope.clusterName },
        "ForAllValues:StringEquals": { "aws:TagKeys": ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"] },
      },
    },
  ];
}

function discovery({ partition, region, clusterArn, queueArn }: ControllerScope): PolicyStatement[] {
  return [
    {
      sid: "Discover",
      actions: DISCOVERY,
      resources: ["*"],
      conditions: { StringEquals: { "aws:RequestedRegion": region } },
    },
    {
      sid: "ReadImageReleases",
      actions: ["ssm:GetParameter"],
      resources: [`arn:${partition}:ssm:${region}::parameter/aws/service/*`],
    },
    { sid: "ReadPrices", actions: ["pricing:GetProducts"], resources: ["*"] },
    { sid: "ReadCluster", actions: ["eks:DescribeCluster"], resources: [clusterArn] },
    {
      sid: "ReceiveInterruptions",
      actions: ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
      resources: [queueArn],
    },
  ];
}

const DISCOVERY = [
  "CapacityReservations",
  "Images",
  "Instances",
  "InstanceStatus",
  "InstanceTypeOfferings",
  "InstanceTypes",
  "LaunchTemplates",
  "PlacementGroups",
  "SecurityGroups",
  "SpotPriceHistory",
  "Subnets",
].map((what) => `ec2:Describe${what}`);

function identities({ partition, accountId, nodeRoleArn }: ControllerScope): PolicyStatement[] {
  return [
    {
      sid: "PassNodeRole",
      actions: ["iam:PassRole"],
      resources: [nodeRoleArn],
      conditions: { StringEquals: { "iam:PassedToService": ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"] } },
    },
    {
      sid: "ReadInstanceProfiles",
      actions: ["iam:GetInstanceProfile"],
      resources: [`arn:${partition}:iam::${accountId}:instance-profile/*`],
    },
    { sid: "ListInstanceProfiles", actions: ["iam:ListInstanceProfiles"], resources: ["*"] },
  ];
}

/**
 * EC2 asks for the key in the name of whoever launches the node; through EC2 only, since the same key encrypts the cluster's secrets.
 * Sources: aws/karpenter-provider-aws #4935 (the denied call is the controller's) and website `troubleshooting.md` v1.14, "Node terminates
 * before ready on failed encrypted EBS volume"; Amazon EBS user guide, "Requirements for Amazon EBS encryption", 2026.
 */
function volumes({ region, keyArn }: ControllerScope): PolicyStatement[] {
  const StringEquals = { "kms:ViaService": `ec2.${region}.amazonaws.com` };
  return [
    {
      sid: "EncryptVolumes",
      actions: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncrypt*"],
      resources: [keyArn],
      conditions: { StringEquals },
    },
    {
      sid: "LetInstancesUseVolumes",
      actions: ["kms:CreateGrant"],
      resources: [keyArn],
      conditions: { StringEquals, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}

/** The start of EC2 ARNs, up to the account. */
function ec2({ partition, region }: ControllerScope): string {
  return `arn:${partition}:ec2:${region}`;
}

/** Of any account: subnets and reservations may be shared from another one. */
function resources(scope: ControllerScope, kinds: readonly string[]): string[] {
  return kinds.map((kind) => `${ec2(scope)}:*:${kind}/*`);
}

/** What already carries the tags of this cluster and of a node pool. */
function owned({ clusterName }: ControllerScope) {
  return {
    StringEquals: { [`aws:ResourceTag/kubernetes.io/cluster/${clusterName}`]: "owned" },
    StringLike: { "aws:ResourceTag/karpenter.sh/nodepool": "*" },
  };
}

/** What gets them in the same call. */
function requested({ clusterName }: ControllerScope) {
  return {
    StringEquals: {
      [`aws:RequestTag/kubernetes.io/cluster/${clusterName}`]: "owned",
      "aws:RequestTag/eks:eks-cluster-name": clusterName,
    },
    StringLike: { "aws:RequestTag/karpenter.sh/nodepool": "*" },
  };
}
