// The resources of store-library.mjs, written by hand with the bindings alone: every value a literal, every resource right below the
// stack, nothing checked.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { App, LocalBackend, TerraformStack } = require("cdktf");
const aws = (name) => require(`@cdktf/provider-aws/lib/${name}`);
const { AwsProvider } = aws("provider");
const { S3Bucket } = aws("s3-bucket");
const { S3BucketLifecycleConfiguration } = aws("s3-bucket-lifecycle-configuration");
const { S3BucketLoggingA } = aws("s3-bucket-logging");
const { S3BucketOwnershipControls } = aws("s3-bucket-ownership-controls");
const { S3BucketPolicy } = aws("s3-bucket-policy");
const { S3BucketPublicAccessBlock } = aws("s3-bucket-public-access-block");
const { S3BucketServerSideEncryptionConfigurationA } = aws("s3-bucket-server-side-encryption-configuration");
const { S3BucketVersioningA } = aws("s3-bucket-versioning");

const ACCOUNT = "123456789012";
const TAGS = { CostCenter: "ai-platform", Stage: "bench", Stack: "bench", ManagedBy: "cdktf-ai-datacenter" };
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`;

/** Writes a stack with so many stores. */
export function write(count, outdir) {
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "bench");
  new LocalBackend(stack, { path: "../../../state/bench.tfstate" });
  new AwsProvider(stack, "aws", {
    region: "us-east-1",
    allowedAccountIds: [ACCOUNT],
    defaultTags: [{ tags: TAGS }],
  });
  stack.addOverride("terraform.required_providers.aws", { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" });
  for (let index = 0; index < count; index += 1) addStore(stack, `store-${index}`);
  app.synth();
}

function addStore(stack, name) {
  const { arn, bucket } = new S3Bucket(stack, name, {
    bucket: `bench-${name}-${ACCOUNT}-us-east-1`,
    forceDestroy: false,
    lifecycle: { preventDestroy: true },
  });
  const closed = new S3BucketPublicAccessBlock(stack, `${name}-public-access`, {
    bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  const ownership = new S3BucketOwnershipControls(stack, `${name}-ownership`, {
    bucket,
    rule: { objectOwnership: "BucketOwnerEnforced" },
  });
  const versioning = new S3BucketVersioningA(stack, `${name}-versioning`, {
    bucket,
    versioningConfiguration: { status: "Enabled" },
  });
  new S3BucketServerSideEncryptionConfigurationA(stack, `${name}-encryption`, {
    bucket,
    rule: [
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY },
        bucketKeyEnabled: true,
      },
    ],
  });
  const policy = new S3BucketPolicy(stack, `${name}-policy`, {
    bucket,
    policy: policyOf(arn),
    dependsOn: [closed, ownership],
  });
  new S3BucketLifecycleConfiguration(stack, `${name}-lifecycle`, {
    bucket,
    rule: [
      {
        id: "cleaning",
        status: "Enabled",
        filter: [{ prefix: "" }],
        abortIncompleteMultipartUpload: [{ daysAfterInitiation: 3 }],
        noncurrentVersionExpiration: [{ noncurrentDays: 14 }],
        expiration: [{ expiredObjectDeleteMarker: true }],
      },
    ],
    dependsOn: [versioning],
  });
  new S3BucketLoggingA(stack, `${name}-logging`, {
    bucket,
    targetBucket: "org-logs",
    targetPrefix: `s3/${bucket}/`,
    dependsOn: [policy],
  });
}

function policyOf(arn) {
  const header = "s3:x-amz-server-side-encryption";
  const deny = (Action, Resource) => (Sid, Condition) => ({
    Action,
    Condition,
    Effect: "Deny",
    Principal: "*",
    Resource,
    Sid,
  });
  const all = deny("s3:*", [arn, `${arn}/*`]);
  const upload = deny("s3:PutObject", `${arn}/*`);
  return JSON.stringify({
    Statement: [
      all("DenyPlainHttp", { Bool: { "aws:SecureTransport": "false" } }),
      all("DenyOldTls", { NumericLessThan: { "s3:TlsVersion": "1.2" } }),
      upload("DenyOtherEncryption", { Null: { [header]: "false" }, StringNotEquals: { [header]: "aws:kms" } }),
      upload("DenyOtherKey", {
        Null: { [`${header}-aws-kms-key-id`]: "false" },
        StringNotEquals: { [`${header}-aws-kms-key-id`]: KEY },
      }),
      upload("DenyUnnamedKey", {
        Null: { [`${header}-aws-kms-key-id`]: "true" },
        StringEquals: { [header]: "aws:kms" },
      }),
      upload("DenyCallersOwnKey", { Null: { [`${header}-customer-algorithm`]: "false" } }),
    ],
    Version: "2012-10-17",
  });
}
