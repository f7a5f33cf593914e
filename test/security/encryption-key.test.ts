import { policyOf, type SynthesizedStack, synthStack, testStack, theResource } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import type { PolicyStatement } from "../../lib/contracts";
import { UNPROTECTED_CONTEXT } from "../../lib/core";
import { EncryptionKey, type EncryptionKeyProps, KeyServiceGrant, ServiceLinkedRole } from "../../lib/security";

const KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/data";

function synth(props?: EncryptionKeyProps, context?: Record<string, unknown>): SynthesizedStack {
  const stack = testStack({ context });
  new EncryptionKey(stack, "DataKey", props);
  return synthStack(stack);
}

const statementsOf = (json: SynthesizedStack) => policyOf(theResource(json, "aws_kms_key").properties.policy).Statement;
const sidsOf = (json: SynthesizedStack) =>
  (
    JSON.parse(String(theResource(json, "aws_kms_key").properties.policy)) as { Statement: { Sid: string }[] }
  ).Statement.map(({ Sid }) => Sid);

/** Collects what is granted. */
function grantee() {
  const statements: PolicyStatement[] = [];
  return { statements, allow: (statement: PolicyStatement) => void statements.push(statement) };
}

describe("EncryptionKey", () => {
  test("rotates yearly, waits 30 days for its deletion, and is protected", () => {
    const json = synth();
    expect(json).toHaveResource("aws_kms_key", {
      description: "Data key of test/DataKey",
      deletion_window_in_days: 30,
      enable_key_rotation: true,
      rotation_period_in_days: 365,
      lifecycle: { prevent_destroy: true },
      depends_on: undefined,
    });
    expect(json).toHaveResource("aws_kms_alias", { name: "alias/test-data-key", target_key_id: /^\$\{aws_kms_key\./ });
  });

  test("leaves its use to the account's IAM, and names no service by itself", () => {
    expect(statementsOf(synth())).toEqual([
      {
        Sid: "AccountByIam",
        Effect: "Allow",
        Principal: { AWS: ["arn:aws:iam::123456789012:root"] },
        Action: ["kms:*"],
        Resource: ["*"],
      },
    ]);
  });

  test("takes a description, an alias, days, grants and a last word; user text stays text", () => {
    const json = synth({
      description: "for ${team}",
      alias: "org/data",
      deletionWindowDays: 7,
      rotationPeriodDays: 90,
      serviceGrants: [KeyServiceGrant.LOGS],
      customize: (key) => {
        key.multiRegion = true;
      },
    });
    expect(json).toHaveResource("aws_kms_key", {
      description: "for $${team}",
      deletion_window_in_days: 7,
      rotation_period_in_days: 90,
      multi_region: true,
    });
    expect(json).toHaveResource("aws_kms_alias", { name: "alias/org/data" });
    expect(sidsOf(json)).toEqual(["AccountByIam", "Logs"]);
  });

  test("writes each service grant once, sorted, whoever asks first", () => {
    const ask = (...grants: KeyServiceGrant[]) => {
      const stack = testStack();
      const key = new EncryptionKey(stack, "DataKey");
      for (const grant of grants) key.allowService(grant);
      return sidsOf(synthStack(stack));
    };
    const { AUTO_SCALING, LOGS, SPOT } = KeyServiceGrant;
    const expected = ["AccountByIam", "AutoScalingUse", "AutoScalingGrant", "Logs", "SpotUse", "SpotGrant"];
    expect(ask(SPOT, LOGS, AUTO_SCALING)).toEqual(expected);
    expect(ask(LOGS, LOGS, AUTO_SCALING, SPOT, LOGS)).toEqual(expected);
  });

  test("narrows each service grant to what the service needs", () => {
    const { AUTO_SCALING, LOGS } = KeyServiceGrant;
    const found = statementsOf(synth({ serviceGrants: [LOGS, AUTO_SCALING] }));
    const bySid = Object.fromEntries(found.map((statement) => [statement.Sid, statement]));
    expect(bySid.Logs).toMatchObject({
      Principal: { Service: ["logs.us-east-1.amazonaws.com"] },
      Condition: {
        ArnLike: { "kms:EncryptionContext:aws:logs:arn": ["arn:aws:logs:us-east-1:123456789012:log-group:*"] },
      },
    });
    const role = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
    expect(bySid.AutoScalingUse?.Principal).toEqual({ AWS: [`arn:aws:iam::123456789012:${role}`] });
    expect(bySid.AutoScalingGrant).toMatchObject({
      Action: ["kms:CreateGrant"],
      Condition: { Bool: { "kms:GrantIsForAWSResource": ["true"] } },
    });
  });

  test("takes grants for services that this release does not name, in any partition", () => {
    const stack = testStack({ region: "cn-north-1" });
    const fsx = KeyServiceGrant.of("Fsx", ({ partition, accountId }) => [
      { sid: "Fsx", principals: { AWS: `arn:${partition}:iam::${accountId}:role/fsx` }, actions: ["kms:Decrypt"] },
    ]);
    new EncryptionKey(stack, "DataKey", { serviceGrants: [fsx] });
    const found = statementsOf(synthStack(stack));
    expect(found.map(({ Principal }) => Principal?.AWS)).toEqual([
      ["arn:aws-cn:iam::123456789012:root"],
      ["arn:aws-cn:iam::123456789012:role/fsx"],
    ]);
  });

  test("waits for the service-linked roles that its policy names", () => {
    const stack = testStack();
    const role = new ServiceLinkedRole(stack, "Spot", { awsServiceName: "spot.amazonaws.com" });
    new EncryptionKey(stack, "DataKey", { after: [role], serviceGrants: [KeyServiceGrant.SPOT] });
    const json = synthStack(stack);
    expect(json).toHaveResource("aws_iam_service_linked_role", { aws_service_name: "spot.amazonaws.com" });
    expect(json).toHaveResource("aws_kms_key", {
      depends_on: [expect.stringMatching(/^aws_iam_service_linked_role\.Spot_/)],
    });
  });

  test("may be destroyed once protection is off, and on no other word", () => {
    const lifecycle = (word: string) =>
      theResource(synth({}, { [UNPROTECTED_CONTEXT]: word }), "aws_kms_key").properties.lifecycle;
    expect(lifecycle("data-loss-accepted")).toEqual({});
    expect(lifecycle("yes")).toEqual({ prevent_destroy: true });
  });

  test.each([
    ["a deletion window of 6 days", "KEY_WINDOW_INVALID", { deletionWindowDays: 6 }],
    ["a deletion window of 31 days", "KEY_WINDOW_INVALID", { deletionWindowDays: 31 }],
    ["a rotation after 89 days", "KEY_ROTATION_INVALID", { rotationPeriodDays: 89 }],
    ["a rotation after 2561 days", "KEY_ROTATION_INVALID", { rotationPeriodDays: 2561 }],
    ["a broken day", "KEY_ROTATION_INVALID", { rotationPeriodDays: 100.5 }],
    ["an alias of AWS", "NAME_INVALID", { alias: "aws/data" }],
    ["an alias with its prefix and a space", "NAME_INVALID", { alias: "alias/my key" }],
  ] as const)("refuses %s", (_, code, props) => {
    expect(() => synth(props)).toRefuse(code);
  });

  test("refuses an id that vanishes from addresses", () => {
    expect(() => new EncryptionKey(testStack(), "data.key")).toRefuse("ID_UNSAFE");
  });
});

describe("EncryptionKey.fromAttributes", () => {
  const importKey = (keyArn: string, serviceGrants?: KeyServiceGrant[]) =>
    EncryptionKey.fromAttributes(testStack(), "OrgKey", { keyArn, serviceGrants });

  test("makes nothing", () => {
    const stack = testStack();
    EncryptionKey.fromAttributes(stack, "OrgKey", { keyArn: KEY_ARN });
    expect(synthStack(stack).resource).toEqual({});
  });

  test("refuses an alias, as some services take none", () => {
    const alias = "arn:aws:kms:us-east-1:123456789012:alias/data";
    expect(() => importKey(alias)).toRefuse("ARN_INVALID", { path: "test/OrgKey.keyArn", got: alias });
  });

  test("refuses a service that its owner has not declared, and names who needs it", () => {
    const key = importKey(KEY_ARN, [KeyServiceGrant.SPOT]);
    expect(() => key.allowService(KeyServiceGrant.SPOT, "test/Pool")).not.toThrow();
    expect(() => key.allowService(KeyServiceGrant.LOGS, "test/Network/FlowLog")).toRefuse("KEY_GRANT_MISSING", {
      path: "test/Network/FlowLog",
    });
    expect(() => importKey(KEY_ARN).allowService(KeyServiceGrant.LOGS, "test/Network/FlowLog")).toRefuse(
      "KEY_GRANT_MISSING",
    );
  });
});

describe("grants on a key", () => {
  const key = EncryptionKey.fromAttributes(testStack(), "OrgKey", { keyArn: KEY_ARN });

  test("let a reader decrypt and nothing else", () => {
    const reader = grantee();
    key.grants.decrypt(reader);
    expect(reader.statements).toEqual([{ actions: ["kms:Decrypt", "kms:DescribeKey"], resources: [KEY_ARN] }]);
  });

  test("let a writer use it in every way", () => {
    const writer = grantee();
    key.grants.encryptDecrypt(writer);
    expect(writer.statements).toHaveLength(1);
    expect(writer.statements[0]?.actions).toEqual(
      expect.arrayContaining(["kms:Decrypt", "kms:GenerateDataKey*", "kms:Encrypt"]),
    );
  });

  test("are narrowed to what a service needs to read or write for the grantee, and to that service", () => {
    const conditions = (via: string | string[]) => ({ StringEquals: { "kms:ViaService": via } });
    const through = grantee();
    key.grants.decrypt(through, "s3.us-east-1.amazonaws.com");
    key.grants.encryptDecrypt(through, ["a.b.c", "a.b.d"]);
    expect(through.statements).toEqual([
      { actions: ["kms:Decrypt"], resources: [KEY_ARN], conditions: conditions("s3.us-east-1.amazonaws.com") },
      {
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        resources: [KEY_ARN],
        conditions: conditions(["a.b.c", "a.b.d"]),
      },
    ]);
  });

  test("let a storage driver hand the key to AWS resources only", () => {
    const driver = grantee();
    key.grants.attachVolumes(driver);
    expect(driver.statements[1]).toEqual({
      actions: ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
      resources: [KEY_ARN],
      conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    });
  });
});
