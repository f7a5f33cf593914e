import type { IGrantee } from "cdktf-ai-datacenter/contracts";
import { WorkloadTrust } from "cdktf-ai-datacenter/security";
import {
  assertRefusal,
  type FoundBlock,
  policyOf,
  resourcesOf,
  type StatementInOneForm,
  synthStack,
  testStack,
  theResource,
} from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { KarpenterController, type KarpenterControllerProps } from "../../../lib/compute/karpenter/controller";
import { TerraformOutput } from "../../../lib/terraform/cdktf";
import { importedNetwork, KEY_ARN, testCluster } from "../fixtures";

function synthController(props: Partial<KarpenterControllerProps> = {}) {
  const stack = testStack();
  const karpenter = new KarpenterController(stack, "Karpenter", { cluster: testCluster(stack), ...props });
  new TerraformOutput(stack, "Values", { value: karpenter.controllerValues });
  return { stack: synthStack(stack), karpenter };
}

const defaults = synthController();
const statements = policyOf(
  theResource(defaults.stack, "aws_iam_role_policy", "Karpenter").properties.policy,
).Statement;
const statement = (sid: string): StatementInOneForm => {
  const found = statements.find(({ Sid }) => Sid === sid);
  if (found === undefined) throw new Error(`no statement ${sid}`);
  return found;
};
const CLUSTER = expect.stringMatching(/^\$\{aws_eks_cluster\.Cluster_\w+\.name\}$/) as string;

describe("the controller's role", () => {
  test("is bound to one service account by Pod Identity, and holds its permissions in one inline policy", () => {
    expect(defaults.stack).toHaveResource("aws_eks_pod_identity_association", {
      namespace: "kube-system",
      service_account: "karpenter",
      role_arn: expect.stringMatching(/aws_iam_role\.Karpenter/) as string,
    });
    expect(defaults.karpenter.controllerIdentity).toEqual({
      namespace: "kube-system",
      serviceAccount: "karpenter",
      annotations: {},
    });
    const policies = resourcesOf(defaults.stack, "aws_iam_role_policy").filter(({ address }) =>
      /Karpenter/.test(address),
    );
    expect(policies).toHaveLength(1);
  });

  test("launches, tags and deletes only what carries the tags of this cluster and of a node pool", () => {
    for (const sid of ["LaunchFromOwnTemplates", "LaunchTagged", "DeleteOwn", "TagWhileCreating", "NameOwn"]) {
      const { StringEquals = {}, StringLike = {} } = statement(sid).Condition ?? {};
      const kind = ["LaunchTagged", "TagWhileCreating"].includes(sid) ? "RequestTag" : "ResourceTag";
      const owned = Object.entries(StringEquals).filter(([key]) =>
        key.startsWith(`aws:${kind}/kubernetes.io/cluster/`),
      );
      expect(owned).toEqual([[expect.stringMatching(/cluster\/\$\{aws_eks_cluster\.Cluster_\w+\.name\}$/), ["owned"]]]);
      expect(StringLike).toEqual({ [`aws:${kind}/karpenter.sh/nodepool`]: ["*"] });
    }
    expect(statement("LaunchTagged").Condition?.StringEquals).toMatchObject({
      "aws:RequestTag/eks:eks-cluster-name": [CLUSTER],
    });
  });

  test("creates nothing untagged: what it launches from is only read", () => {
    const created = ["fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request"];
    const kinds = (sid: string) => statement(sid).Resource?.map((arn) => /([a-z-]+)\/\*$/.exec(arn)?.[1]);
    const read = ["capacity-reservation", "image", "placement-group", "security-group", "snapshot", "subnet"];
    expect(kinds("LaunchFrom")?.sort()).toEqual(read);
    expect(kinds("LaunchTagged")?.sort()).toEqual([...created].sort());
    expect(kinds("TagWhileCreating")?.sort()).toEqual([...created].sort());
    for (const arn of statement("LaunchTagged").Resource ?? []) expect(arn).toMatch(/^arn:aws:ec2:us-east-1:/);
  });

  test("passes the nodes' role to EC2 and no other role to anybody", () => {
    const passing = statements.filter(({ Action = [] }) => Action.includes("iam:PassRole"));
    expect(passing).toEqual([
      expect.objectContaining({
        Resource: [expect.stringMatching(/aws_iam_role\.Cluster_Roles_Node/)],
        Condition: { StringEquals: { "iam:PassedToService": ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"] } },
      }),
    ]);
  });

  test("writes nothing in IAM: the instance profile is made here", () => {
    const actions = statements.flatMap(({ Action = [] }) => Action).filter((action) => action.startsWith("iam:"));
    expect(actions.sort()).toEqual(["iam:GetInstanceProfile", "iam:ListInstanceProfiles", "iam:PassRole"]);
  });

  test("describes in its region only, and reads the releases that AWS publishes", () => {
    const { Action = [], Condition } = statement("Discover");
    expect(Condition).toEqual({ StringEquals: { "aws:RequestedRegion": ["us-east-1"] } });
    expect(Action).toEqual(expect.arrayContaining(["ec2:DescribeCapacityReservations", "ec2:DescribePlacementGroups"]));
    expect(Action.every((action) => action.startsWith("ec2:Describe"))).toBe(true);
    expect(statement("ReadImageReleases").Resource).toEqual(["arn:aws:ssm:us-east-1::parameter/aws/service/*"]);
  });

  test("uses the key through EC2 only, and hands it on to instances only", () => {
    const viaEc2 = { "kms:ViaService": ["ec2.us-east-1.amazonaws.com"] };
    const ofKey = statements.filter(({ Action = [] }) => Action.some((action) => action.startsWith("kms:")));
    expect(ofKey).toHaveLength(2);
    for (const { Resource, Condition } of ofKey) {
      expect(Resource).toEqual([KEY_ARN]);
      expect(Condition).toMatchObject({ StringEquals: viaEc2 });
    }
    expect(statement("LetInstancesUseVolumes").Condition?.Bool).toEqual({ "kms:GrantIsForAWSResource": ["true"] });
  });

  test("reads its own queue", () => {
    expect(statement("ReceiveInterruptions").Resource).toEqual([
      expect.stringMatching(/aws_sqs_queue\.Karpenter.*\.arn/),
    ]);
  });

  test("can be bound by IRSA, bounded, and changed last", () => {
    const stack = testStack();
    const cluster = testCluster(stack);
    cluster.enableIrsa();
    const boundary = "arn:aws:iam::123456789012:policy/Boundary";
    const karpenter = new KarpenterController(stack, "Karpenter", {
      cluster,
      namespace: "karpenter",
      serviceAccount: "controller",
      trust: WorkloadTrust.IRSA,
      permissionsBoundaryArn: boundary,
      staticCapacity: true,
      nodeRoleName: "Nodes",
      customize: (role) => (role.maxSessionDuration = 7200),
      customizeQueue: (queue) => (queue.visibilityTimeoutSeconds = 60),
    });
    new TerraformOutput(stack, "Values", { value: karpenter.controllerValues });
    const synthesized = synthStack(stack);
    expect(synthesized).toHaveResource("aws_iam_role", { max_session_duration: 7200, permissions_boundary: boundary });
    expect(synthesized).toHaveResource("aws_sqs_queue", { visibility_timeout_seconds: 60 });
    expect(synthesized).toHaveResource("aws_iam_instance_profile", { role: "Nodes" });
    expect(synthesized.output.Values?.value).toEqual({
      serviceAccount: {
        name: "controller",
        annotations: { "eks.amazonaws.com/role-arn": expect.stringMatching(/aws_iam_role\.Karpenter/) as string },
      },
      settings: {
        clusterName: CLUSTER,
        interruptionQueue: expect.stringMatching(/aws_sqs_queue\.Karpenter/) as string,
        featureGates: { staticCapacity: true },
      },
    });
  });

  test("tells at synth when grants of others make its policy too large", () => {
    const stack = testStack();
    new KarpenterController(stack, "Karpenter", { cluster: testCluster(stack) });
    const grantee = stack.node
      .findAll()
      .find(({ node }) => node.path === "test/Karpenter/Identity") as unknown as IGrantee;
    const buckets = Array.from({ length: 100 }, (_, index) => `arn:aws:s3:::${"bucket".repeat(10)}-${index}`);
    grantee.allow({ actions: ["s3:GetObject"], resources: buckets });
    assertRefusal(() => synthStack(stack), "POLICY_TOO_LARGE");
  });
});

describe("interruptions", () => {
  const patternOf = ({ properties }: FoundBlock) => JSON.parse(String(properties.event_pattern)) as object;

  test("wait for five minutes in an encrypted queue", () => {
    expect(defaults.stack).toHaveResource("aws_sqs_queue", {
      name: "test-karpenter-interruptions",
      message_retention_seconds: 300,
      sqs_managed_sse_enabled: true,
    });
  });

  test("come from rules of this account, over TLS", () => {
    const { Statement } = policyOf(theResource(defaults.stack, "aws_sqs_queue_policy").properties.policy);
    const [deny, events, sqs] = Statement;
    expect(Statement).toHaveLength(3);
    expect(deny).toMatchObject({
      Effect: "Deny",
      Action: ["sqs:*"],
      Principal: { "*": ["*"] },
      Condition: { Bool: { "aws:SecureTransport": ["false"] } },
    });
    expect(events).toMatchObject({
      Principal: { Service: ["events.amazonaws.com"] },
      Condition: { ArnLike: { "aws:SourceArn": ["arn:aws:events:us-east-1:123456789012:rule/*"] } },
    });
    expect(sqs).toMatchObject({
      Principal: { Service: ["sqs.amazonaws.com"] },
      Condition: { StringEquals: { "aws:SourceAccount": ["123456789012"] } },
    });
  });

  test("are the five kinds of events that Karpenter 1.14 parses, without those that it drops", () => {
    const patterns = resourcesOf(defaults.stack, "aws_cloudwatch_event_rule").map(patternOf);
    const ec2 = (detail: string, more = {}) => ({ source: ["aws.ec2"], "detail-type": [detail], ...more });
    expect(patterns).toHaveLength(5);
    expect(patterns).toEqual(
      expect.arrayContaining([
        ec2("EC2 Spot Instance Interruption Warning"),
        ec2("EC2 Instance Rebalance Recommendation"),
        ec2("EC2 Capacity Reservation Instance Interruption Warning"),
        ec2("EC2 Instance State-change Notification", {
          detail: { state: ["stopping", "stopped", "shutting-down", "terminated"] },
        }),
        {
          source: ["aws.health"],
          "detail-type": ["AWS Health Event"],
          detail: { service: ["EC2"], eventTypeCategory: ["scheduledChange"] },
        },
      ]),
    );
  });

  test("all go to the queue", () => {
    const targets = resourcesOf(defaults.stack, "aws_cloudwatch_event_target");
    expect(targets).toHaveLength(5);
    for (const { properties } of targets) {
      expect(properties).toMatchObject({ arn: expect.stringMatching(/aws_sqs_queue\.Karpenter.*\.arn/) as string });
    }
    const rules = targets.map(({ properties }) => properties.rule);
    expect(new Set(rules).size).toBe(5);
  });
});

test("makes the nodes' instance profile from the end of their role's ARN, whatever path it has", () => {
  const { role } = theResource(defaults.stack, "aws_iam_instance_profile", "Karpenter").properties;
  expect(role).toMatch(/^\$\{element\(reverse\(split\("\/", aws_iam_role\.Cluster_Roles_Node_\w+\.arn\)\), 0\)\}$/);
  expect(defaults.karpenter.staticCapacity).toBe(false);
});

test("takes a known ARN apart at synth", () => {
  const stack = testStack();
  const cluster = testCluster(stack);
  const known = Object.create(cluster, { nodeRoleArn: { value: "arn:aws:iam::123456789012:role/a/b/Nodes" } }) as never;
  new KarpenterController(stack, "Karpenter", { cluster: known });
  expect(synthStack(stack)).toHaveResource("aws_iam_instance_profile", { role: "Nodes" });
});

test("tells the chart what follows from here, and nothing else", () => {
  expect(defaults.stack.output.Values?.value).toEqual({
    serviceAccount: { name: "karpenter" },
    settings: { clusterName: CLUSTER, interruptionQueue: expect.stringMatching(/aws_sqs_queue\.Karpenter/) as string },
  });
});

test("exposes what the identity needs before pods start with it", () => {
  expect(defaults.karpenter.ready).toHaveLength(2);
});

describe("a network without NAT", () => {
  const isolated = (endpointServices: string[]) => {
    const stack = testStack();
    const network = importedNetwork(stack, { hasNat: false, endpointServices });
    return { stack, cluster: testCluster(stack, { network }) };
  };
  const CLUSTER_SERVICES = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "logs", "sts"];

  test("needs the endpoints that Karpenter calls", () => {
    const { stack, cluster } = isolated(CLUSTER_SERVICES);
    assertRefusal(() => new KarpenterController(stack, "Karpenter", { cluster }), "ENDPOINTS_MISSING", {
      path: "test/Karpenter",
      allowed: /sqs, ssm/,
    });
  });

  test("makes the chart leave out what has no endpoint", () => {
    const { stack, cluster } = isolated([...CLUSTER_SERVICES, "sqs", "ssm"]);
    const { settings } = new KarpenterController(stack, "Karpenter", { cluster }).controllerValues;
    expect(settings.isolatedVPC).toBe(true);
  });
});
