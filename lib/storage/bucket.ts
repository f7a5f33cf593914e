import { InvalidProps, isProtected, protectedLifecycle, whenKnown } from "../core";
import { resourcePolicy, type ResourceStatement } from "../security";
import {
  S3Bucket,
  S3BucketEncryption,
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule,
  S3BucketOwnershipControls,
  S3BucketPolicy,
  S3BucketPublicAccessBlock,
  S3BucketVersioning,
} from "../terraform/aws";
import type { Construct, ITerraformDependable } from "../terraform/cdktf";

/** What a bucket of ours is made of, beyond what all have in common. @internal */
export interface BucketPlan {
  readonly name: string;
  /** Key of the default encryption; without one S3 uses its own (SSE-S3). */
  readonly keyArn?: string;
  readonly statements: (bucketArn: string) => readonly ResourceStatement[];
  readonly lifecycle: S3BucketLifecycleConfigurationRule[];
  readonly objectLock?: boolean;
}

/** @internal */
export interface BucketParts {
  readonly bucket: S3Bucket;
  readonly name: string;
  readonly arn: string;
  readonly policy: ITerraformDependable;
  readonly versioning: ITerraformDependable;
  /** What must stand before the first object is written. */
  readonly configured: readonly ITerraformDependable[];
}

/**
 * Draws a bucket below a scope: versioned, encrypted, owned by the account alone, closed to the public, with its policy and its
 * lifecycle. Its objects are deleted with it only where protection is off.
 * @internal
 */
export function addBucket(scope: Construct, plan: BucketPlan): BucketParts {
  const resource = new S3Bucket(scope, "Resource", {
    bucket: plan.name,
    forceDestroy: !isProtected(scope),
    objectLockEnabled: plan.objectLock,
    lifecycle: protectedLifecycle(scope),
  });
  const bucket = resource.bucket;
  const arn = resource.arn;
  const closed = new S3BucketPublicAccessBlock(scope, "PublicAccess", {
    bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  const ownership = new S3BucketOwnershipControls(scope, "Ownership", {
    bucket,
    rule: { objectOwnership: "BucketOwnerEnforced" },
  });
  const versioning = new S3BucketVersioning(scope, "Versioning", {
    bucket,
    versioningConfiguration: { status: "Enabled" },
  });
  const encryption = new S3BucketEncryption(scope, "Encryption", { bucket, rule: [encryptionRule(plan.keyArn)] });
  // S3 answers "conflicting operation" to settings of one bucket that arrive together; and a policy is judged by the block.
  const policy = new S3BucketPolicy(scope, "Policy", {
    bucket,
    policy: resourcePolicy(plan.statements(arn)),
    dependsOn: [closed, ownership],
  });
  new S3BucketLifecycleConfiguration(scope, "Lifecycle", { bucket, rule: plan.lifecycle, dependsOn: [versioning] });
  return { bucket: resource, name: bucket, arn, policy, versioning, configured: [policy, encryption, versioning] };
}

function encryptionRule(keyArn?: string) {
  if (keyArn === undefined) return { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } };
  return {
    applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
    bucketKeyEnabled: true,
  };
}

/**
 * The name of a bucket made elsewhere; old buckets may have dots in theirs.
 * @throws InvalidProps NAME_INVALID
 * @internal
 */
export function foreignBucketName(name: string, at: string): string {
  whenKnown(name, (known) => {
    if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(known)) return;
    throw new InvalidProps("NAME_INVALID", at, {
      got: known,
      allowed: "the name of a bucket, not its ARN or URI",
      remedy: "Pass the bare name of the bucket.",
    });
  });
  return name;
}
