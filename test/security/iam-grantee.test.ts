import { synthStack, testStack, theResource } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import type { PolicyStatement } from "../../lib/contracts";
import { IamGrantee } from "../../lib/security";
import { S3Bucket } from "../../lib/terraform/aws";

const statement = (name: string): PolicyStatement => ({
  actions: ["s3:GetObject"],
  resources: [`arn:aws:s3:::${name}`],
});

function policyAfter(...statements: PolicyStatement[]): string {
  const stack = testStack();
  const grantee = new IamGrantee(stack, "Permissions", { roleName: "trainer" });
  for (const each of statements) grantee.allow(each);
  return String(theResource(synthStack(stack), "aws_iam_role_policy").properties.policy);
}

describe("IamGrantee", () => {
  test("makes no policy before something is allowed, and one after", () => {
    const stack = testStack();
    const grantee = new IamGrantee(stack, "Permissions", { roleName: "trainer" });
    expect(grantee.policy).toBeUndefined();
    expect(synthStack(stack)).toHaveResourceCount("aws_iam_role_policy", 0);
    grantee.allow(statement("a"));
    grantee.allow(statement("b"));
    expect(grantee.policy).toBeDefined();
    const json = synthStack(stack);
    expect(json).toHaveResourceCount("aws_iam_role_policy", 1);
    expect(json).toHaveResource("aws_iam_role_policy", { name: "grants", role: "trainer" });
  });

  test("writes equal statements once, in one order, whoever asks first", () => {
    const policy = policyAfter(statement("b"), statement("a"), statement("b"));
    expect(policy).toBe(policyAfter(statement("a"), statement("b")));
    expect(policy.match(/GetObject/g)).toHaveLength(2);
  });

  test("tells statements about different resources apart, and orders them as Terraform reads them", () => {
    const policy = (...order: readonly string[]) => {
      const stack = testStack();
      const arns = new Map(order.map((id) => [id, new S3Bucket(stack, id, {}).arn]));
      const grantee = new IamGrantee(stack, "Permissions", { roleName: "trainer" });
      for (const id of order) grantee.allow({ actions: ["s3:GetObject"], resources: [String(arns.get(id))] });
      return theResource(synthStack(stack), "aws_iam_role_policy").properties.policy;
    };
    expect(policy("A", "B", "C")).toBe(policy("C", "B", "A"));
    expect(policy("A", "B")).toContain("${aws_s3_bucket.B.arn}");
  });

  test("is the same when it is rendered twice", () => {
    const stack = testStack();
    new IamGrantee(stack, "Permissions", { roleName: "trainer" }).allow(statement("a"));
    expect(synthStack(stack)).toEqual(synthStack(stack));
  });

  test("refuses at synth what IAM is certain to refuse: a policy beyond 10,240 characters", () => {
    const names = (count: number) =>
      Array.from({ length: count }, (_, index) => statement(`${index}`.padStart(60, "x")));
    expect(() => policyAfter(...names(80))).toRefuse("POLICY_TOO_LARGE", { path: "test/Permissions" });
    expect(() => policyAfter(...names(70))).not.toThrow();
  });

  test("refuses an id that vanishes from addresses", () => {
    expect(() => new IamGrantee(testStack(), "a.b", { roleName: "r" })).toRefuse("ID_UNSAFE");
  });
});
