import type { ResourceStatement } from "../security";

const SSE = "s3:x-amz-server-side-encryption";
const SSE_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const SSE_CUSTOMER = "s3:x-amz-server-side-encryption-customer-algorithm";

/**
 * No request without TLS, and none below TLS 1.2.
 * Source: Amazon S3 user guide, "Amazon S3 security best practices" and "Bucket policy examples using condition keys", 2026.
 */
export function transportStatements(bucketArn: string): ResourceStatement[] {
  const deny = (sid: string, conditions: ResourceStatement["conditions"]): ResourceStatement => ({
    sid,
    effect: "Deny",
    principals: "*",
    actions: ["s3:*"],
    resources: [bucketArn, `${bucketArn}/*`],
    conditions,
  });
  return [
    deny("DenyPlainHttp", { Bool: { "aws:SecureTransport": "false" } }),
    deny("DenyOldTls", { NumericLessThan: { "s3:TlsVersion": "1.2" } }),
  ];
}

/**
 * No upload that names another encryption or another key than the bucket's own. An upload that names none gets the bucket's
 * default, which is right, and must pass.
 *
 * So each statement asks for the header to be there (`Null … false`): with a negated operator alone, and with its `IfExists`
 * form too, a missing key counts as a match, and would deny the uploads that are right. Source: AWS IAM user guide, "IAM JSON
 * policy elements: Condition operators", 2026.
 *
 * SSE-KMS without a key means the account's `aws/s3` key, not the bucket's. Source: Amazon S3 API reference, PutObject, 2026.
 */
export function encryptionStatements(bucketArn: string, keyArn: string): ResourceStatement[] {
  const deny = (sid: string, conditions: ResourceStatement["conditions"]): ResourceStatement => ({
    sid,
    effect: "Deny",
    principals: "*",
    actions: ["s3:PutObject"],
    resources: [`${bucketArn}/*`],
    conditions,
  });
  return [
    deny("DenyOtherEncryption", { Null: { [SSE]: "false" }, StringNotEquals: { [SSE]: "aws:kms" } }),
    deny("DenyOtherKey", { Null: { [SSE_KEY]: "false" }, StringNotEquals: { [SSE_KEY]: keyArn } }),
    deny("DenyUnnamedKey", { Null: { [SSE_KEY]: "true" }, StringEquals: { [SSE]: "aws:kms" } }),
    deny("DenyCallersOwnKey", { Null: { [SSE_CUSTOMER]: "false" } }),
  ];
}

/**
 * S3 may write server access logs of this account's buckets.
 *
 * Both conditions are in the policy that AWS documents. Its source is one bucket; here it is any, since stores of other stacks
 * log here too. The ARN of a bucket names no account, so it is the other condition that keeps strangers out.
 * Source: Amazon S3 user guide, "Enabling Amazon S3 server access logging", 2026.
 */
export function logDeliveryStatement(bucketArn: string, accountId: string, partition: string): ResourceStatement {
  return {
    sid: "AccessLogs",
    principals: { Service: "logging.s3.amazonaws.com" },
    actions: ["s3:PutObject"],
    resources: [`${bucketArn}/*`],
    conditions: {
      StringEquals: { "aws:SourceAccount": accountId },
      ArnLike: { "aws:SourceArn": `arn:${partition}:s3:::*` },
    },
  };
}
