import { bucketName, NameRule, physicalName } from "cdktf-ai-datacenter/core";
import "cdktf-ai-datacenter/testing/jest";
import fc from "fast-check";
import { Token } from "../../lib/terraform/cdktf";

const RULES = Object.entries(NameRule).filter((entry): entry is [string, NameRule] => entry[1] instanceof NameRule);
const id = fc.stringMatching(/^[A-Z][A-Za-z0-9_-]{1,40}$/);
const path = fc.array(id, { minLength: 2, maxLength: 8 }).map((ids) => ids.join("/"));

describe("derived names", () => {
  test("are the words of the path in lower case", () => {
    expect(physicalName(NameRule.IAM_ROLE, "prod-data/AccessLogs/Role2")).toBe("prod-data-access-logs-role2");
  });

  test.each(RULES)("are legal for %s, whatever the path", (_name, rule) => {
    fc.assert(
      fc.property(path, (at) => {
        const name = physicalName(rule, `prod/${at}`);
        expect(name.length).toBeLessThanOrEqual(rule.maxLength);
        expect(name).toMatch(rule.pattern);
      }),
    );
  });

  test("differ where paths of plain words differ, also when they had to be cut", () => {
    const words = fc.array(fc.stringMatching(/^[a-z][a-z0-9]{0,15}$/), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(words, words, (a, b) => {
        fc.pre(a.join("/") !== b.join("/"));
        expect(physicalName(NameRule.IAM_ROLE, a.join("/"))).not.toBe(physicalName(NameRule.IAM_ROLE, b.join("/")));
      }),
    );
  });

  test("are cut to the limit and hashed, with no dash before the hash's own", () => {
    const name = physicalName(NameRule.IAM_ROLE, `prod/${"a".repeat(49)}/${"b".repeat(40)}`);
    expect(name).toMatch(/^prod-a{49}-[0-9a-f]{8}$/);
    expect(physicalName(NameRule.IAM_ROLE, `prod/${"a".repeat(59)}`)).toHaveLength(64);
  });

  test("are refused where the service reserves their beginning", () => {
    expect(() => physicalName(NameRule.SECURITY_GROUP, "sg-prod/Nodes")).toRefuse("NAME_INVALID", {
      got: "sg-prod-nodes",
    });
    expect(() => bucketName("sthree-x/Data", "123456789012", "us-east-1")).toRefuse("NAME_INVALID");
  });
});

describe("given names", () => {
  test("are kept as they are, tokens too", () => {
    expect(physicalName(NameRule.IAM_ROLE, "test/Role", "My.Role")).toBe("My.Role");
    const token = Token.asString({ resolve: () => "x", creationStack: [] });
    expect(physicalName(NameRule.IAM_ROLE, "test/Role", token)).toBe(token);
  });

  test.each([
    [NameRule.EKS_CLUSTER, "-a"],
    [NameRule.EKS_NODE_GROUP, "a".repeat(64)],
    [NameRule.IAM_ROLE, "a/b"],
    [NameRule.IAM_ROLE, ""],
    [NameRule.KMS_ALIAS, "aws/s3"],
    [NameRule.KMS_ALIAS, "alias/data"],
    [NameRule.LAUNCH_TEMPLATE, "ab"],
    [NameRule.PLACEMENT_GROUP, "ü"],
    [NameRule.SECURITY_GROUP, "sg-1"],
    [NameRule.S3_BUCKET, "Data"],
    [NameRule.S3_BUCKET, "ab"],
    [NameRule.S3_BUCKET, "xn--a"],
    [NameRule.S3_BUCKET, "a-s3alias"],
    [NameRule.LOG_GROUP, "a b"],
  ])("refuses for %o the name %j, and never cuts it", (rule, name) => {
    expect(() => physicalName(rule, "test/X", name)).toRefuse("NAME_INVALID", { path: "test/X", got: name });
  });
});

describe("bucket names", () => {
  test("carry account and region, and fit with the longest of them", () => {
    expect(bucketName("prod-data/Store", "123456789012", "us-east-1")).toBe("prod-data-store-123456789012-us-east-1");
    fc.assert(
      fc.property(path, (at) => {
        const name = bucketName(`prod/${at}`, "123456789012", "us-isof-south-1");
        expect(name.length).toBeLessThanOrEqual(63);
        expect(name).toMatch(NameRule.S3_BUCKET.pattern);
      }),
    );
  });

  test("are the user's own where one is given", () => {
    expect(bucketName("prod/Store", "123456789012", "us-east-1", "my-data")).toBe("my-data");
    expect(() => bucketName("prod/Store", "123456789012", "us-east-1", "My_Data")).toRefuse("NAME_INVALID");
  });

  test("hold tokens of account and region where a stack looks them up", () => {
    const account = Token.asString({ resolve: () => "x", creationStack: [] });
    expect(bucketName("prod/Store", account, "us-east-1")).toBe(`prod-store-${account}-us-east-1`);
  });
});
