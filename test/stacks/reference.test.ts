import { EncryptionKey } from "cdktf-ai-datacenter/security";
import { resourcesOf, synthApp, testApp } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { type StageConfig, stages } from "../../stacks/config";
import { addStage, stageFloor } from "../../stacks/datacenter";
import { describeFloor } from "../../stacks/describe-floor";
import { synthStages } from "../snapshot/stacks";

const prod = stages.find(({ name }) => name === "prod") as StageConfig;
const stacks = synthStages();

function dependencies(id: string): string[] {
  const app = testApp();
  addStage(app, prod);
  const stack = app.node.findChild(id) as unknown as { dependencies: { node: { id: string } }[] };
  return stack.dependencies.map(({ node }) => node.id).sort();
}

test("stacks depend on those whose contracts they read", () => {
  expect(dependencies("prod-foundation")).toEqual([]);
  expect(dependencies("prod-data")).toEqual(["prod-foundation"]);
  expect(dependencies("prod-cluster")).toEqual(["prod-data", "prod-foundation"]);
});

test("the provider of every stack is bound to the stage's account", () => {
  for (const [id, { provider }] of Object.entries(stacks)) {
    expect({ id, accounts: provider.aws?.[0]?.allowed_account_ids }).toEqual({ id, accounts: ["123456789012"] });
  }
});

test("a deploy role is assumed for every call", () => {
  const deployRoleArn = "arn:aws:iam::123456789012:role/Deployer";
  const synthesized = synthStages([{ ...prod, deployRoleArn }]);
  for (const id of ["prod-foundation", "prod-data", "prod-cluster"]) {
    expect(synthesized[id]?.provider.aws?.[0]?.assume_role).toEqual([{ role_arn: deployRoleArn }]);
  }
});

test("the cluster key is granted to every service that its consumers name, the data key to none", () => {
  const keys = stacks["prod-foundation"]?.resource.aws_kms_key ?? {};
  const keyOf = (id: string) => JSON.stringify(Object.entries(keys).find(([name]) => name.startsWith(id))?.[1]);
  const policy = keyOf("ClusterKey");
  expect(keyOf("DataKey")).not.toContain("Service");
  expect(policy).toContain("AWSServiceRoleForAutoScaling");
  expect(policy).toContain("logs.us-east-1.amazonaws.com");
});

test("a permissions boundary bounds every role of a stage", () => {
  const permissionsBoundaryArn = "arn:aws:iam::123456789012:policy/Boundary";
  const synthesized = synthStages([{ ...prod, permissionsBoundaryArn }]);
  const roles = Object.values(synthesized).flatMap((stack) => resourcesOf(stack, "aws_iam_role"));
  expect(roles.length).toBeGreaterThan(6);
  for (const { address, properties } of roles) {
    expect({ address, boundary: properties.permissions_boundary }).toEqual({
      address,
      boundary: permissionsBoundaryArn,
    });
  }
});

test("teams write their own models and checkpoints, and scratch data goes by itself", () => {
  const policies = Object.entries(stacks["prod-cluster"]?.resource.aws_iam_role_policy ?? {});
  const policy = JSON.stringify(policies.filter(([name]) => name.startsWith("Team-research")));
  expect(policy).toContain("research/*");
  const rules = JSON.stringify(stacks["prod-data"]?.resource.aws_s3_bucket_lifecycle_configuration);
  expect(rules).toContain("research/scratch/");
});

test("dev has one NAT gateway and no endpoint that costs", () => {
  const dev = stacks["dev-foundation"] as (typeof stacks)[string];
  expect(dev).toHaveResourceCount("aws_nat_gateway", 1);
  expect(dev).toHaveResourceCount("aws_vpc_endpoint", 1);
});

test("no accelerator node runs until somebody asks for one", () => {
  for (const id of ["dev-cluster", "prod-cluster"]) {
    for (const [name, group] of Object.entries(stacks[id]?.resource.aws_eks_node_group ?? {})) {
      const desired = (group.scaling_config as { desired_size: number }).desired_size;
      expect({ name, desired }).toEqual({ name, desired: name.includes("SystemPool") ? 2 : 0 });
    }
  }
});

test("the hourly floor names every line that costs", () => {
  const text = describeFloor("prod", stageFloor(prod));
  expect(text).toMatch(/^prod: 0\.\d\d USD per hour at list price/);
  expect(text).toContain("3 x NAT gateway, price of 2026-");
  expect(text).toContain("system pool (m7i.large)");
});

test("a construct of one stack used in another is refused", () => {
  const app = testApp();
  addStage(app, prod);
  const key = app.node.findChild("prod-foundation").node.findChild("DataKey") as EncryptionKey;
  new EncryptionKey(app.node.findChild("prod-data"), "Mine", { description: key.keyArn });
  expect(() => synthApp(app)).toRefuse("CROSS_STACK_REFERENCE");
});
