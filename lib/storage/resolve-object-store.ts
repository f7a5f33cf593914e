import { type AwsEnvironment, bucketName, InvalidProps } from "../core";
import type { S3BucketLifecycleConfigurationRule } from "../terraform/aws";
import { resolveLifecycle } from "./lifecycle";
import type { ObjectStoreProps, Retention } from "./object-store-props";

/** The properties of a store, complete and checked. */
export interface ResolvedObjectStore {
  readonly bucketName: string;
  readonly lifecycle: S3BucketLifecycleConfigurationRule[];
  readonly retention?: Retention;
}

/** @throws InvalidProps NAME_INVALID, LIFECYCLE_INVALID, PREFIX_INVALID, VALUE_OUT_OF_RANGE */
export function resolveObjectStore(
  props: ObjectStoreProps,
  { accountId, region }: AwsEnvironment,
  at: string,
): ResolvedObjectStore {
  const { abortUploadsAfterDays = 3, noncurrentVersionDays = 14, tiers = [], expirations = [], retention } = props;
  if (retention) checkRetention(retention.days, `${at}.retention.days`);
  return {
    bucketName: bucketName(at, accountId, region, props.bucketName),
    lifecycle: resolveLifecycle({ abortUploadsAfterDays, noncurrentVersionDays, tiers, expirations }, at),
    retention,
  };
}

/** Source: Amazon S3 user guide, "Locking objects with Object Lock", 2026: at most 100 years. */
function checkRetention(days: number, at: string): void {
  if (Number.isInteger(days) && days >= 1 && days <= 36_500) return;
  throw new InvalidProps("VALUE_OUT_OF_RANGE", at, { got: days, allowed: "1 to 36500 days" });
}
