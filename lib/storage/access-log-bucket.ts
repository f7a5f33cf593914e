import { bucketName, environmentOf, safeId } from "../core";
import type { S3Bucket } from "../terraform/aws";
import { Construct, type ITerraformDependable } from "../terraform/cdktf";
import { addBucket, foreignBucketName } from "./bucket";
import { logDeliveryStatement, transportStatements } from "./bucket-policy";
import { resolveLifecycle } from "./lifecycle";

/** Where the access logs of other buckets go: same account, same region. */
export interface IAccessLogBucket {
  readonly bucketName: string;
  /** What must stand before S3 accepts the bucket as a target; undefined for buckets made elsewhere. */
  readonly ready?: ITerraformDependable;
}

export interface AccessLogBucketProps {
  /** Name of the bucket. @default - derived from the construct path, the account and the region */
  readonly bucketName?: string;
  /** Days to keep logs. @default 365 */
  readonly expireAfterDays?: number;
  /** Days that deleted logs can be brought back. @default 14 */
  readonly noncurrentVersionDays?: number;
  /** Last word on the bucket. @default - none */
  readonly customize?: (bucket: S3Bucket) => void;
}

/**
 * The bucket that the access logs of an account's other buckets go to.
 *
 * Encrypted with keys of S3 (SSE-S3): S3 delivers no server access logs to a bucket with a KMS key as its default. Source: Amazon
 * S3 user guide, "Enabling Amazon S3 server access logging", 2026. It has no access log of its own, which would log its own writing.
 */
export class AccessLogBucket extends Construct implements IAccessLogBucket {
  /** A log bucket made elsewhere, whose policy lets S3 write logs of this account. @throws InvalidProps ID_UNSAFE, NAME_INVALID */
  public static fromBucketName(scope: Construct, id: string, bucketName: string): IAccessLogBucket {
    return new ImportedLogBucket(scope, id, bucketName);
  }

  public readonly bucketName: string;
  public readonly bucketArn: string;
  public readonly ready: ITerraformDependable;

  /** @throws InvalidProps ID_UNSAFE, NAME_INVALID, LIFECYCLE_INVALID */
  public constructor(scope: Construct, id: string, props: AccessLogBucketProps = {}) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const { accountId, region, partition } = environmentOf(this);
    const { expireAfterDays = 365, noncurrentVersionDays = 14 } = props;
    const parts = addBucket(this, {
      name: bucketName(this.node.path, accountId, region, props.bucketName),
      statements: (arn) => [...transportStatements(arn), logDeliveryStatement(arn, accountId, partition)],
      lifecycle: resolveLifecycle(
        {
          abortUploadsAfterDays: 3,
          noncurrentVersionDays,
          tiers: [],
          expirations: [{ prefix: "", afterDays: expireAfterDays }],
        },
        this.node.path,
      ),
    });
    this.bucketName = parts.name;
    this.bucketArn = parts.arn;
    this.ready = parts.policy;
    props.customize?.(parts.bucket);
  }
}

class ImportedLogBucket extends Construct implements IAccessLogBucket {
  public readonly bucketName: string;

  public constructor(scope: Construct, id: string, name: string) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    this.bucketName = foreignBucketName(name, this.node.path);
  }
}
