import { policyOf, synthStack, testStack, theResource } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { UNPROTECTED_CONTEXT } from "../../lib/core";
import { AccessLogBucket, type AccessLogBucketProps } from "../../lib/storage";

function synth(props?: AccessLogBucketProps, context?: Record<string, unknown>) {
  const stack = testStack({ context });
  new AccessLogBucket(stack, "AccessLogs", props);
  return synthStack(stack);
}

describe("AccessLogBucket", () => {
  test("is closed, versioned, encrypted by S3's own keys, and keeps logs for a year", () => {
    const json = synth();
    expect(json).toHaveResource("aws_s3_bucket", {
      bucket: "test-access-logs-123456789012-us-east-1",
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
    expect(json).toHaveResource("aws_s3_bucket_public_access_block", {
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(json).toHaveResource("aws_s3_bucket_ownership_controls", {
      rule: { object_ownership: "BucketOwnerEnforced" },
    });
    expect(json).toHaveResource("aws_s3_bucket_versioning", { versioning_configuration: { status: "Enabled" } });
    expect(json).toHaveResource("aws_s3_bucket_server_side_encryption_configuration", {
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256", kms_master_key_id: undefined } }],
    });
    const { rule } = theResource(json, "aws_s3_bucket_lifecycle_configuration").properties;
    expect(rule).toMatchObject([
      {
        abort_incomplete_multipart_upload: [{ days_after_initiation: 3 }],
        noncurrent_version_expiration: [{ noncurrent_days: 14 }],
      },
      { expiration: [{ days: 365 }], filter: [{ prefix: "" }] },
    ]);
    expect(json).toHaveResourceCount("aws_s3_bucket_logging", 0);
  });

  test("lets S3 write logs of this account only, and nobody in without TLS", () => {
    const { policy } = theResource(synth(), "aws_s3_bucket_policy").properties;
    const arn = expect.stringMatching(/^\$\{aws_s3_bucket\.AccessLogs_\w+\.arn\}$/);
    const objects = expect.stringMatching(/^\$\{aws_s3_bucket\.AccessLogs_\w+\.arn\}\/\*$/);
    expect(policyOf(policy).Statement).toEqual([
      {
        Sid: "AccessLogs",
        Effect: "Allow",
        Principal: { Service: ["logging.s3.amazonaws.com"] },
        Action: ["s3:PutObject"],
        Resource: [objects],
        Condition: {
          ArnLike: { "aws:SourceArn": ["arn:aws:s3:::*"] },
          StringEquals: { "aws:SourceAccount": ["123456789012"] },
        },
      },
      {
        Sid: "DenyOldTls",
        Effect: "Deny",
        Principal: { "*": ["*"] },
        Action: ["s3:*"],
        Resource: [arn, objects],
        Condition: { NumericLessThan: { "s3:TlsVersion": ["1.2"] } },
      },
      {
        Sid: "DenyPlainHttp",
        Effect: "Deny",
        Principal: { "*": ["*"] },
        Action: ["s3:*"],
        Resource: [arn, objects],
        Condition: { Bool: { "aws:SecureTransport": ["false"] } },
      },
    ]);
  });

  test("names the buckets whose logs it takes by the partition of its region", () => {
    const stack = testStack({ region: "cn-north-1" });
    new AccessLogBucket(stack, "AccessLogs");
    const { policy } = theResource(synthStack(stack), "aws_s3_bucket_policy").properties;
    expect(policyOf(policy).Statement[0]?.Condition?.ArnLike).toEqual({ "aws:SourceArn": ["arn:aws-cn:s3:::*"] });
  });

  test("takes a name, days and a last word", () => {
    const json = synth({
      bucketName: "central-logs",
      expireAfterDays: 30,
      noncurrentVersionDays: 1,
      customize: (bucket) => {
        bucket.tags = { team: "security" };
      },
    });
    expect(json).toHaveResource("aws_s3_bucket", { bucket: "central-logs", tags: { team: "security" } });
    expect(theResource(json, "aws_s3_bucket_lifecycle_configuration").properties.rule).toMatchObject([
      { noncurrent_version_expiration: [{ noncurrent_days: 1 }] },
      { expiration: [{ days: 30 }] },
    ]);
  });

  test("goes with its logs once protection is off", () => {
    const json = synth({}, { [UNPROTECTED_CONTEXT]: "data-loss-accepted" });
    expect(json).toHaveResource("aws_s3_bucket", { force_destroy: true, lifecycle: { prevent_destroy: undefined } });
  });

  test("refuses names and days out of bounds", () => {
    const make = (props: AccessLogBucketProps) => () => new AccessLogBucket(testStack(), "Logs", props);
    expect(make({ bucketName: "Logs" })).toRefuse("NAME_INVALID", { path: "test/Logs" });
    expect(make({ expireAfterDays: 0 })).toRefuse("LIFECYCLE_INVALID");
    expect(() => new AccessLogBucket(testStack(), "access.logs")).toRefuse("ID_UNSAFE");
  });

  test("is imported by name, dots included, and makes nothing", () => {
    const stack = testStack();
    const logs = AccessLogBucket.fromBucketName(stack, "Logs", "logs.example.com");
    expect(logs.bucketName).toBe("logs.example.com");
    expect(logs.ready).toBeUndefined();
    expect(synthStack(stack).resource).toEqual({});
    expect(() => AccessLogBucket.fromBucketName(stack, "Arn", "arn:aws:s3:::logs")).toRefuse("NAME_INVALID");
  });
});
