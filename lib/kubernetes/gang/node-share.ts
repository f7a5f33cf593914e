import type { PoolProfile } from "../../contracts";
import { InvalidProps } from "../../core";
import { WholeQuantity } from "./quantity";

/** Cores and memory of a node: what a pod can have that takes all of it, or what it leaves to others. */
export interface NodeShare {
  readonly cpus: number;
  readonly memoryMiB: number;
}

/**
 * Part of the declared memory that a virtual machine does not see. Karpenter sizes nodes with it until it has seen one, so a pod that asks
 * for more gets no node. Source: aws/karpenter-provider-aws v1.14.1 `pkg/operator/options/options.go`, VM_MEMORY_OVERHEAD_PERCENT.
 */
const UNSEEN_MEMORY = 0.075;

/**
 * What kubelet keeps: 255 MiB, 11 MiB for each pod, and 100 MiB below which it evicts.
 * Sources: aws/karpenter-provider-aws v1.14.1 `pkg/providers/instancetype/types.go`; awslabs/amazon-eks-ami `nodeadm/internal/kubelet/config.go`.
 */
const KUBELET_MIB = 255 + 100;
const KUBELET_MIB_PER_POD = 11;

/** For daemons: network, storage and device plugins, exporters, agents. A decision of this library, not a measured sum. */
const DAEMONS_MIB = 2048;

/** Kubelet keeps 0.25 % of all cores beyond the fourth (same sources); daemons get the rest. A decision of this library. */
const KEPT_CPUS = 0.03;

/**
 * The share: 3 % of the cores and at least one stay behind, and of the memory 7.5 %, kubelet's part, 2 GiB for daemons, and the huge pages,
 * which the kernel takes out of it. Rounded down to whole GiB.
 * @param reserve what is left beside that, for pods that come with the one that takes the node
 * @throws InvalidProps GANG_INVALID for nodes too small; QUANTITY_INVALID
 */
export function wholeNodeShare(
  pool: PoolProfile,
  at: string,
  reserve: NodeShare = { cpus: 0, memoryMiB: 0 },
): NodeShare {
  checkReserve(reserve, `${at}.reserve`);
  const { vcpusPerNode, memoryMiBPerNode, maxPodsPerNode } = pool;
  const kept =
    KUBELET_MIB + KUBELET_MIB_PER_POD * maxPodsPerNode + DAEMONS_MIB + keptAsHugePages(pool, at) + reserve.memoryMiB;
  const memoryMiB = Math.floor((memoryMiBPerNode * (1 - UNSEEN_MEMORY) - kept) / 1024) * 1024;
  const cpus = vcpusPerNode - Math.max(1, Math.ceil(vcpusPerNode * KEPT_CPUS)) - reserve.cpus;
  if (cpus < 1 || memoryMiB < 1024) {
    throw new InvalidProps("GANG_INVALID", at, {
      got: { vcpusPerNode, memoryMiBPerNode },
      allowed: "nodes that have a core and 1 GiB left beside kubelet, daemons and what is reserved",
    });
  }
  return { cpus, memoryMiB };
}

function checkReserve(reserve: NodeShare, at: string): void {
  const wrong = Object.entries({ cpus: reserve.cpus, memoryMiB: reserve.memoryMiB }).find(
    ([, value]) => !(Number.isSafeInteger(value) && value >= 0),
  );
  if (wrong === undefined) return;
  throw new InvalidProps("GANG_INVALID", `${at}.${wrong[0]}`, { got: wrong[1], allowed: "a whole number, 0 or more" });
}

/** The huge pages that a whole-node pod asks for, by resource name, such as "hugepages-2Mi". */
export function hugePageResources({ wholeNodeResources }: PoolProfile): readonly string[] {
  return Object.keys(wholeNodeResources)
    .filter((name) => name.startsWith("hugepages-"))
    .sort();
}

/** What the kernel took for them is gone for all else, whether a pod asks for it or not. */
function keptAsHugePages(pool: PoolProfile, at: string): number {
  return Math.max(pool.hugePagesMiBPerNode ?? 0, hugePagesMiB(pool, at));
}

function hugePagesMiB(pool: PoolProfile, at: string): number {
  const sizes = hugePageResources(pool).map((name) =>
    WholeQuantity.parse(pool.wholeNodeResources[name] ?? "0", `${at}.wholeNodeResources`).inMebibytes(),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
