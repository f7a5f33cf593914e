import type { StorageLocation } from "../contracts";
import { environmentOf, safeId } from "../core";
import type { IEncryptionKey } from "../security";
import { S3BucketLogging, S3BucketObjectLock } from "../terraform/aws";
import { Construct, type ITerraformDependable } from "../terraform/cdktf";
import type { IAccessLogBucket } from "./access-log-bucket";
import { addBucket, type BucketParts, foreignBucketName } from "./bucket";
import { encryptionStatements, transportStatements } from "./bucket-policy";
import type { DataStoreGrants, IDataStore } from "./data-store";
import { ObjectStoreGrants } from "./object-store-grants";
import type { ObjectStoreProps, Retention } from "./object-store-props";
import { normalizePrefix } from "./prefix";
import { resolveObjectStore } from "./resolve-object-store";

/** A store in S3, made here or imported, for what needs the bucket behind it. */
export interface IObjectStore extends IDataStore {
  readonly bucketName: string;
  readonly bucketArn: string;
  readonly region: string;
  /** Key of the objects; undefined where an import does not say, or S3's own keys are used. */
  readonly encryptionKey?: IEncryptionKey;
}

/** What is known of a bucket made elsewhere. */
export interface ObjectStoreAttributes {
  readonly bucketName: string;
  /** Key of the objects. @default - none: grants give no permission on a key */
  readonly encryptionKey?: IEncryptionKey;
  /** @default - the region of the stack */
  readonly region?: string;
}

abstract class ObjectStoreBase extends Construct implements IObjectStore {
  public abstract readonly bucketName: string;
  public abstract readonly bucketArn: string;
  public abstract readonly region: string;
  public abstract readonly encryptionKey?: IEncryptionKey;
  public abstract readonly grants: DataStoreGrants;

  public at(prefix: string): StorageLocation {
    return this.locate(prefix, false);
  }

  public readOnlyAt(prefix: string): StorageLocation {
    return this.locate(prefix, true);
  }

  private locate(prefix: string, readOnly: boolean): StorageLocation {
    const uri = `s3://${this.bucketName}/${normalizePrefix(prefix, `${this.node.path}.at`)}`;
    return { uri, readOnly, region: this.region };
  }
}

/**
 * An S3 bucket for datasets, checkpoints and models: encrypted with a given key and no other, versioned, closed to the public,
 * reached by TLS only, logged, and protected: it is not deleted, nor are its objects with it, while protection is on.
 */
export class ObjectStore extends ObjectStoreBase {
  /** A bucket made elsewhere; nothing about it is changed. @throws InvalidProps ID_UNSAFE, NAME_INVALID */
  public static fromAttributes(scope: Construct, id: string, attributes: ObjectStoreAttributes): IObjectStore {
    return new ImportedObjectStore(scope, id, attributes);
  }

  public readonly bucketName: string;
  public readonly bucketArn: string;
  public readonly region: string;
  public readonly encryptionKey: IEncryptionKey;
  public readonly grants: DataStoreGrants;
  /** What must stand before the first object is written, for `dependsOn` of whatever writes one in the same stack. */
  public readonly configured: readonly ITerraformDependable[];

  /** @throws InvalidProps ID_UNSAFE, NAME_INVALID, LIFECYCLE_INVALID, PREFIX_INVALID, VALUE_OUT_OF_RANGE */
  public constructor(scope: Construct, id: string, props: ObjectStoreProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const environment = environmentOf(this);
    const plan = resolveObjectStore(props, environment, this.node.path);
    const { keyArn } = props.encryptionKey;
    const parts = addBucket(this, {
      name: plan.bucketName,
      keyArn,
      statements: (arn) => [...transportStatements(arn), ...encryptionStatements(arn, keyArn)],
      lifecycle: plan.lifecycle,
      objectLock: plan.retention && true,
    });
    this.bucketName = parts.name;
    this.bucketArn = parts.arn;
    this.region = environment.region;
    this.encryptionKey = props.encryptionKey;
    this.grants = new ObjectStoreGrants(this.bucketArn, this.encryptionKey, this.region, this.node.path);
    this.configured = plan.retention ? [...parts.configured, this.addLock(parts, plan.retention)] : parts.configured;
    this.addLogging(parts, props.accessLogs);
    props.customize?.(parts.bucket);
  }

  private addLock({ versioning }: BucketParts, { mode, days }: Retention): ITerraformDependable {
    return new S3BucketObjectLock(this, "Lock", {
      bucket: this.bucketName,
      rule: { defaultRetention: { mode, days } },
      dependsOn: [versioning],
    });
  }

  private addLogging({ policy }: BucketParts, target: IAccessLogBucket): void {
    new S3BucketLogging(this, "Logging", {
      bucket: this.bucketName,
      targetBucket: target.bucketName,
      targetPrefix: `s3/${this.bucketName}/`,
      // S3 refuses a target whose policy does not let it write yet.
      dependsOn: target.ready ? [policy, target.ready] : [policy],
    });
  }
}

class ImportedObjectStore extends ObjectStoreBase {
  public readonly bucketName: string;
  public readonly bucketArn: string;
  public readonly region: string;
  public readonly encryptionKey?: IEncryptionKey;
  public readonly grants: DataStoreGrants;

  public constructor(scope: Construct, id: string, attributes: ObjectStoreAttributes) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const environment = environmentOf(this);
    this.bucketName = foreignBucketName(attributes.bucketName, `${this.node.path}.bucketName`);
    this.bucketArn = `arn:${environment.partition}:s3:::${this.bucketName}`;
    this.region = attributes.region ?? environment.region;
    this.encryptionKey = attributes.encryptionKey;
    this.grants = new ObjectStoreGrants(this.bucketArn, this.encryptionKey, this.region, this.node.path);
  }
}
