import { policyOf } from "cdktf-ai-datacenter/testing";

const written = (statement: unknown) => JSON.stringify({ Version: "2012-10-17", Statement: statement });

test("reads policies that mean the same as equal", () => {
  const one = written({ Effect: "Allow", Action: "s3:GetObject", Resource: ["b", "a"] });
  const other = written([{ Resource: ["a", "b"], Action: ["s3:GetObject"], Effect: "Allow" }]);
  expect(policyOf(one)).toEqual(policyOf(other));
});

test("sorts statements by Sid and keeps what differs", () => {
  const policy = policyOf(
    written([
      { Sid: "B", Effect: "Deny", Principal: "*", NotAction: "s3:*", Resource: "*" },
      { Sid: "A", Effect: "Allow", Principal: { AWS: "x" }, Action: ["b", "a"], Condition: { Bool: { k: "true" } } },
    ]),
  );
  expect(policy.Statement).toEqual([
    { Sid: "A", Effect: "Allow", Principal: { AWS: ["x"] }, Action: ["a", "b"], Condition: { Bool: { k: ["true"] } } },
    { Sid: "B", Effect: "Deny", Principal: { "*": ["*"] }, NotAction: ["s3:*"], Resource: ["*"] },
  ]);
});

test("keeps references, even those that hold quotes and braces", () => {
  const reference = '${element(split(",", "${data.x.y}"), 0)}/*';
  const text = `{"Statement":[{"Effect":"Allow","Action":"a","Resource":"${reference}"}]}`;
  expect(policyOf(text).Statement[0]?.Resource).toEqual([reference]);
});

test("keeps what is escaped for Terraform as it is written", () => {
  expect(
    policyOf(written({ Effect: "Allow", Action: "a", Resource: "$${aws:username}" })).Statement[0]?.Resource,
  ).toEqual(["$${aws:username}"]);
});

test("refuses what is no policy", () => {
  expect(() => policyOf(undefined)).toThrow("a policy is JSON text, got nothing");
  expect(() => policyOf("{")).toThrow("a policy is JSON text, got {");
  expect(() => policyOf('{"Version":"1"}')).toThrow("a policy has statements");
});
