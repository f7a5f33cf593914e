import { InvalidProps } from "../core";
import type { S3BucketLifecycleConfigurationRule } from "../terraform/aws";
import { normalizePrefix } from "./prefix";

/**
 * Storage classes that objects move to, from warm to cold. Amazon S3 moves them in this order only.
 * Source: Amazon S3 user guide, "Transitioning objects using Amazon S3 Lifecycle", 2026.
 */
export enum StorageClass {
  /** Read now and then, at once; billed for at least 30 days, and for every read. */
  STANDARD_IA = "STANDARD_IA",
  /** Moves objects between tiers by use; no retrieval fee. The choice where access is not foreseen. */
  INTELLIGENT_TIERING = "INTELLIGENT_TIERING",
  /** As STANDARD_IA in a single zone: lost with it. */
  ONEZONE_IA = "ONEZONE_IA",
  /** An archive read at once; billed for at least 90 days. */
  GLACIER_IR = "GLACIER_IR",
  /** An archive restored in minutes to hours before it can be read: not for data that jobs open. */
  GLACIER = "GLACIER",
  /** An archive restored in half a day before it can be read. */
  DEEP_ARCHIVE = "DEEP_ARCHIVE",
}

/** When objects below a prefix move to a cheaper class. */
export interface TierRule {
  /** Folder that the rule is about; "" for all objects. */
  readonly prefix: string;
  readonly storageClass: StorageClass;
  /** Days after an object's creation; the infrequent-access classes need 30. */
  readonly afterDays: number;
}

/** When objects below a prefix are deleted. On a versioned store they stay as noncurrent versions for a while. */
export interface ExpirationRule {
  /** Folder that the rule is about; "" for all objects. */
  readonly prefix: string;
  /** Days after an object's creation. */
  readonly afterDays: number;
}

export interface LifecycleProps {
  /** Days after which unfinished multipart uploads are removed; their parts are billed and invisible. */
  readonly abortUploadsAfterDays: number;
  /** Days that overwritten and deleted objects can be brought back. */
  readonly noncurrentVersionDays: number;
  readonly tiers: readonly TierRule[];
  readonly expirations: readonly ExpirationRule[];
}

const WARM_TO_COLD = Object.values(StorageClass);
/** Days that an object lies in STANDARD before it may move to an infrequent-access class, and in that class before it may move on. */
const LEAST_DAYS = 30;
const INFREQUENT = new Set([StorageClass.STANDARD_IA, StorageClass.ONEZONE_IA]);

/**
 * The lifecycle rules of a bucket: one for the whole bucket that cleans up, and one for each prefix that is named.
 * @throws InvalidProps LIFECYCLE_INVALID, PREFIX_INVALID
 */
export function resolveLifecycle(props: LifecycleProps, at: string): S3BucketLifecycleConfigurationRule[] {
  checkDays(props.abortUploadsAfterDays, 1, `${at}.abortUploadsAfterDays`);
  checkDays(props.noncurrentVersionDays, 1, `${at}.noncurrentVersionDays`);
  const tiers = props.tiers.map((rule) => ({ ...rule, prefix: normalizePrefix(rule.prefix, `${at}.tiers`) }));
  const expirations = props.expirations.map((rule) => ({
    ...rule,
    prefix: normalizePrefix(rule.prefix, `${at}.expirations`),
  }));
  for (const tier of tiers)
    checkDays(tier.afterDays, INFREQUENT.has(tier.storageClass) ? LEAST_DAYS : 0, `${at}.tiers`);
  for (const expiration of expirations) checkDays(expiration.afterDays, 1, `${at}.expirations`);
  checkTwice(expirations, `${at}.expirations`);
  checkExpiriesFollowTiers(tiers, expirations, at);
  const prefixes = [...new Set([...tiers, ...expirations].map(({ prefix }) => prefix))].sort();
  const ofPrefix = prefixes.map((prefix) => {
    const own = coldLast(tiers.filter((tier) => tier.prefix === prefix));
    checkWaterfall(own, `${at}.tiers`);
    return prefixRule(prefix, own, expirations.find((rule) => rule.prefix === prefix)?.afterDays);
  });
  return [cleaningRule(props), ...ofPrefix];
}

function cleaningRule(props: LifecycleProps): S3BucketLifecycleConfigurationRule {
  return {
    id: "cleaning",
    status: "Enabled",
    filter: [{ prefix: "" }],
    abortIncompleteMultipartUpload: [{ daysAfterInitiation: props.abortUploadsAfterDays }],
    noncurrentVersionExpiration: [{ noncurrentDays: props.noncurrentVersionDays }],
    // A delete marker whose last version has gone is of no use, and slows down listing.
    expiration: [{ expiredObjectDeleteMarker: true }],
  };
}

function prefixRule(
  prefix: string,
  tiers: readonly TierRule[],
  expiryDays?: number,
): S3BucketLifecycleConfigurationRule {
  return {
    id: `objects:${prefix}`,
    status: "Enabled",
    filter: [{ prefix }],
    transition:
      tiers.length === 0 ? undefined : tiers.map(({ storageClass, afterDays: days }) => ({ storageClass, days })),
    expiration: expiryDays === undefined ? undefined : [{ days: expiryDays }],
  };
}

function coldLast(tiers: readonly TierRule[]): readonly TierRule[] {
  const coldness = (tier: TierRule) => WARM_TO_COLD.indexOf(tier.storageClass);
  return [...tiers].sort((a, b) => coldness(a) - coldness(b));
}

/** Each colder class comes later, and 30 days later after an infrequent-access class; no class comes twice. */
function checkWaterfall(tiers: readonly TierRule[], at: string): void {
  for (const [index, colder] of tiers.entries()) {
    const warmer = tiers[index - 1];
    if (!warmer) continue;
    const twice = warmer.storageClass === colder.storageClass;
    const earliest = warmer.afterDays + (INFREQUENT.has(warmer.storageClass) ? LEAST_DAYS : 1);
    if (!twice && colder.afterDays >= earliest) continue;
    const allowed = twice
      ? "each storage class once for a prefix"
      : `${colder.storageClass} after ${earliest} days or more, as ${warmer.storageClass} comes after ${warmer.afterDays}`;
    throw new InvalidProps("LIFECYCLE_INVALID", at, { got: colder, allowed });
  }
}

function checkTwice(expirations: readonly ExpirationRule[], at: string): void {
  const prefixes = expirations.map(({ prefix }) => prefix);
  const twice = prefixes.find((prefix, index) => prefixes.indexOf(prefix) !== index);
  if (twice === undefined) return;
  throw new InvalidProps("LIFECYCLE_INVALID", at, { got: twice, allowed: "one expiration for each prefix" });
}

/** An expiration of a folder also holds below it, so no tier in there may come later. */
function checkExpiriesFollowTiers(
  tiers: readonly TierRule[],
  expirations: readonly ExpirationRule[],
  at: string,
): void {
  for (const tier of tiers) {
    const early = expirations.find((rule) => tier.prefix.startsWith(rule.prefix) && rule.afterDays <= tier.afterDays);
    if (!early) continue;
    const allowed = `transitions within the ${early.afterDays} days after which "${early.prefix}" expires`;
    throw new InvalidProps("LIFECYCLE_INVALID", `${at}.tiers`, { got: tier, allowed });
  }
}

function checkDays(days: number, least: number, at: string): void {
  if (Number.isInteger(days) && days >= least) return;
  throw new InvalidProps("LIFECYCLE_INVALID", at, { got: days, allowed: `whole days, ${least} or more` });
}
