import { Capacity, Fabric, GpuNodePool } from "cdktf-ai-datacenter/compute";
import { Backend, ContractChannel, DatacenterStack } from "cdktf-ai-datacenter/core";
import { EncryptionKey } from "cdktf-ai-datacenter/security";
import { assertRefusal, resourcesOf, synthStack, testApp, testStack, theResource } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { KarpenterController } from "../../../lib/compute/karpenter/controller";
import { ElasticNodePool } from "../../../lib/compute/karpenter/elastic-node-pool";
import type { ElasticNodePoolProps } from "../../../lib/compute/karpenter/elastic-options";
import { TerraformOutput, TerraformStack } from "../../../lib/terraform/cdktf";
import { KEY_ARN, testCluster } from "../fixtures";
import { P5, RESERVATION } from "./matrix";

interface Facts {
  readonly "//": { readonly aidc: { readonly pools: Readonly<Record<string, unknown>> } };
}

const KARPENTER = { instanceProfileName: "prod-karpenter-node", staticCapacity: false };

function elastic(options: Partial<ElasticNodePoolProps> = {}, stack = testStack()) {
  const props = { cluster: options.cluster ?? testCluster(stack), karpenter: KARPENTER, ...P5, ...options };
  const pool = new ElasticNodePool(stack, "training", props);
  new TerraformOutput(stack, "Manifests", { value: pool.manifests });
  const synthesized = synthStack(stack);
  return { stack: synthesized, pool, manifests: synthesized.output.Manifests?.value as typeof pool.manifests };
}

describe("an all-defaults p5 pool", () => {
  const { stack, pool, manifests } = elastic();

  test("makes its group and its placement group, and no node group or launch template", () => {
    expect(stack).toHaveResource("aws_placement_group", { name: "test-training", strategy: "cluster" });
    expect(resourcesOf(stack, "aws_security_group").filter(({ address }) => /training/.test(address))).toHaveLength(1);
    const managed = ["aws_eks_node_group", "aws_launch_template"].flatMap((type) => resourcesOf(stack, type));
    expect(managed.filter(({ address }) => /training/.test(address))).toEqual([]);
  });

  test("names what it made in the manifests, and the controller's profile", () => {
    const { spec } = manifests.nodeClass;
    expect(spec.instanceProfile).toBe("prod-karpenter-node");
    expect(spec.subnetSelectorTerms).toEqual([{ id: "subnet-gpu-a" }]);
    expect(spec.securityGroupSelectorTerms).toEqual([
      { id: expect.stringMatching(/^\$\{aws_eks_cluster\.Cluster_\w+\.vpc_config\[0\]\.cluster_security_group_id\}$/) },
      { id: expect.stringMatching(/^\$\{aws_security_group\.training_SecurityGroup_\w+\.id\}$/) },
    ]);
    expect(spec.placementGroupSelector).toEqual({ name: expect.stringMatching(/aws_placement_group\.training/) });
    expect(spec.blockDeviceMappings[0]?.ebs.kmsKeyID).toBe(KEY_ARN);
  });

  test("has tokens for identifiers only", () => {
    const tokens = JSON.stringify(manifests).match(/\$\{[^}]*\}/g) ?? [];
    expect(tokens.map((token) => /\$\{(aws_\w+?)\./.exec(token)?.[1]).sort()).toEqual([
      "aws_eks_cluster",
      "aws_placement_group",
      "aws_security_group",
    ]);
  });

  test("tells workloads what a managed pool of the same options tells, but for huge pages, which Karpenter knows not of", () => {
    const other = testStack();
    const { instanceType, maxNodes, zones } = P5;
    const managed = new GpuNodePool(other, "training", { cluster: testCluster(other), instanceType, maxNodes, zones });
    const { "hugepages-2Mi": pages, ...wholeNodeResources } = managed.profile.wholeNodeResources;
    expect(pages).toBe("5120Mi");
    const fabricEnvironment = { FI_EFA_USE_HUGE_PAGE: "0" };
    expect(pool.profile).toEqual({ ...managed.profile, wholeNodeResources, fabricEnvironment });
  });

  test("asks AWS in the plan, and leaves its facts to preflight", () => {
    const { lifecycle } = theResource(stack, "terraform_data", "training_PlanChecks").properties;
    expect((lifecycle as { precondition: unknown[] }).precondition).toHaveLength(2);
    const { pools } = (TerraformStack.of(pool).toTerraform() as Facts)["//"].aidc;
    expect(pools.training).toMatchObject({ instanceType: "p5.48xlarge", maxNodes: 4, zones: ["us-east-1a"] });
  });
});

test("tags nodes as managed ones are tagged, without Terraform's escapes", () => {
  const stack = new DatacenterStack(testApp(), "prod", {
    stage: "prod",
    accountId: "123456789012",
    region: "us-east-1",
    backend: Backend.local("state"),
    channel: ContractChannel.literals({}),
    tags: { Formula: "${a} %{b} $${c}" },
  });
  const { manifests } = elastic({ tags: { CostCenter: "${42}" } }, stack);
  expect(manifests.nodeClass.spec.tags).toEqual({
    CostCenter: "${42}",
    Formula: "${a} %{b} $${c}",
    ManagedBy: "cdktf-ai-datacenter",
    Name: "prod/training",
    Stack: "prod",
    Stage: "prod",
  });
});

test("asks nothing in the plan where that is not wanted", () => {
  expect(elastic({ planChecks: false }).stack).toHaveResourceCount("terraform_data", 0);
});

test("makes no placement group around a reservation, nor without EFA", () => {
  const capacity = Capacity.reservation(RESERVATION, "us-east-1a");
  expect(elastic({ capacity }).stack).toHaveResourceCount("aws_placement_group", 0);
  expect(elastic({ fabric: Fabric.NONE }).stack).toHaveResourceCount("aws_placement_group", 0);
});

test("asks the key for EC2 Spot where nodes are bought so", () => {
  const stack = testStack();
  const cluster = testCluster(stack);
  const encryptionKey = EncryptionKey.fromAttributes(stack, "Other", { keyArn: KEY_ARN });
  const withKey = Object.create(cluster, { encryptionKey: { value: encryptionKey } }) as never;
  const props = { ...P5, cluster: withKey, karpenter: KARPENTER, fabric: Fabric.NONE, instanceType: "g6e.12xlarge" };
  assertRefusal(
    () => new ElasticNodePool(stack, "cheap", { ...props, capacity: Capacity.spot() }),
    "KEY_GRANT_MISSING",
    { path: "test/cheap" },
  );
  expect(() => new ElasticNodePool(stack, "plain", props)).not.toThrow();
});

describe("a fixed count", () => {
  const fixed = { maxNodes: undefined, capacity: Capacity.static(2), acceptHourlyCost: 200 };

  test("is refused while the controller's gate is closed", () => {
    assertRefusal(() => elastic(fixed), "CAPACITY_CONFLICT", {
      path: "test/training.capacity",
      allowed: /staticCapacity/,
    });
  });

  test("works with a controller that opens it", () => {
    const stack = testStack();
    const cluster = testCluster(stack);
    const karpenter = new KarpenterController(stack, "Karpenter", { cluster, staticCapacity: true });
    const { manifests } = elastic({ ...fixed, cluster, karpenter }, stack);
    expect(manifests.nodePool.spec.replicas).toBe(2);
    expect(manifests.nodeClass.spec.instanceProfile).toMatch(/^\$\{aws_iam_instance_profile\.Karpenter/);
  });
});

test("lets customize have the last word on the manifests", () => {
  const { manifests } = elastic({
    customize: ({ nodeClass, nodePool }) => ({
      nodeClass: { ...nodeClass, spec: { ...nodeClass.spec, userData: "#!/bin/bash" } },
      nodePool,
    }),
  });
  expect(manifests.nodeClass.spec.userData).toBe("#!/bin/bash");
});

test("shows warnings that nobody has acknowledged, and takes a reason", () => {
  const gang = { instanceType: "g6e.12xlarge", fabric: Fabric.NONE, purpose: "training" as never };
  expect(() => elastic({ ...gang, acknowledgeWarnings: { FABRIC_MISSING: "a tiny model" } })).not.toThrow();
  assertRefusal(() => elastic({ acknowledgeWarnings: { FABRIC_MISSING: "why" } }), "WARNING_ACKNOWLEDGEMENT_INVALID");
});
