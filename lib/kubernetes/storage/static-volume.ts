import { InvalidProps } from "../../core";
import { checkLabelName } from "../gang/names";
import type { KubernetesManifest } from "../manifest";

/** Name and place of a claim. @internal */
export interface ClaimName {
  readonly name: string;
  readonly namespace: string;
}

/** @internal */
export interface ClaimParts extends ClaimName {
  readonly size: string;
  readonly storageClassName: string;
  readonly accessMode: "ReadWriteMany" | "ReadOnlyMany";
  /** The one volume that is meant. @default - any of the class */
  readonly volumeName?: string;
}

/** A volume that is there already, before it is written. @internal */
export interface StaticVolumeParts extends ClaimName {
  readonly size: string;
  readonly accessMode: "ReadWriteMany" | "ReadOnlyMany";
  readonly mountOptions: readonly string[];
  readonly driver: string;
  /** @default - the volume's name, which is unique in the cluster */
  readonly volumeHandle?: string;
  readonly volumeAttributes: Readonly<Record<string, string | undefined>>;
}

/** Drivers write it as the value of a label. */
const LONGEST_VOLUME_NAME = 63;

/** @throws InvalidProps KUBERNETES_NAME_INVALID @internal */
export function checkClaim({ name, namespace }: ClaimName, at: string): void {
  checkLabelName(namespace, `${at}.namespace`);
  checkLabelName(name, `${at}.name`);
}

/**
 * A PersistentVolume and its claim, each bound to the other by name, so that no claim of another namespace takes the volume and the claim no
 * other volume. Neither has a class: of the claim an empty name says so, or it would get the default class; of a volume the API server keeps
 * no empty name. The volume is called `namespace.name`: neither part has dots, so no two pairs share a name.
 *
 * Source: Kubernetes, "Reserving a PersistentVolume"; awslabs/mountpoint-s3-csi-driver `docs/CONFIGURATION.md`.
 * @internal
 */
export function staticVolume(parts: StaticVolumeParts, at: string): readonly KubernetesManifest[] {
  checkClaim(parts, at);
  const { name, namespace, size, accessMode, mountOptions, driver } = parts;
  const volumeName = `${namespace}.${name}`;
  if (volumeName.length > LONGEST_VOLUME_NAME) {
    const allowed = `at most ${LONGEST_VOLUME_NAME - 1} characters together with the namespace`;
    throw new InvalidProps("KUBERNETES_NAME_INVALID", `${at}.name`, { got: name, allowed });
  }
  const volume: KubernetesManifest = {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: volumeName },
    spec: {
      capacity: { storage: size },
      volumeMode: "Filesystem",
      accessModes: [accessMode],
      persistentVolumeReclaimPolicy: "Retain",
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name },
      mountOptions,
      csi: { driver, volumeHandle: parts.volumeHandle ?? volumeName, volumeAttributes: parts.volumeAttributes },
    },
  };
  return [volume, claim({ name, namespace, size, accessMode, storageClassName: "", volumeName })];
}

/** @internal */
export function claim(parts: ClaimParts): KubernetesManifest {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: parts.name, namespace: parts.namespace },
    spec: {
      accessModes: [parts.accessMode],
      volumeMode: "Filesystem",
      storageClassName: parts.storageClassName,
      volumeName: parts.volumeName,
      resources: { requests: { storage: parts.size } },
    },
  };
}

/**
 * The volume of a pod that mounts a claim of its namespace.
 * @param claimName name of the claim, and of the volume
 * @param readOnly whether the pod cannot write to it
 */
export function claimVolume(claimName: string, readOnly = false): Readonly<Record<string, unknown>> {
  return { name: claimName, persistentVolumeClaim: readOnly ? { claimName, readOnly } : { claimName } };
}
