import { InvalidProps } from "../../core";
import type { KubernetesManifest } from "../manifest";
import { checkClassName, checkKey, storageClass, VolumeReclaimPolicy } from "./class-options";
import { checkRange } from "./volume-sizes";

/** File systems that the EBS driver makes. */
export enum BlockFileSystem {
  EXT4 = "ext4",
  XFS = "xfs",
}

/** A class of EBS volumes for one pod at a time (gp3, always encrypted). What claims it is placed first, and the volume made in its zone. */
export interface BlockStorageClass {
  /** Name of the class. @default "gp3" */
  readonly name?: string;
  /** ARN of the key. The driver's role must be allowed to use it. @default - the account's key for EBS (aws/ebs) */
  readonly kmsKeyArn?: string;
  /** Operations per second of a volume, 3,000 to 80,000, at most 500 for each GiB. @default 3000 */
  readonly iops?: number;
  /** Throughput of a volume in MiB/s, 125 to 2,000, at most a quarter of `iops`. @default 125 */
  readonly throughputMiBps?: number;
  /** @default BlockFileSystem.EXT4 */
  readonly fileSystem?: BlockFileSystem;
  /** @default VolumeReclaimPolicy.DELETE */
  readonly reclaimPolicy?: VolumeReclaimPolicy;
  /** Whether claims that name no class get this one. At most one class of a cluster is. @default false */
  readonly isDefault?: boolean;
}

/** The bounds were raised from 16,000 and 1,000. */
const LIMITS = "AWS EC2 API, EbsBlockDevice, 2026";
const RATIO = "AWS EBS user guide, General Purpose SSD volumes (0.25 MiB/s for each IOPS), 2026";

/**
 * The StorageClass of encrypted gp3 volumes. Kubernetes never changes the parameters of a class: another key or speed needs another name, or
 * the class is replaced.
 *
 * Source of the parameters: kubernetes-sigs/aws-ebs-csi-driver `docs/parameters.md`, 2026.
 * @param at path of the property, for messages
 * @throws InvalidProps KUBERNETES_NAME_INVALID, ARN_INVALID, VALUE_OUT_OF_RANGE
 */
export function blockStorageClass(options: BlockStorageClass, at: string): KubernetesManifest {
  const { name = "gp3", kmsKeyArn, iops, throughputMiBps } = options;
  checkClassName(name, `${at}.name`);
  checkKey(kmsKeyArn, `${at}.kmsKeyArn`);
  if (iops !== undefined) checkRange(iops, 3000, 80_000, `${at}.iops`, LIMITS);
  if (throughputMiBps !== undefined) {
    checkRange(throughputMiBps, 125, 2000, `${at}.throughputMiBps`, LIMITS);
    const most = (iops ?? 3000) / 4;
    if (throughputMiBps > most) {
      const allowed = `at most ${most} with ${iops ?? 3000} operations per second`;
      throw new InvalidProps("VALUE_OUT_OF_RANGE", `${at}.throughputMiBps`, {
        got: throughputMiBps,
        allowed,
        remedy: "Raise iops to four times the throughput.",
        source: RATIO,
      });
    }
  }
  return storageClass({
    name,
    provisioner: "ebs.csi.aws.com",
    parameters: {
      type: "gp3",
      encrypted: "true",
      kmsKeyId: kmsKeyArn,
      iops: iops?.toString(),
      throughput: throughputMiBps?.toString(),
      "csi.storage.k8s.io/fstype": options.fileSystem ?? BlockFileSystem.EXT4,
    },
    reclaimPolicy: options.reclaimPolicy ?? VolumeReclaimPolicy.DELETE,
    volumeBindingMode: "WaitForFirstConsumer",
    isDefault: options.isDefault ?? false,
  });
}
