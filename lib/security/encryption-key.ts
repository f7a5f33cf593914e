import type { IGrantee } from "../contracts";
import {
  checkArn,
  environmentOf,
  InvalidProps,
  NameRule,
  physicalName,
  protectedLifecycle,
  safeId,
  whenKnown,
} from "../core";
import { Construct, Lazy } from "../terraform/cdktf";
import { KmsAlias, KmsKey } from "../terraform/aws";
import { escape } from "../terraform/escape";
import type { KeyServiceGrant } from "./key-service-grant";
import { type ResourceStatement, resourcePolicy } from "./policy-document";
import type { ServiceLinkedRole } from "./service-linked-role";

/** A customer-managed key, made here or imported. */
export interface IEncryptionKey {
  /** ARN of the key, never of an alias: some services take no alias. */
  readonly keyArn: string;
  /** What workloads may do with the key. */
  readonly grants: KeyGrants;
  /**
   * Lets a service use the key by the key's policy.
   * @param consumer path of the construct that needs it, for the message
   * @throws InvalidProps KEY_GRANT_MISSING on an imported key whose owner has not declared the grant
   */
  allowService(grant: KeyServiceGrant, consumer: string): void;
}

/** Permissions on a key, written to the grantee's own policy. */
export class KeyGrants {
  public constructor(private readonly keyArn: string) {}

  /**
   * Read what the key encrypts.
   * @param via host of the service that may ask for the grantee, such as "s3.us-east-1.amazonaws.com"; one of several where a
   * list is given. The grantee cannot then use the key by itself, nor through another service. Without it, it may do both.
   */
  public decrypt(grantee: IGrantee, via?: string | readonly string[]): void {
    this.allow(grantee, via === undefined ? ["kms:Decrypt", "kms:DescribeKey"] : ["kms:Decrypt"], via);
  }

  /**
   * Read and write what the key encrypts.
   * @param via as for `decrypt`; such a service has the key wrap a new data key for what is written, which is all it is allowed
   */
  public encryptDecrypt(grantee: IGrantee, via?: string | readonly string[]): void {
    const direct = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"];
    this.allow(grantee, via === undefined ? direct : ["kms:Decrypt", "kms:GenerateDataKey"], via);
  }

  /**
   * Attach encrypted volumes: the storage driver hands EC2 a grant on the key.
   * Source: Amazon EKS user guide, "Store Kubernetes volumes with Amazon EBS", 2026.
   */
  public attachVolumes(grantee: IGrantee): void {
    this.encryptDecrypt(grantee);
    grantee.allow({
      actions: ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
      resources: [this.keyArn],
      conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    });
  }

  /** Source of the condition: AWS KMS developer guide, "AWS KMS condition keys" (kms:ViaService), 2026. */
  private allow(grantee: IGrantee, actions: readonly string[], via?: string | readonly string[]): void {
    const conditions = via === undefined ? undefined : { StringEquals: { "kms:ViaService": via } };
    grantee.allow({ actions, resources: [this.keyArn], conditions });
  }
}

export interface EncryptionKeyProps {
  /** What the key is for, as AWS shows it. @default - a sentence with the construct path */
  readonly description?: string;
  /** Alias without the leading "alias/". @default - derived from the construct path */
  readonly alias?: string;
  /** Days between asking for deletion and deletion, 7 to 30. @default 30 */
  readonly deletionWindowDays?: number;
  /** Days between rotations, 90 to 2560. @default 365 */
  readonly rotationPeriodDays?: number;
  /** Services that may use the key, for consumers in other stacks; those of this stack ask by themselves. @default - none */
  readonly serviceGrants?: readonly KeyServiceGrant[];
  /** Service-linked roles of this stack that the key policy names; AWS refuses a policy that names a missing role. @default - none */
  readonly after?: readonly ServiceLinkedRole[];
  /** Last word on the key. @default - none */
  readonly customize?: (key: KmsKey) => void;
}

/** What is known of a key made elsewhere. */
export interface EncryptionKeyAttributes {
  readonly keyArn: string;
  /** Service grants that the key's policy holds. @default - none */
  readonly serviceGrants?: readonly KeyServiceGrant[];
}

/**
 * A customer-managed key with rotation and an explicit policy: the account's IAM decides who may use it, and each service that
 * uses it without a role of ours is named. Protected against destruction; deletion waits `deletionWindowDays`.
 */
export class EncryptionKey extends Construct implements IEncryptionKey {
  /** A key made elsewhere. Its policy cannot be changed from here, so the grants it holds are declared and checked. */
  public static fromAttributes(scope: Construct, id: string, attributes: EncryptionKeyAttributes): IEncryptionKey {
    return new ImportedKey(scope, id, attributes);
  }

  public readonly keyArn: string;
  public readonly keyId: string;
  public readonly grants: KeyGrants;
  private readonly services = new Map<string, KeyServiceGrant>();

  /** @throws InvalidProps ID_UNSAFE, NAME_INVALID, KEY_WINDOW_INVALID, KEY_ROTATION_INVALID */
  public constructor(scope: Construct, id: string, props: EncryptionKeyProps = {}) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const { deletionWindowDays = 30, rotationPeriodDays = 365 } = props;
    checkDays("KEY_WINDOW_INVALID", `${this.node.path}.deletionWindowDays`, deletionWindowDays, 7, 30);
    checkDays("KEY_ROTATION_INVALID", `${this.node.path}.rotationPeriodDays`, rotationPeriodDays, 90, 2560);
    const alias = physicalName(NameRule.KMS_ALIAS, this.node.path, props.alias);
    const key = new KmsKey(this, "Resource", {
      description: escape(props.description ?? `Data key of ${this.node.path}`),
      deletionWindowInDays: deletionWindowDays,
      enableKeyRotation: true,
      rotationPeriodInDays: rotationPeriodDays,
      policy: this.renderPolicy(),
      lifecycle: protectedLifecycle(this),
      dependsOn: props.after?.map((role) => role.resource),
    });
    new KmsAlias(this, "Alias", { name: `alias/${alias}`, targetKeyId: key.keyId });
    this.keyArn = key.arn;
    this.keyId = key.keyId;
    this.grants = new KeyGrants(this.keyArn);
    for (const grant of props.serviceGrants ?? []) this.allowService(grant);
    props.customize?.(key);
  }

  public allowService(grant: KeyServiceGrant): void {
    this.services.set(grant.id, grant);
  }

  private renderPolicy(): string {
    const environment = environmentOf(this);
    const account: ResourceStatement = {
      sid: "AccountByIam",
      principals: { AWS: `arn:${environment.partition}:iam::${environment.accountId}:root` },
      actions: ["kms:*"],
      resources: ["*"],
    };
    const services = () => [...this.services.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return Lazy.stringValue({
      produce: () => resourcePolicy([account, ...services().flatMap((grant) => grant.statements(environment))]),
    });
  }
}

function checkDays(
  code: "KEY_WINDOW_INVALID" | "KEY_ROTATION_INVALID",
  at: string,
  days: number,
  low: number,
  high: number,
): void {
  whenKnown(days, (known) => {
    const legal = Number.isInteger(known) && known >= low && known <= high;
    if (!legal) throw new InvalidProps(code, at, { got: known, allowed: `${low} to ${high} days` });
  });
}

const KEY_ARN = /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[A-Za-z0-9-]+$/;

class ImportedKey extends Construct implements IEncryptionKey {
  public readonly keyArn: string;
  public readonly grants: KeyGrants;
  private readonly granted: readonly string[];

  public constructor(scope: Construct, id: string, { keyArn, serviceGrants = [] }: EncryptionKeyAttributes) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    checkArn(keyArn, KEY_ARN, "arn:aws:kms:…:key/…", `${this.node.path}.keyArn`);
    this.keyArn = keyArn;
    this.grants = new KeyGrants(keyArn);
    this.granted = serviceGrants.map((grant) => grant.id);
  }

  public allowService(grant: KeyServiceGrant, consumer: string): void {
    if (this.granted.includes(grant.id)) return;
    throw new InvalidProps("KEY_GRANT_MISSING", consumer, {
      got: `a key (${this.node.path}) with service grants [${this.granted.join(", ")}]`,
      allowed: `a key whose policy grants ${grant.id}`,
    });
  }
}
