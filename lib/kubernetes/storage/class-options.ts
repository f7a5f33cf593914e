import { checkArn, InvalidProps } from "../../core";
import type { KubernetesManifest } from "../manifest";

/** What becomes of a volume when its claim is deleted. */
export enum VolumeReclaimPolicy {
  /** The volume goes too, with its data. */
  DELETE = "Delete",
  /** The volume stays, and so does its cost, until somebody deletes it. */
  RETAIN = "Retain",
}

/** The class that claims get which name none. Source: Kubernetes, "Change the default StorageClass". */
const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** A class, before it is written. @internal */
export interface ClassParts {
  readonly name: string;
  readonly provisioner: string;
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly reclaimPolicy: VolumeReclaimPolicy;
  readonly volumeBindingMode: "WaitForFirstConsumer" | "Immediate";
  readonly isDefault: boolean;
}

/** @internal */
export function storageClass(parts: ClassParts): KubernetesManifest {
  const { name, provisioner, parameters, reclaimPolicy, volumeBindingMode } = parts;
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name, annotations: parts.isDefault ? { [DEFAULT_CLASS]: "true" } : undefined },
    provisioner,
    parameters,
    reclaimPolicy,
    volumeBindingMode,
    allowVolumeExpansion: true,
  };
}

/** @internal */
export function checkKey(keyArn: string | undefined, at: string): void {
  if (keyArn === undefined) return;
  checkArn(keyArn, /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/.+$/, "arn:aws:kms:<region>:<account>:key/<id>", at);
}

/** @internal */
export function checkClassName(name: string, at: string): void {
  if (name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)) return;
  const allowed = 'lower-case letters, digits, "-" and ".", a letter or digit at both ends';
  throw new InvalidProps("KUBERNETES_NAME_INVALID", at, { got: name, allowed });
}
