import {
  AWS_PROVIDER_RANGE,
  Backend,
  ContractChannel,
  DatacenterStack,
  type DatacenterStackProps,
  environmentOf,
  isProtected,
  partitionOf,
  protectedLifecycle,
} from "cdktf-ai-datacenter/core";
import { addressesOf, dataOf, synthStack, testApp, testStack } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { AwsProvider, CloudwatchLogGroup, Vpc } from "../../lib/terraform/aws";
import { Construct, TerraformStack, Token } from "../../lib/terraform/cdktf";

const props: DatacenterStackProps = {
  stage: "prod",
  accountId: "012345678901",
  region: "eu-west-1",
  backend: Backend.local("state"),
};

describe("DatacenterStack", () => {
  test("binds one provider to one account and region", () => {
    const { provider } = synthStack(new DatacenterStack(testApp(), "prod-data", props));
    expect(provider.aws).toEqual([
      {
        region: "eu-west-1",
        allowed_account_ids: ["012345678901"],
        default_tags: [{ tags: { Stage: "prod", Stack: "prod-data", ManagedBy: "cdktf-ai-datacenter" } }],
      },
    ]);
  });

  test("assumes the deploy role", () => {
    const deployRoleArn = "arn:aws:iam::012345678901:role/deploy";
    const { provider } = synthStack(new DatacenterStack(testApp(), "prod-data", { ...props, deployRoleArn }));
    expect(provider.aws?.[0]).toMatchObject({ assume_role: [{ role_arn: deployRoleArn }] });
  });

  test("states full provider source and ranges instead of the version of the bindings", () => {
    const { terraform } = synthStack(new DatacenterStack(testApp(), "prod-data", props), { versions: true });
    expect(terraform).toEqual({
      required_providers: { aws: { source: "hashicorp/aws", version: AWS_PROVIDER_RANGE } },
    });
  });

  test("escapes the user's tags, and keeps its own from being overwritten", () => {
    const tags = { Owner: "${x} 100%{y}", "a${b}": "c", Stage: "fake" };
    const { provider } = synthStack(new DatacenterStack(testApp(), "prod-data", { ...props, tags }));
    expect(provider.aws?.[0]?.default_tags).toEqual([
      {
        tags: {
          "a$${b}": "c",
          ManagedBy: "cdktf-ai-datacenter",
          Owner: "$${x} 100%%{y}",
          Stack: "prod-data",
          Stage: "prod",
        },
      },
    ]);
  });

  test("reads and publishes under the stage unless a channel is given", () => {
    const stack = new DatacenterStack(testApp(), "prod-data", props);
    stack.channel.publish(stack, "data/v1", { bucket: "b" });
    expect(synthStack(stack)).toHaveResource("aws_ssm_parameter", { name: "/prod/data/v1/bucket" });
    const channel = ContractChannel.literals({});
    expect(testStack({ channel }).channel).toBe(channel);
  });

  const refusals: [Parameters<jest.JestMatchers<() => void>["toRefuse"]>[0], string, Partial<DatacenterStackProps>][] =
    [
      ["STACK_BACKEND_MISSING", "backend", { backend: undefined }],
      ["ACCOUNT_INVALID", "accountId", { accountId: "12345678901" }],
      ["ACCOUNT_INVALID", "accountId", { accountId: "" }],
      ["REGION_INVALID", "region", { region: "us-east-1a" }],
      ["REGION_INVALID", "region", { region: "Ireland" }],
    ];
  test.each(refusals)("refuses with %s a wrong %s: %j", (code, property, wrong) => {
    const make = () => new DatacenterStack(testApp(), "prod", { ...props, ...wrong });
    expect(make).toRefuse(code, { path: `prod.${property}`, got: Object.values(wrong)[0] });
  });

  test("refuses an id that vanishes from addresses", () => {
    expect(() => new DatacenterStack(testApp(), "prod.data", props)).toRefuse("ID_UNSAFE", { got: "prod.data" });
  });

  test("refuses a construct of another stack on both sides, and points to the channel", () => {
    const app = testApp();
    const [producer, consumer] = [testStack({ app, id: "producer" }), testStack({ app, id: "consumer" })];
    new CloudwatchLogGroup(consumer, "Group", { name: new Vpc(producer, "Vpc", {}).id });
    expect(() => synthStack(consumer)).toRefuse("CROSS_STACK_REFERENCE", { path: "consumer" });
    expect(() => synthStack(producer)).toRefuse("CROSS_STACK_REFERENCE", { path: "producer" });
    expect(() => synthStack(consumer)).toThrow("ContractChannel");
    expect(() => app.synth()).toThrow("[CROSS_STACK_REFERENCE]");
  });

  test("accepts the same values by a contract", () => {
    const app = testApp();
    const channel = ContractChannel.parameterStore("test");
    const [producer, consumer] = [
      testStack({ app, id: "producer", channel }),
      testStack({ app, id: "consumer", channel }),
    ];
    channel.publish(producer, "network/v1", { vpcId: new Vpc(producer, "Vpc", {}).id });
    const { vpcId } = channel.read(consumer, "network/v1", ["vpcId"], "producer");
    new CloudwatchLogGroup(consumer, "Group", { name: vpcId });
    expect(() => app.synth()).not.toThrow();
  });
});

describe("environmentOf", () => {
  test("is known in a DatacenterStack, and looks nothing up", () => {
    const stack = testStack({ region: "us-gov-west-1" });
    expect(environmentOf(new Construct(stack, "Child"))).toEqual({
      accountId: "123456789012",
      region: "us-gov-west-1",
      partition: "aws-us-gov",
    });
    expect(synthStack(stack).data).toEqual({});
  });

  test("is looked up once in any other stack", () => {
    const stack = new TerraformStack(testApp(), "plain");
    new AwsProvider(stack, "Aws", { region: "us-east-1" });
    const environment = environmentOf(new Construct(stack, "A"));
    expect(environmentOf(new Construct(stack, "B"))).toBe(environment);
    expect(
      Object.values({ ...environment }).filter((value) => Token.isUnresolved(value)).length,
    ).toBeGreaterThanOrEqual(3);
    const synthesized = synthStack(stack);
    for (const type of ["aws_caller_identity", "aws_region", "aws_partition"]) {
      expect(dataOf(synthesized, type)).toHaveLength(1);
    }
  });

  test.each([
    ["us-east-1", "aws"],
    ["cn-north-1", "aws-cn"],
    ["us-gov-east-1", "aws-us-gov"],
    ["us-iso-east-1", "aws-iso"],
    ["us-isob-east-1", "aws-iso-b"],
    ["eusc-de-east-1", "aws-eusc"],
  ])("knows that %s is in %s", (region, partition) => {
    expect(partitionOf(region)).toBe(partition);
    expect(environmentOf(testStack({ region })).partition).toBe(partition);
  });
});

describe("protection", () => {
  test("is on by default, and keeps what else the lifecycle says", () => {
    const stack = testStack();
    expect(isProtected(stack)).toBe(true);
    expect(protectedLifecycle(stack, { ignoreChanges: ["tags"] })).toEqual({
      ignoreChanges: ["tags"],
      preventDestroy: true,
    });
  });

  test("comes off by the one accepted word only", () => {
    for (const word of [true, "true", "yes"]) {
      expect(isProtected(testStack({ context: { "aidc:unprotected": word } }))).toBe(true);
    }
    const stack = testStack({ context: { "aidc:unprotected": "data-loss-accepted" } });
    expect(protectedLifecycle(stack, { ignoreChanges: ["tags"] })).toEqual({ ignoreChanges: ["tags"] });
  });
});

test("an empty stack has no resources", () => {
  expect(addressesOf(synthStack(testStack()))).toEqual([]);
});
