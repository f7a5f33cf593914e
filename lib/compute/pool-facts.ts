import { CapacityKind, type PoolFacts } from "../contracts";
import { type VcpuQuota, vcpuQuotaOf } from "../catalog";
import { type IConstruct, TerraformStack } from "../terraform/cdktf";
import type { ResolvedPool } from "./resolved-pool";

/**
 * The vCPU quota that a pool's nodes must fit in when they start. A Capacity Block has one of its own, which was met when the block was
 * bought, and counts against no other.
 */
export function launchQuota({ spec, capacity }: ResolvedPool): VcpuQuota | undefined {
  return capacity.kind === CapacityKind.BLOCK ? undefined : vcpuQuotaOf(spec.instanceType, capacity.kind);
}

/** What `aidc preflight` asks AWS about a pool. */
export function poolFacts(pool: ResolvedPool): PoolFacts {
  const { spec, capacity, profile } = pool;
  const quota = launchQuota(pool);
  const { reservationId, resourceGroupArn } = capacity.reservationTarget ?? {};
  return {
    instanceType: spec.instanceType,
    vcpusPerNode: spec.vcpus,
    minNodes: profile.minNodes,
    maxNodes: profile.maxNodes,
    zones: profile.zones,
    capacityKind: capacity.kind,
    reservation: reservationId ?? resourceGroupArn,
    window: capacity.window,
    placementGroupName: capacity.placementGroupName,
    quotaCode: quota?.code,
    quotaName: quota?.name,
  };
}

/** Leaves the facts in the stack's JSON, under the key that Terraform takes for a comment. */
export function recordPoolFacts(scope: IConstruct, poolName: string, pool: ResolvedPool): void {
  TerraformStack.of(scope).addOverride(`//.aidc.pools.${poolName}`, poolFacts(pool));
}
