import { identityPolicy, resourcePolicy, serviceTrust } from "../../lib/security";

describe("policy documents", () => {
  test("write lists of one as IAM gives them back, and leave out what was not said", () => {
    expect(identityPolicy([{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::data/*"] }])).toBe(
      '{"Statement":[{"Action":"s3:GetObject","Effect":"Allow","Resource":"arn:aws:s3:::data/*"}],"Version":"2012-10-17"}',
    );
    expect(identityPolicy([{ sid: "Two", actions: ["a:B", "a:C"], resources: ["*"] }])).toBe(
      '{"Statement":[{"Action":["a:B","a:C"],"Effect":"Allow","Resource":"*","Sid":"Two"}],"Version":"2012-10-17"}',
    );
  });

  test("do not depend on the order in which members are written", () => {
    const one = { actions: ["a:B"], resources: ["*"], conditions: { Bool: { x: "1" }, ArnLike: { b: "2", a: "3" } } };
    const other = { conditions: { ArnLike: { a: "3", b: "2" }, Bool: { x: "1" } }, resources: ["*"], actions: ["a:B"] };
    expect(identityPolicy([one])).toBe(identityPolicy([other]));
  });

  test("allow unless they say deny", () => {
    const base = { sid: "S", principals: "*" as const, actions: ["s3:*"], resources: ["*"] };
    const effects = (
      JSON.parse(resourcePolicy([base, { ...base, effect: "Deny" }])) as { Statement: { Effect: string }[] }
    ).Statement;
    expect(effects.map(({ Effect }) => Effect)).toEqual(["Allow", "Deny"]);
  });

  test("keep what Terraform would read as a template as text: IAM has variables of the same form", () => {
    const policy = identityPolicy([{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::home/${aws:username}/*"] }]);
    expect(policy).toContain("home/$${aws:username}/*");
  });

  test("bind the trust of a service to whom it acts for, where it says so", () => {
    expect(JSON.parse(serviceTrust("ec2.amazonaws.com"))).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Sid: "Assume", Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
      ],
    });
    const arn = "arn:aws:ec2:us-east-1:123456789012:vpc-flow-log/*";
    expect(JSON.parse(serviceTrust("vpc-flow-logs.amazonaws.com", { accountId: "123456789012", arn }))).toMatchObject({
      Statement: [
        {
          Condition: {
            ArnLike: { "aws:SourceArn": arn },
            StringEquals: { "aws:SourceAccount": "123456789012" },
          },
        },
      ],
    });
  });
});
