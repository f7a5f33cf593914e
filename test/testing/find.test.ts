import {
  addressesOf,
  dataOf,
  resourcesOf,
  synthStack,
  testStack,
  theData,
  theResource,
  valueAt,
} from "cdktf-ai-datacenter/testing";
import { Construct } from "../../lib/terraform/cdktf";
import { DataAwsRegion, Subnet, Vpc } from "../../lib/terraform/aws";

const stack = testStack();
const vpc = new Vpc(stack, "Vpc", { tags: { "kubernetes.io/role/elb": "1" } });
const subnets = new Construct(stack, "Subnets");
for (const zone of ["b", "a"]) new Subnet(subnets, `Private-${zone}`, { vpcId: vpc.id });
new DataAwsRegion(stack, "Region", {});
const synthesized = synthStack(stack);

test("finds resources of a type, sorted by address", () => {
  expect(resourcesOf(synthesized, "aws_subnet").map(({ address }) => address)).toEqual([
    expect.stringMatching(/^aws_subnet\.Subnets_Private-a_/),
    expect.stringMatching(/^aws_subnet\.Subnets_Private-b_/),
  ]);
  expect(resourcesOf(synthesized, "aws_eip")).toEqual([]);
});

test("finds data sources under their own prefix", () => {
  expect(dataOf(synthesized, "aws_region")).toEqual([{ address: "data.aws_region.Region", properties: {} }]);
  expect(theData(synthesized, "aws_region").address).toBe("data.aws_region.Region");
});

test("finds the one resource by a part of its name", () => {
  expect(theResource(synthesized, "aws_vpc").address).toBe("aws_vpc.Vpc");
  expect(theResource(synthesized, "aws_subnet", "Private-b").properties.vpc_id).toBe("${aws_vpc.Vpc.id}");
});

test("refuses an ambiguous part and lists what it matches", () => {
  expect(() => theResource(synthesized, "aws_subnet", "Private")).toThrow(
    /expected one resource aws_subnet whose name holds "Private", found 2\. Candidates:\n {2}aws_subnet\.Subnets_Private-a_\w+\n/,
  );
});

test("refuses a part that nothing matches and lists the candidates", () => {
  expect(() => theResource(synthesized, "aws_subnet", "Public")).toThrow(/found 0\. Candidates:\n {2}aws_subnet/);
});

test("refuses a type that is not there and lists the types", () => {
  expect(() => theResource(synthesized, "aws_eip")).toThrow("No such type; the stack has:\n  aws_subnet\n  aws_vpc");
});

test("lists all addresses for a ledger", () => {
  expect(addressesOf(synthesized)).toEqual([
    expect.stringMatching(/^aws_subnet\.Subnets_Private-a_[0-9A-F]{8}$/),
    expect.stringMatching(/^aws_subnet\.Subnets_Private-b_[0-9A-F]{8}$/),
    "aws_vpc.Vpc",
  ]);
});

test("reads a value at a path, through lists and keys with dots", () => {
  const value = { rule: [{ filter: { prefix: "a/" } }], tags: { "kubernetes.io/role/elb": "1" } };
  expect(valueAt(value, "rule[0].filter.prefix")).toBe("a/");
  expect(valueAt(value, 'tags["kubernetes.io/role/elb"]')).toBe("1");
  expect(valueAt(value, "rule[1].filter.prefix")).toBeUndefined();
});
