import type { PoolProfile } from "../../contracts";
import { InvalidProps } from "../../core";
import { sizeOf } from "./volume-sizes";

/** What of the disks a volume gets when nothing is asked for: images and logs lie there too. */
const DEFAULT_SHARE = 0.8;

/** The kubelet evicts pods when less than a tenth of the disk is free. Source: Kubernetes, "Node-pressure Eviction", hard thresholds. */
const LARGEST_SHARE = 0.9;

/**
 * The volume of a pod on the local NVMe of a pool's nodes: it lives and dies with the pod. The disks are striped into one, on which the
 * directories of kubelet and containerd lie, so an ordinary `emptyDir` is on them.
 *
 * The limit reserves nothing. Shares of the volumes of all pods of a node should be 0.9 together at most: who exceeds a limit is evicted.
 *
 * Source: awslabs/amazon-eks-ami, nodeadm, `localStorage.strategy: RAID0`, 2026.
 * @param name name of the volume in the pod
 * @param share part of a node's disks, more than 0 and at most 0.9
 * @param at path of the construct, for messages
 * @throws InvalidProps LOCAL_NVME_MISSING, VALUE_OUT_OF_RANGE
 */
export function localScratchVolume(
  pool: PoolProfile,
  share: number = DEFAULT_SHARE,
  name = "local-scratch",
  at = "localScratchVolume",
): Readonly<Record<string, unknown>> {
  const { localNvmeGBPerNode, poolName } = pool;
  if (localNvmeGBPerNode <= 0) {
    throw new InvalidProps("LOCAL_NVME_MISSING", at, { got: poolName, allowed: "a pool whose nodes have local NVMe" });
  }
  if (!(share > 0 && share <= LARGEST_SHARE)) {
    const allowed = `more than 0, and at most ${LARGEST_SHARE}`;
    throw new InvalidProps("VALUE_OUT_OF_RANGE", `${at}.share`, { got: share, allowed });
  }
  const gibibytes = Math.floor((localNvmeGBPerNode * 1e9 * share) / 1024 ** 3);
  return { name, emptyDir: { sizeLimit: sizeOf(gibibytes, `${at}.share`) } };
}
