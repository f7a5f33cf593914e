import type { IGrantee } from "../contracts";
import type { IEncryptionKey } from "../security";
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
 */
export class ObjectStoreGrants implements DataStoreGrants {
  public constructor(
    private readonly bucketArn: string,
    private readonly key: IEncryptionKey | undefined,
    private readonly path: string,
  ) {}

  public read(grantee: IGrantee, prefix = ""): void {
    this.allow(grantee, prefix, READ);
    this.key?.grants.decrypt(grantee);
  }

  public readWrite(grantee: IGrantee, prefix = ""): void {
    this.allow(grantee, prefix, READ_WRITE);
    this.key?.grants.encryptDecrypt(grantee);
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
