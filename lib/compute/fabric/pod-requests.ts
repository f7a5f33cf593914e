import type { InstanceTypeSpec } from "../../catalog";

/** Resource that the EFA device plugin advertises. Source: aws/eks-charts `aws-efa-k8s-device-plugin`, 2026. */
export const EFA_RESOURCE = "vpc.amazonaws.com/efa";

/**
 * Huge pages that libfabric's EFA provider wants: the driver set-up of EKS images allocates 5,128 pages of 2 MiB, and AWS' own test
 * manifests ask for 5,120 MiB. Source: Amazon EKS user guide, "node-efa", and its nccl-tests manifest, 2026.
 */
const HUGEPAGES_2MI_MIB = 5120;

/** What nodes with EFA keep as huge pages, whether a pod asks for them or not: 5,128 pages of 2 MiB. Same source. */
export const EFA_NODE_HUGEPAGES_MIB = 5128 * 2;

/**
 * For pods that ask for no huge pages: taking some anyway ends with a bus error, since the container's limit is 0.
 * Source: libfabric man page fi_efa(7), FI_EFA_USE_HUGE_PAGE, 2026.
 */
export const WITHOUT_HUGE_PAGES: Readonly<Record<string, string>> = { FI_EFA_USE_HUGE_PAGE: "0" };

/** What a pod must ask for to use its share of a node's fabric. */
export interface FabricPodRequests {
  /** Extended resources and huge pages, as Kubernetes quantities; the same for requests and limits. */
  readonly resources: Readonly<Record<string, string>>;
  /** Upper bound of the pod's shared memory in MiB, for a memory-backed `emptyDir` at /dev/shm; nothing is taken until it is written. */
  readonly sharedMemoryMiB: number;
}

/**
 * The requests of a pod that takes some of a node's accelerators. EFA interfaces are shared out with the accelerators, whole ones only;
 * shared memory is half of the pod's share of memory, as Linux bounds a tmpfs by itself (kernel documentation, "Tmpfs").
 * @param efaInterfaces of the node
 * @param accelerators that the pod takes @default - all of the node
 */
export function fabricPodRequests(
  spec: InstanceTypeSpec,
  efaInterfaces: number,
  accelerators: number = spec.accelerator.count,
): FabricPodRequests {
  const { resource, count } = spec.accelerator;
  const share = count === 0 ? 1 : accelerators / count;
  const efa = Math.floor(efaInterfaces * share);
  return {
    resources: {
      ...(resource === undefined || accelerators === 0 ? {} : { [resource]: String(accelerators) }),
      ...(efa === 0 ? {} : { [EFA_RESOURCE]: String(efa), "hugepages-2Mi": `${HUGEPAGES_2MI_MIB}Mi` }),
    },
    sharedMemoryMiB: Math.floor((spec.memoryMiB * share) / 2),
  };
}
