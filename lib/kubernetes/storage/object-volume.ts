import type { StorageLocation } from "../../contracts";
import { InvalidProps, whenKnown } from "../../core";
import type { NodeShare } from "../gang/node-share";
import type { KubernetesManifest } from "../manifest";
import { staticVolume } from "./static-volume";
import { checkRange, sizeOf } from "./volume-sizes";

/** Whose identity reads and writes the bucket. */
export enum MountIdentity {
  /** That of the pod that mounts it: EKS Pod Identity, or IRSA where the service account names a role. */
  POD = "pod",
  /** That of the driver, one for the whole cluster. */
  DRIVER = "driver",
}

/** A prefix of a bucket as files (Mountpoint for Amazon S3), for the pods of one namespace. */
export interface ObjectVolumeOptions {
  /** Name of the claim. */
  readonly name: string;
  readonly namespace: string;
  /** An `s3://bucket/prefix/`. Read-only locations are mounted so. */
  readonly location: StorageLocation;
  /** @default MountIdentity.POD */
  readonly identity?: MountIdentity;
  /** User that files belong to. @default - the driver's own */
  readonly userId?: number;
  /** Group that files belong to. @default - the pod's fsGroup */
  readonly groupId?: number;
  /** Whether files may be deleted. @default false */
  readonly allowDelete?: boolean;
  /** Whether files may be written anew. @default false */
  readonly allowOverwrite?: boolean;
  /** Gibibytes of the node's disk that keep what was read. @default - no cache */
  readonly cacheGiB?: number;
  /** Whole cores that the volume's pod on each node asks for, 1 to 64. @default 1 */
  readonly cpus?: number;
  /** Gibibytes of memory that it asks for, 1 to 256: more of it reads ahead further. @default 4 */
  readonly memoryGiB?: number;
}

/** Required and ignored; small, since it counts in a namespace's quota of storage. */
const NOMINAL_GIB = 1;

const LARGEST_ID = 2 ** 31 - 1;

/**
 * On 100 Gbit/s one mount reached 65 to 70 Gbit/s with 4 GiB and more. Source: awslabs/mountpoint-s3-csi-driver `docs/MEMORY.md` (279dac9c), 2026.
 */
const DEFAULT_MEMORY_GIB = 4;
const DEFAULT_CPUS = 1;

/**
 * PersistentVolume and claim of a prefix of a bucket, for version 2 of the driver. Objects are read and written whole, in order: there is no
 * rename and no append, so programs that write checkpoints under a passing name cannot use it.
 *
 * The driver starts a pod of its own for the volume after the pod that mounts it was placed on a node. That one tolerates every taint, but
 * pushes nobody out: a pod that takes the whole node must leave it room (`WholeNodePodOptions.reserve`, `objectVolumeShare`), or both wait
 * for ever. It asks for memory and has no limit: at a limit the kernel would end it, and the files would be gone for who reads them.
 *
 * Sources: awslabs/mountpoint-s3-csi-driver v2 `docs/CONFIGURATION.md`, `docs/CACHING.md`, `docs/UPGRADING_TO_V2.md`,
 * `docs/HEADROOM_FOR_MPPOD.md`, `pkg/podmounter/mppod/creator.go`, `charts/…/templates/mount-s3-priority.yaml` (preemption: never) and
 * `examples/kubernetes/static_provisioning`, 2026; awslabs/mountpoint-s3#1556 on limits, 2025-08.
 * @param at path of the construct, for messages
 * @throws InvalidProps KUBERNETES_NAME_INVALID, STORAGE_LOCATION_UNSUPPORTED, STORAGE_SIZE_INVALID, VALUE_OUT_OF_RANGE
 */
export function objectVolume(options: ObjectVolumeOptions, at: string): readonly KubernetesManifest[] {
  const { name, namespace, location, cacheGiB } = options;
  const { bucket, prefix } = partsOf(location.uri, `${at}.location.uri`);
  const hasCache = cacheGiB !== undefined;
  const { cpus, memoryMiB } = objectVolumeShare(options, at);
  return staticVolume(
    {
      name,
      namespace,
      size: sizeOf(NOMINAL_GIB, at),
      accessMode: location.readOnly ? "ReadOnlyMany" : "ReadWriteMany",
      mountOptions: mountOptions(options, prefix, at),
      driver: "s3.csi.aws.com",
      volumeAttributes: {
        bucketName: bucket,
        authenticationSource: options.identity ?? MountIdentity.POD,
        cache: hasCache ? "emptyDir" : undefined,
        cacheEmptyDirSizeLimit: hasCache ? sizeOf(cacheGiB, `${at}.cacheGiB`) : undefined,
        mountpointContainerResourcesRequestsCpu: cpus.toString(),
        mountpointContainerResourcesRequestsMemory: sizeOf(memoryMiB / 1024, `${at}.memoryGiB`),
      },
    },
    at,
  );
}

/**
 * What the pod of a volume takes of each node that mounts it.
 * @param at path of the property, for messages
 * @throws InvalidProps VALUE_OUT_OF_RANGE
 */
export function objectVolumeShare(options: ObjectVolumeOptions, at = "objectVolumeShare"): NodeShare {
  const { cpus = DEFAULT_CPUS, memoryGiB = DEFAULT_MEMORY_GIB } = options;
  checkRange(cpus, 1, 64, `${at}.cpus`);
  checkRange(memoryGiB, 1, 256, `${at}.memoryGiB`);
  return { cpus, memoryMiB: memoryGiB * 1024 };
}

function mountOptions(options: ObjectVolumeOptions, prefix: string, at: string): readonly string[] {
  const { location, userId, groupId, allowDelete = false, allowOverwrite = false } = options;
  for (const [name, id] of Object.entries({ userId, groupId })) {
    if (id !== undefined) checkRange(id, 0, LARGEST_ID, `${at}.${name}`);
  }
  const writes = Object.entries({ allowDelete, allowOverwrite }).find(([, allowed]) => allowed)?.[0];
  if (location.readOnly && writes !== undefined) {
    const allowed = "false, since the location is read-only";
    throw new InvalidProps("STORAGE_LOCATION_UNSUPPORTED", `${at}.${writes}`, { got: true, allowed });
  }
  return [
    // Without it only the driver's own user sees the files.
    "allow-other",
    ...(location.region === undefined ? [] : [`region ${location.region}`]),
    ...(prefix === "" ? [] : [`prefix ${prefix}`]),
    ...(userId === undefined ? [] : [`uid=${userId}`]),
    ...(groupId === undefined ? [] : [`gid=${groupId}`]),
    ...(location.readOnly ? ["read-only"] : []),
    ...(allowDelete ? ["allow-delete"] : []),
    ...(allowOverwrite ? ["allow-overwrite"] : []),
  ];
}

/** The bucket may be known only after apply; where it ends must be known. */
function partsOf(uri: string, at: string): { readonly bucket: string; readonly prefix: string } {
  const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)\/(|.*\/)$/.exec(uri) ?? [];
  const allowed = 's3://bucket/prefix/, with "/" at the end';
  if (bucket === undefined || /[\r\n]/.test(prefix)) {
    throw new InvalidProps("STORAGE_LOCATION_UNSUPPORTED", at, { got: uri, allowed });
  }
  whenKnown(bucket, (known) => {
    if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(known)) return;
    throw new InvalidProps("STORAGE_LOCATION_UNSUPPORTED", at, { got: uri, allowed });
  });
  return { bucket, prefix };
}
