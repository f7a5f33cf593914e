import { createHash } from "node:crypto";
import { InvalidProps } from "./errors";
import { whenKnown } from "./tokens";

/** The limits of one kind of physical name. */
export class NameRule {
  /** AWS EKS API, CreateCluster: up to 100 characters, a letter or digit first. */
  public static readonly EKS_CLUSTER = new NameRule("EKS cluster", 100, /^[A-Za-z0-9][A-Za-z0-9_-]*$/);
  /** AWS EKS API, CreateNodegroup: up to 63 characters. */
  public static readonly EKS_NODE_GROUP = new NameRule("EKS node group", 63, /^[A-Za-z0-9][A-Za-z0-9_-]*$/);
  /** AWS IAM quotas: role names up to 64 characters. */
  public static readonly IAM_ROLE = new NameRule("IAM role", 64, /^[\w+=,.@-]+$/);
  /** AWS KMS API, CreateAlias: 256 characters with the leading "alias/". */
  public static readonly KMS_ALIAS = new NameRule("KMS alias", 250, /^(?!aws\/|alias\/)[A-Za-z0-9/_-]+$/);
  /** The Terraform AWS provider 5.100 accepts 3 to 125 characters (the EC2 API 128). */
  public static readonly LAUNCH_TEMPLATE = new NameRule("launch template", 125, /^[A-Za-z0-9()./_-]{3,}$/);
  /** AWS EC2 API, CreatePlacementGroup: up to 255 ASCII characters. */
  public static readonly PLACEMENT_GROUP = new NameRule("placement group", 255, /^[\x20-\x7e]+$/);
  /** AWS EC2 API, CreateSecurityGroup: up to 255 characters, not starting with "sg-". */
  public static readonly SECURITY_GROUP = new NameRule(
    "security group",
    255,
    /^(?!sg-)[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/,
  );
  /** Amazon S3 user guide, bucket naming rules: 3 to 63 characters. */
  public static readonly S3_BUCKET = new NameRule(
    "S3 bucket",
    63,
    /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*-s3alias$)[a-z0-9][a-z0-9-]+[a-z0-9]$/,
  );
  /** AWS CloudWatch Logs API, CreateLogGroup: up to 512 characters. */
  public static readonly LOG_GROUP = new NameRule("log group", 512, /^[.\-_/#A-Za-z0-9]+$/);

  private constructor(
    /** What is named, for messages. */
    public readonly kind: string,
    /** Most characters that the service accepts. */
    public readonly maxLength: number,
    /** What the whole name must match. */
    public readonly pattern: RegExp,
  ) {}
}

/**
 * The physical name of a resource: the user's own if it fits, else one derived from the construct path.
 *
 * A derived name is lower case, at most as long as the rule allows, and hashed when it had to be cut, so that two long paths
 * stay two names. A name the user wrote beyond the limits is refused, never cut.
 *
 * @param path construct path, from the stack down: `prod-data/Checkpoints`
 * @throws InvalidProps NAME_INVALID
 */
export function physicalName(rule: NameRule, path: string, given?: string): string {
  if (given !== undefined) return legal(rule, path, given);
  return legal(rule, path, fit(stem(path), rule.maxLength), "Pass a name, or rename the stack or the construct.");
}

function legal(rule: NameRule, path: string, name: string, remedy?: string): string {
  whenKnown(name, (known) => {
    if (known.length <= rule.maxLength && rule.pattern.test(known)) return;
    const allowed = `a ${rule.kind} name of at most ${rule.maxLength} characters matching ${rule.pattern.source}`;
    throw new InvalidProps("NAME_INVALID", path, { got: known, allowed, remedy });
  });
  return name;
}

/** Characters that an account id and the longest region name (us-isof-south-1) take in a bucket name, with their dashes. */
const ACCOUNT_AND_REGION = 1 + 12 + 1 + 15;

/**
 * The name of a bucket. Bucket names are one namespace over all accounts, so a derived one carries account and region.
 * @param account account id, or its token
 * @param region region name, or its token
 * @throws InvalidProps NAME_INVALID
 */
export function bucketName(path: string, account: string, region: string, given?: string): string {
  if (given !== undefined) return physicalName(NameRule.S3_BUCKET, path, given);
  const derived = `${fit(stem(path), NameRule.S3_BUCKET.maxLength - ACCOUNT_AND_REGION)}-${account}-${region}`;
  return legal(NameRule.S3_BUCKET, path, derived, "Pass a name, or rename the stack or the construct.");
}

/** A construct path as lower-case words: `prod-data/AccessLogs` becomes `prod-data-access-logs`. */
function stem(path: string): string {
  return path
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

function fit(name: string, maxLength: number): string {
  if (name.length <= maxLength) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.slice(0, maxLength - 9).replace(/-+$/, "")}-${hash}`;
}
