import { ContractChannel, listMember } from "cdktf-ai-datacenter/core";
import { dataOf, synthStack, testApp, testStack, theData } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { Vpc } from "../../lib/terraform/aws";
import { TerraformOutput } from "../../lib/terraform/cdktf";

describe("parameterStore", () => {
  const channel = ContractChannel.parameterStore("prod");

  test("publishes each value as a plain parameter that names its producer", () => {
    const stack = testStack({ id: "prod-foundation", channel });
    channel.publish(stack, "network/v1", { vpcId: "vpc-1", subnetIds: "a,b" });
    const synthesized = synthStack(stack);
    expect(synthesized).toHaveResourceCount("aws_ssm_parameter", 2);
    expect(synthesized).toHaveResource("aws_ssm_parameter", {
      name: "/prod/network/v1/vpcId",
      type: "String",
      insecure_value: "vpc-1",
      description: "vpcId of contract network/v1, published by prod-foundation",
    });
  });

  test("publishes user text as it is", () => {
    const stack = testStack({ id: "prod-foundation", channel });
    channel.publish(stack, "notes/v1", { owner: "${team} 100%{x}" });
    expect(synthStack(stack)).toHaveResource("aws_ssm_parameter", { insecure_value: "$${team} 100%%{x}" });
  });

  test("reads what it publishes, by the same names and in the open", () => {
    const stack = testStack({ id: "prod-cluster", channel });
    const { vpcId } = channel.read(stack, "network/v1", ["vpcId"], "prod-foundation");
    new TerraformOutput(stack, "Vpc", { value: vpcId });
    const synthesized = synthStack(stack);
    const parameter = theData(synthesized, "aws_ssm_parameter");
    expect(parameter.properties.name).toBe("/prod/network/v1/vpcId");
    expect(synthesized.output.Vpc).toEqual({ value: `\${${parameter.address}.insecure_value}` });
  });

  test("checks before reading that each value is there, and names what to deploy where not", () => {
    const stack = testStack({ id: "prod-cluster", channel });
    channel.read(stack, "network/v1", ["vpcId", "subnetIds"], "prod-foundation");
    const synthesized = synthStack(stack);
    const present = theData(synthesized, "aws_ssm_parameters_by_path");
    expect(present.properties).toMatchObject({
      path: "/prod/network/v1",
      with_decryption: false,
      lifecycle: {
        postcondition: [
          {
            condition: '${contains(self.names, "/prod/network/v1/vpcId")}',
            error_message: expect.stringContaining("cdktf deploy 'prod-foundation'"),
          },
          { condition: '${contains(self.names, "/prod/network/v1/subnetIds")}' },
        ],
      },
    });
    for (const { properties } of dataOf(synthesized, "aws_ssm_parameter")) {
      expect(properties.depends_on).toEqual([present.address]);
    }
  });

  test("makes the reading stack depend on the producer where both are in one app", () => {
    const app = testApp();
    const producer = testStack({ app, id: "prod-foundation", channel });
    const consumer = testStack({ app, id: "prod-cluster", channel });
    channel.read(consumer, "network/v1", ["vpcId"], "prod-foundation");
    expect(consumer.dependencies).toEqual([producer]);
    channel.read(consumer, "keys/v1", ["arn"], "made-elsewhere");
    expect(consumer.dependencies).toEqual([producer]);
  });

  test("adds no stack dependency by publishing", () => {
    const stack = testStack({ channel });
    channel.publish(stack, "network/v1", { vpcId: "vpc-1" });
    expect(stack.dependencies).toEqual([]);
  });

  test.each(["network", "network/1", "network/v0", "Network/v1", "a/b/v1", "network/v1/"])(
    "refuses the contract name %j, on both sides",
    (contract) => {
      const stack = testStack({ channel });
      expect(() => channel.publish(stack, contract, {})).toRefuse("CONTRACT_NAME_INVALID", {
        got: contract,
        path: "test",
      });
      expect(() => channel.read(stack, contract, [], "p")).toRefuse("CONTRACT_NAME_INVALID", { got: contract });
    },
  );

  test.each(["VpcId", "vpc_id", "a/b", ""])("refuses the key %j, on both sides", (key) => {
    const stack = testStack({ channel });
    expect(() => channel.publish(stack, "n/v1", { [key]: "x" })).toRefuse("CONTRACT_NAME_INVALID", { got: key });
    expect(() => channel.read(stack, "n/v1", [key], "p")).toRefuse("CONTRACT_NAME_INVALID", { got: key });
  });

  test.each(["", "/prod", "a/b", 'a"b', "${x}", "aws-prod", "ssm"])("refuses the prefix %j", (prefix) => {
    expect(() => ContractChannel.parameterStore(prefix)).toRefuse("CONTRACT_NAME_INVALID", { got: prefix });
  });
});

describe("literals", () => {
  const channel = ContractChannel.literals({ "network/v1": { vpcId: "vpc-1", zone: "a" } });

  test("gives the values, and writes nothing on either side", () => {
    const stack = testStack();
    channel.publish(stack, "other/v1", { a: "b" });
    expect(channel.read(stack, "network/v1", ["vpcId"], "foundation")).toEqual({ vpcId: "vpc-1" });
    expect(synthStack(stack)).toMatchObject({ resource: {}, data: {} });
  });

  test("refuses what it does not hold, and says what it holds", () => {
    const stack = testStack();
    const read = () => channel.read(stack, "network/v1", ["vpcId", "subnetIds", "cidr"], "foundation");
    expect(read).toRefuse("CONTRACT_VALUE_MISSING", { path: "test.network/v1", got: ["vpcId", "zone"] });
    expect(read).toThrow("subnetIds, cidr");
    const unknown = () => channel.read(stack, "keys/v1", ["arn"], "foundation");
    expect(unknown).toRefuse("CONTRACT_VALUE_MISSING", { got: [] });
  });
});

describe("a member of a list that travelled as one string", () => {
  test("is read by its index where the list is known at plan, never wrapped around", () => {
    const stack = testStack();
    const { id } = new Vpc(stack, "Vpc", {});
    new TerraformOutput(stack, "Second", { value: listMember(id, 1) });
    expect(synthStack(stack).output.Second).toEqual({ value: '${split(",", aws_vpc.Vpc.id).1}' });
  });

  test("is taken at synth from a literal", () => {
    expect([0, 1].map((index) => listMember("a,b", index))).toEqual(["a", "b"]);
  });

  test.each([
    ["a,b", 2],
    ["a,b", -1],
    ["a,b", 0.5],
    ["a,,b", 1],
    ["", 0],
  ])("is refused where the literal %j has none at %j", (joined, index) => {
    expect(() => listMember(joined, index)).toRefuse("CONTRACT_VALUE_MISSING", { path: "listMember", got: joined });
    expect(() => listMember(joined, index, "test/Network")).toRefuse("CONTRACT_VALUE_MISSING", {
      path: "test/Network",
    });
  });
});
