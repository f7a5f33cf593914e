import { expect as imported } from "@jest/globals";
import {
  assertRefusal,
  assertResource,
  assertResourceCount,
  differences,
  synthStack,
  testStack,
} from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { type ErrorCode, InvalidProps } from "../../lib/core";
import { Subnet, Vpc } from "../../lib/terraform/aws";
import { Construct } from "../../lib/terraform/cdktf";

const stack = testStack();
new Vpc(stack, "Vpc", { cidrBlock: "10.0.0.0/16" });
new Subnet(stack, "A", { vpcId: "vpc", cidrBlock: "10.0.0.0/20", availabilityZone: "us-east-1a", tags: { Name: "a" } });
new Subnet(stack, "B", {
  vpcId: "vpc",
  cidrBlock: "10.0.16.0/20",
  availabilityZone: "us-east-1b",
  tags: { Name: "b" },
});
const synthesized = synthStack(stack);

describe("toHaveResource", () => {
  test("holds when a resource has the properties and more", () => {
    expect(synthesized).toHaveResource("aws_subnet");
    expect(synthesized).toHaveResource("aws_subnet", { cidr_block: "10.0.16.0/20", tags: { Name: "b" } });
    expect(synthesized).not.toHaveResource("aws_subnet", { cidr_block: "10.0.0.0/20", tags: { Name: "b" } });
    imported(synthesized).not.toHaveResource("aws_eip");
  });

  test("understands patterns, absence and matchers", () => {
    const subset = { cidr_block: /^10\.0\.16\./, ipv6_cidr_block: undefined, vpc_id: expect.stringContaining("v") };
    expect(synthesized).toHaveResource("aws_subnet", subset);
    expect(synthesized).not.toHaveResource("aws_subnet", { ...subset, vpc_id: expect.stringContaining("w") });
    expect(synthesized).not.toHaveResource("aws_subnet", { vpc_id: undefined });
  });

  test("shows the closest resource and only where it differs", () => {
    const wanted = { cidr_block: "10.0.16.0/20", availability_zone: "us-east-1b", tags: { Name: "c", Team: "x" } };
    expect(messageOf(() => assertResource(synthesized, "aws_subnet", wanted))).toBe(
      [
        "none of 2 aws_subnet has these properties. Closest, 2 of 4 equal: aws_subnet.B",
        '  tags.Name: expected "c", got "b"',
        '  tags.Team: expected "x", got nothing',
      ].join("\n"),
    );
    expect(messageOf(() => expect(synthesized).toHaveResource("aws_subnet", wanted))).toContain("aws_subnet.B");
  });

  test("names the types of the stack when there is none of the type", () => {
    expect(messageOf(() => assertResource(synthesized, "aws_subnets"))).toBe(
      "no aws_subnets in the stack. It has aws_subnet (2), aws_vpc (1).",
    );
  });

  test("says what it found when it should not have", () => {
    expect(messageOf(() => expect(synthesized).not.toHaveResource("aws_vpc"))).toContain("found aws_vpc.Vpc");
  });
});

describe("toHaveResourceCount", () => {
  test("counts and lists", () => {
    expect(synthesized).toHaveResourceCount("aws_subnet", 2);
    expect(messageOf(() => assertResourceCount(synthesized, "aws_subnet", 3))).toBe(
      "expected 3 aws_subnet, found 2. aws_subnet.A, aws_subnet.B",
    );
    expect(messageOf(() => assertResourceCount(synthesized, "aws_eip", 1))).toContain("It has aws_subnet (2)");
  });
});

describe("toRefuse", () => {
  const refuse = (code: ErrorCode) => () => {
    throw new InvalidProps(code, "test/Network.cidr", { got: { a: [1] }, allowed: "b" });
  };

  test("holds for the code, and for path and value where given", () => {
    expect(refuse("CIDR_INVALID")).toRefuse("CIDR_INVALID");
    expect(refuse("CIDR_INVALID")).toRefuse("CIDR_INVALID", { path: "test/Network.cidr", got: { a: [1] } });
    expect(refuse("CIDR_INVALID")).not.toRefuse("CIDR_OVERLAP");
    expect(refuse("CIDR_INVALID")).not.toRefuse("CIDR_INVALID", { got: { a: [2] } });
    expect(refuse("CIDR_INVALID")).not.toRefuse("CIDR_INVALID", { got: undefined });
  });

  test("says what happened instead", () => {
    expect(messageOf(() => assertRefusal(() => 1, "CIDR_INVALID"))).toContain("nothing was refused");
    expect(messageOf(() => assertRefusal(refuse("ZONES_EMPTY"), "CIDR_INVALID"))).toContain("[ZONES_EMPTY]");
    const wrong = messageOf(() => assertRefusal(refuse("CIDR_INVALID"), "CIDR_INVALID", { path: "test/X" }));
    expect(wrong).toBe('refused with CIDR_INVALID, but\n  path: expected "test/X", got "test/Network.cidr"');
    const boom = () => {
      throw new TypeError("boom");
    };
    expect(messageOf(() => assertRefusal(boom, "CIDR_INVALID"))).toContain("TypeError: boom");
  });

  test("sees refusals of validations", () => {
    const failing = testStack();
    const refusal = new InvalidProps("CROSS_STACK_REFERENCE", "test/X", { got: "y", allowed: "z" });
    new Construct(failing, "X").node.addValidation({ validate: () => [refusal.message] });
    expect(() => synthStack(failing)).toRefuse("CROSS_STACK_REFERENCE", { path: "test/X", got: "y" });
  });
});

describe("differences", () => {
  test("compares lists by their whole length", () => {
    expect(differences([1], [1, 2])).toEqual([{ path: "[1]", expected: undefined, got: 2 }]);
    expect(differences({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toEqual([{ path: "a[1].b", expected: 2, got: 3 }]);
    expect(differences({ a: [] }, { a: "x" })).toEqual([{ path: "a", expected: [], got: "x" }]);
  });

  test("quotes keys that hold dots", () => {
    expect(differences({ t: { "a.b/c": 1 } }, { t: {} })).toEqual([
      { path: 't["a.b/c"]', expected: 1, got: undefined },
    ]);
  });
});

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("expected a failure");
}
