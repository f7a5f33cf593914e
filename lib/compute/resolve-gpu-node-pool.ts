import { InvalidProps, whenKnown } from "../core";
import type { GpuNodePoolOptions } from "./gpu-node-pool-props";
import { Updates } from "./pool-options";
import { checkCost } from "./pool-cost";
import { type PoolSurroundings, resolvePool } from "./resolve-pool";
import type { ResolvedPool } from "./resolved-pool";
import { countsRise } from "./scaling";

/** A managed pool with all defaults filled in and all checks passed. */
export interface ResolvedGpuNodePool extends ResolvedPool {
  /** Absent where whoever scales the pool owns the count. */
  readonly desiredNodes?: number;
}

/**
 * @param poolName name of the pool, for labels
 * @param surroundings subnets and add-ons around the pool
 * @param at path of the construct, for messages
 * @throws InvalidProps as `resolvePool`, and HOURLY_COST_NOT_ACCEPTED, IMAGE_RELEASE_CONFLICT
 */
export function resolveGpuNodePool(
  poolName: string,
  options: GpuNodePoolOptions,
  surroundings: PoolSurroundings,
  at: string,
): ResolvedGpuNodePool {
  const pool = resolvePool(poolName, { ...options, imageRelease: options.amiRelease }, surroundings, at);
  const { minNodes, maxNodes } = pool;
  const desiredNodes = options.desiredNodes ?? pool.capacity.nodes;
  if (!countsRise({ minNodes, maxNodes, desiredNodes }, 0)) {
    const allowed = "a whole number with minNodes <= desiredNodes <= maxNodes";
    throw new InvalidProps("POOL_SIZE_INVALID", `${at}.desiredNodes`, {
      got: { minNodes, desiredNodes, maxNodes },
      allowed,
    });
  }
  checkRelease(options.amiRelease, pool.updates, at);
  checkCost(pool.spec, desiredNodes ?? minNodes, options.acceptHourlyCost, at);
  return { ...pool, desiredNodes };
}

/** Source: kubernetes.io, "Version Skew Policy": a kubelet may be up to three minor versions older than the API server. */
export function checkNodeVersion(nodes: string, cluster: string, at: string): void {
  whenKnown(`${nodes}${cluster}`, () => {
    const [minor, newest] = [nodes, cluster].map((version) => Number(version.split(".")[1])) as [number, number];
    if (minor <= newest && minor >= newest - 3) return;
    const allowed = `the cluster's ${cluster}, or up to three minor versions older`;
    throw new InvalidProps("VALUE_OUT_OF_RANGE", `${at}.kubernetesVersion`, { got: nodes, allowed });
  });
}

/**
 * The provider names a release to EKS only when it changes, and EKS takes the newest where none is named.
 * Source: hashicorp/terraform-provider-aws #40902 and `internal/service/eks/node_group.go`; EKS API, UpdateNodegroupVersion, 2026.
 */
function checkRelease(amiRelease: string | undefined, updates: Updates, at: string): void {
  if (amiRelease === undefined || updates !== Updates.ROLL) return;
  const allowed = `no release with Updates.ROLL, or ${Updates.HOLD} or ${Updates.REPLACE}`;
  throw new InvalidProps("IMAGE_RELEASE_CONFLICT", `${at}.amiRelease`, { got: amiRelease, allowed });
}
