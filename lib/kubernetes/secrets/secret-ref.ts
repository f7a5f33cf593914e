import { createHash } from "node:crypto";
import { InvalidProps } from "../../core";
import { checkLabelName } from "../gang/names";
import type { KubernetesManifest } from "../manifest";
import { checkExternalSecret, DEFAULT_KEY, externalSecret, type ExternalSecretOptions } from "./external-secret";
import { checkCsiSecret, type CsiSecretOptions, DEFAULT_FILE, secretProviderClass } from "./secret-provider-class";
import { checkForm, checkSecretKey, checkSecretName, refuseLiterals } from "./secret-names";

/** A Kubernetes Secret that somebody else makes. */
export interface ExistingSecretOptions {
  readonly secretName: string;
  readonly key: string;
}

/** What the ways to a secret differ in. */
interface SecretWay {
  readonly name: string;
  /** Key of the Kubernetes Secret; `undefined` where there is none. */
  readonly key?: string;
  readonly fileName: string;
  readonly source: Readonly<Record<string, unknown>>;
  readonly manifests: (namespace: string) => readonly KubernetesManifest[];
}

/**
 * A secret by name: a token of a model hub, a password. Its value stands in AWS Secrets Manager and never in code, state or manifests, so
 * nothing here takes one.
 */
export class SecretRef {
  /**
   * Copied into a Kubernetes Secret by the External Secrets Operator (API group external-secrets.io): for environment variables and files.
   * @throws InvalidProps SECRET_IN_PROPS, SECRET_NAME_INVALID, KUBERNETES_NAME_INVALID, VALUE_OUT_OF_RANGE
   */
  public static externalSecret(options: ExternalSecretOptions): SecretRef {
    checkExternalSecret(options, "SecretRef.externalSecret");
    const { name, key = DEFAULT_KEY } = options;
    return new SecretRef({
      name,
      key,
      fileName: key,
      source: secretSource(name, key),
      manifests: (namespace) => [externalSecret(options, namespace)],
    });
  }

  /**
   * Mounted by the Secrets Store CSI driver (API group secrets-store.csi.x-k8s.io) with the pod's identity: for files only. A pod whose
   * identity may not read it does not start.
   * @throws InvalidProps SECRET_IN_PROPS, SECRET_NAME_INVALID, KUBERNETES_NAME_INVALID
   */
  public static csi(options: CsiSecretOptions): SecretRef {
    checkCsiSecret(options, "SecretRef.csi");
    const { name, fileName = DEFAULT_FILE } = options;
    const volumeAttributes = { secretProviderClass: name };
    return new SecretRef({
      name,
      fileName,
      source: { csi: { driver: "secrets-store.csi.k8s.io", readOnly: true, volumeAttributes } },
      manifests: (namespace) => [secretProviderClass(options, namespace)],
    });
  }

  /**
   * A Kubernetes Secret that is there already.
   * @throws InvalidProps SECRET_IN_PROPS, SECRET_NAME_INVALID
   */
  public static existing(options: ExistingSecretOptions): SecretRef {
    const at = "SecretRef.existing";
    refuseLiterals(options, at);
    const { secretName, key } = options;
    checkSecretName(secretName, `${at}.secretName`);
    checkSecretKey(key, `${at}.key`);
    const source = secretSource(secretName, key);
    return new SecretRef({ name: secretName, key, fileName: key, source, manifests: () => [] });
  }

  private constructor(private readonly way: SecretWay) {}

  /** Name of the Secret, or of the class that mounts it. */
  public get name(): string {
    return this.way.name;
  }

  /** The objects that bring the secret into a namespace; none where it is there already. */
  public manifests(namespace: string): readonly KubernetesManifest[] {
    checkLabelName(namespace, `SecretRef(${this.name}).manifests`);
    return this.way.manifests(namespace);
  }

  /**
   * An environment variable of a container that holds the secret.
   * @param name name of the variable, such as "HF_TOKEN"
   * @throws InvalidProps SECRET_USE_UNSUPPORTED for `SecretRef.csi`, SECRET_NAME_INVALID
   */
  public envVar(name: string): Readonly<Record<string, unknown>> {
    const at = `SecretRef(${this.name}).envVar`;
    refuseLiterals({ name }, at);
    checkForm(name, /^[A-Za-z_]\w*$/, 'letters, digits and "_"', at);
    const { key } = this.way;
    if (key === undefined) {
      const allowed = "SecretRef.externalSecret or SecretRef.existing";
      throw new InvalidProps("SECRET_USE_UNSUPPORTED", at, { got: name, allowed });
    }
    return { name, valueFrom: { secretKeyRef: { name: this.name, key } } };
  }

  /** The volume of a pod that holds the secret as a file. */
  public volume(): Readonly<Record<string, unknown>> {
    return { name: this.volumeName, ...this.way.source };
  }

  /**
   * Where a container sees that volume.
   * @param mountPath absolute path of a directory
   */
  public mount(mountPath: string): Readonly<Record<string, unknown>> {
    return { name: this.volumeName, mountPath: this.checkPath(mountPath), readOnly: true };
  }

  /** Path of the file with the secret, below a mount. @param mountPath as given to `mount` */
  public filePath(mountPath: string): string {
    return `${this.checkPath(mountPath).replace(/\/$/, "")}/${this.way.fileName}`;
  }

  /** A label of its own for each secret and file, so that a pod can mount two keys of one Secret. */
  private get volumeName(): string {
    const { name, fileName } = this.way;
    const hash = createHash("sha256").update(`${name}/${fileName}`).digest("hex").slice(0, 8);
    return `${name.slice(0, 54).replaceAll(".", "-").replace(/-+$/, "")}-${hash}`;
  }

  private checkPath(mountPath: string): string {
    checkForm(mountPath, /^\/[^:]+$/, 'an absolute path without ":"', `SecretRef(${this.name}).mount`);
    return mountPath;
  }
}

function secretSource(secretName: string, key: string): Readonly<Record<string, unknown>> {
  return { secret: { secretName, items: [{ key, path: key }] } };
}
