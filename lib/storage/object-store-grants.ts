import type { IGrantee } from "../contracts";
import { partitionOf } from "../core";
import type { IEncryptionKey } from "../security";
import { Token } from "../terraform/cdktf";
import type { DataStoreGrants } from "./data-store";
import { normalizePrefix } from "./prefix";

const READ = ["s3:GetObject"];
const READ_WRITE = [
  ...READ,
  "s3:PutObject",
  // On a versioned bucket this writes a marker; deleting a version for good is not granted.
  "s3:DeleteObject",
  "s3:AbortMultipartUpload",
  "s3:ListMultipartUploadParts",
];

/**
 * Permissions on a bucket. Whoever is limited to a prefix is answered "forbidden", not "not found", for a missing object of it:
 * S3 tells the difference only to those who may list the whole bucket. To find out whether an object exists, list.
 *
 * On the key they give what S3 asks of it for the caller, and only when S3 asks: kms:Decrypt to read, kms:Decrypt and
 * kms:GenerateDataKey to write, a multipart upload included. The same key may keep other things, such as volumes and the
 * cluster's secrets, which nobody reads by a grant on a store. Source: Amazon S3 API reference, "UploadPartCopy" (permissions),
 * and Amazon S3 user guide, "Using server-side encryption with AWS KMS keys (SSE-KMS)", 2026.
 */
export class ObjectStoreGrants implements DataStoreGrants {
  public constructor(
    private readonly bucketArn: string,
    private readonly key: IEncryptionKey | undefined,
    private readonly region: string,
    private readonly path: string,
  ) {}

  public read(grantee: IGrantee, prefix = ""): void {
    this.allow(grantee, prefix, READ);
    this.key?.grants.decrypt(grantee, s3Host(this.region));
  }

  public readWrite(grantee: IGrantee, prefix = ""): void {
    this.allow(grantee, prefix, READ_WRITE);
    this.key?.grants.encryptDecrypt(grantee, s3Host(this.region));
  }

  private allow(grantee: IGrantee, prefix: string, actions: readonly string[]): void {
    const folder = normalizePrefix(prefix, `${this.path}.grants`);
    grantee.allow({ actions: ["s3:GetBucketLocation"], resources: [this.bucketArn] });
    grantee.allow({
      actions: ["s3:ListBucket"],
      resources: [this.bucketArn],
      conditions: folder === "" ? undefined : { StringLike: { "s3:prefix": `${folder}*` } },
    });
    grantee.allow({ actions, resources: [`${this.bucketArn}/${folder}*`] });
  }
}

/**
 * S3 in a region, as KMS names the service that asks. A region that is known only at plan may lie in China; its name tells,
 * so that of the two hosts only the right one can ever match.
 */
function s3Host(region: string): string | readonly string[] {
  const host = `s3.${region}.amazonaws.com`;
  if (Token.isUnresolved(region)) return [host, `${host}.cn`];
  return partitionOf(region) === "aws-cn" ? `${host}.cn` : host;
}
