import { InvalidProps, whenKnown } from "../../core";
import type { KubernetesManifest } from "../manifest";
import { checkClassName, checkKey, storageClass, VolumeReclaimPolicy } from "./class-options";
import { claim, checkClaim } from "./static-volume";
import { sizeOf } from "./volume-sizes";

/** A class of FSx for Lustre file systems (PERSISTENT_2, SSD): each claim makes one, which many nodes write together. */
export interface LustreStorageClass {
  /** Name of the class. @default "lustre" */
  readonly name?: string;
  /** Subnet of the file systems, in the zone of the pool that uses them. */
  readonly subnetId: string;
  /** Security groups of the file systems, at least one: they let the nodes in on ports 988 and 1018 to 1023. */
  readonly securityGroupIds: readonly string[];
  /** Throughput in MB/s for each TiB: 125, 250, 500 or 1000. @default 250 */
  readonly throughputPerTiB?: number;
  /** Whether clients may come over EFA. Sizes are larger then. @default false */
  readonly efa?: boolean;
  /** ARN of the key. @default - the account's key for FSx (aws/fsx) */
  readonly kmsKeyArn?: string;
  /** @default VolumeReclaimPolicy.RETAIN */
  readonly reclaimPolicy?: VolumeReclaimPolicy;
}

/** A claim of a class: a file system of its own. */
export interface LustreClaim {
  /** Name of the claim. */
  readonly name: string;
  readonly namespace: string;
  /** The class, as it was given to `StorageClasses`. */
  readonly storageClass: LustreStorageClass;
  /** 1200, or a multiple of 2400; with EFA a multiple of 4,800,000 / `throughputPerTiB`. */
  readonly capacityGiB: number;
}

const THROUGHPUTS: readonly number[] = [125, 250, 500, 1000];
const DEFAULT_THROUGHPUT = 250;
const API = "AWS FSx API, CreateFileSystemLustreConfiguration and StorageCapacity, 2026";
const EFA_SIZES = "FSx for Lustre user guide, increasing storage capacity of EFA-enabled file systems, 2026";

/**
 * The StorageClass of Lustre file systems. Making one takes minutes, and begins with the claim, not with the first pod.
 *
 * Source of the parameters: kubernetes-sigs/aws-fsx-csi-driver `pkg/driver/controller.go` and `examples/kubernetes/efa`, 2026.
 * @param at path of the property, for messages
 * @throws InvalidProps KUBERNETES_NAME_INVALID, STORAGE_REFERENCE_INVALID, ARN_INVALID, VALUE_OUT_OF_RANGE
 */
export function lustreStorageClass(options: LustreStorageClass, at: string): KubernetesManifest {
  const { name = "lustre", kmsKeyArn, efa = false, throughputPerTiB = DEFAULT_THROUGHPUT } = options;
  checkClassName(name, `${at}.name`);
  checkKey(kmsKeyArn, `${at}.kmsKeyArn`);
  checkNetwork(options, at);
  if (!THROUGHPUTS.includes(throughputPerTiB)) {
    const allowed = THROUGHPUTS.join(", ");
    throw new InvalidProps("VALUE_OUT_OF_RANGE", `${at}.throughputPerTiB`, {
      got: throughputPerTiB,
      allowed,
      source: API,
    });
  }
  return storageClass({
    name,
    provisioner: "fsx.csi.aws.com",
    parameters: {
      subnetId: options.subnetId,
      securityGroupIds: options.securityGroupIds.join(","),
      deploymentType: "PERSISTENT_2",
      storageType: "SSD",
      perUnitStorageThroughput: throughputPerTiB.toString(),
      fileSystemTypeVersion: "2.15",
      kmsKeyId: kmsKeyArn,
      efaEnabled: efa ? "true" : undefined,
      metadataConfigurationMode: efa ? "AUTOMATIC" : undefined,
    },
    reclaimPolicy: options.reclaimPolicy ?? VolumeReclaimPolicy.RETAIN,
    volumeBindingMode: "Immediate",
    isDefault: false,
  });
}

/**
 * A claim of a Lustre class. The driver would round the size up, and FSx charge for it, so it is refused here.
 * @param at path of the construct, for messages
 * @throws InvalidProps KUBERNETES_NAME_INVALID, STORAGE_SIZE_INVALID
 */
export function lustreClaim(options: LustreClaim, at: string): KubernetesManifest {
  checkClaim(options, at);
  const { efa = false, throughputPerTiB = DEFAULT_THROUGHPUT, name = "lustre" } = options.storageClass;
  const { capacityGiB } = options;
  const size = sizeOf(capacityGiB, `${at}.capacityGiB`);
  const step = efa ? 4_800_000 / throughputPerTiB : 2400;
  if (capacityGiB % step !== 0 && (efa || capacityGiB !== 1200)) {
    throw new InvalidProps("STORAGE_SIZE_INVALID", `${at}.capacityGiB`, {
      got: capacityGiB,
      allowed: efa
        ? `multiples of ${step} GiB with EFA at ${throughputPerTiB} MB/s per TiB`
        : "1200, or multiples of 2400",
      source: efa ? EFA_SIZES : API,
    });
  }
  return claim({ ...options, size, storageClassName: name, accessMode: "ReadWriteMany" });
}

function checkNetwork({ subnetId, securityGroupIds }: LustreStorageClass, at: string): void {
  whenKnown(subnetId, (known) => {
    if (/^subnet-[0-9a-z-]+$/.test(known)) return;
    throw new InvalidProps("STORAGE_REFERENCE_INVALID", `${at}.subnetId`, { got: known, allowed: "subnet-…" });
  });
  if (securityGroupIds.length === 0) {
    const allowed = "at least one security group";
    throw new InvalidProps("STORAGE_REFERENCE_INVALID", `${at}.securityGroupIds`, { got: securityGroupIds, allowed });
  }
  for (const group of securityGroupIds) {
    whenKnown(group, (known) => {
      if (/^sg-[0-9a-z-]+$/.test(known)) return;
      throw new InvalidProps("STORAGE_REFERENCE_INVALID", `${at}.securityGroupIds`, { got: known, allowed: "sg-…" });
    });
  }
}
