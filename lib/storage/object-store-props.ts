import type { IEncryptionKey } from "../security";
import type { S3Bucket } from "../terraform/aws";
import type { IAccessLogBucket } from "./access-log-bucket";
import type { ExpirationRule, TierRule } from "./lifecycle";

/** Who may shorten a retention. */
export enum RetentionMode {
  /** Whoever has the special permission to bypass it. */
  GOVERNANCE = "GOVERNANCE",
  /** Nobody, the root user included: until the days are over the data cannot be deleted, nor the bucket. */
  COMPLIANCE = "COMPLIANCE",
}

/** How long every new object version cannot be deleted or overwritten (S3 Object Lock). */
export interface Retention {
  readonly mode: RetentionMode;
  /** 1 to 36500. */
  readonly days: number;
}

export interface ObjectStoreProps {
  /** Key that encrypts the objects. */
  readonly encryptionKey: IEncryptionKey;
  /** Where the access log of the store goes; same account and region. */
  readonly accessLogs: IAccessLogBucket;
  /** Name of the bucket. @default - derived from the construct path, the account and the region */
  readonly bucketName?: string;
  /** Days after which unfinished multipart uploads are removed; their parts are billed and invisible. @default 3 */
  readonly abortUploadsAfterDays?: number;
  /**
   * Days that overwritten and deleted objects can be brought back. Two weeks outlast a holiday; a store whose checkpoints are
   * replaced every hour pays for all that lie so long, and may choose fewer. @default 14
   */
  readonly noncurrentVersionDays?: number;
  /** When objects move to cheaper classes. @default - never */
  readonly tiers?: readonly TierRule[];
  /** When objects are deleted. @default - never */
  readonly expirations?: readonly ExpirationRule[];
  /**
   * Retention of every new object version. Can be chosen only when the bucket is made: adding it later replaces the bucket.
   * @default - none
   */
  readonly retention?: Retention;
  /** Last word on the bucket. @default - none */
  readonly customize?: (bucket: S3Bucket) => void;
}
