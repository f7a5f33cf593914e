import type { InstanceTypeSpec } from "../catalog";
import { ACCELERATOR_LABEL, POOL_LABEL, type PoolProfile, type PoolTaint, TaintEffect } from "../contracts";
import { InvalidProps } from "../core";
import type { CapacityDecisions } from "./capacity/decisions";
import type { CompiledFabric } from "./fabric/compile";
import { EFA_NODE_HUGEPAGES_MIB, EFA_RESOURCE } from "./fabric/pod-requests";

/** What a profile is made of. */
export interface ProfileParts {
  readonly spec: InstanceTypeSpec;
  readonly fabric: CompiledFabric;
  readonly capacity: CapacityDecisions;
  readonly zones: readonly string[];
  readonly taints: readonly PoolTaint[];
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly stripeLocalDisks: boolean;
}

/** The labels that every node of a pool carries. */
export function poolLabels(poolName: string, { accelerator }: InstanceTypeSpec): Readonly<Record<string, string>> {
  return { [POOL_LABEL]: poolName, [ACCELERATOR_LABEL]: accelerator.name };
}

/**
 * The taints of a pool: only pods that ask for accelerators may use its nodes.
 * @throws InvalidProps INSTANCE_TYPE_INCOMPLETE for an accelerator that pods cannot ask for
 */
export function poolTaints(spec: InstanceTypeSpec, more: readonly PoolTaint[] = [], at: string): readonly PoolTaint[] {
  return [{ key: resourceOf(spec, at), value: "present", effect: TaintEffect.NO_SCHEDULE }, ...more];
}

/**
 * What workloads learn of a pool.
 * @throws InvalidProps INSTANCE_TYPE_INCOMPLETE for an accelerator that pods cannot ask for
 */
export function poolProfile(poolName: string, parts: ProfileParts, at: string): PoolProfile {
  const { spec, fabric, capacity } = parts;
  return {
    poolName,
    instanceType: spec.instanceType,
    nodeSelector: { [POOL_LABEL]: poolName },
    taints: parts.taints,
    zones: parts.zones,
    acceleratorName: spec.accelerator.name,
    acceleratorResource: resourceOf(spec, at),
    acceleratorsPerNode: spec.accelerator.count,
    acceleratorMemoryMiB: spec.accelerator.memoryMiBEach,
    fabricResource: fabric.efaInterfaces > 0 ? EFA_RESOURCE : undefined,
    fabricInterfacesPerNode: fabric.efaInterfaces,
    wholeNodeResources: fabric.podRequests.resources,
    ...(fabric.efaInterfaces > 0 && { hugePagesMiBPerNode: EFA_NODE_HUGEPAGES_MIB }),
    sharedMemoryMiBPerNode: fabric.podRequests.sharedMemoryMiB,
    topologyLayers: spec.topologyLayers,
    vcpusPerNode: spec.vcpus,
    memoryMiBPerNode: spec.memoryMiB,
    localNvmeGBPerNode: parts.stripeLocalDisks ? (spec.localNvmeGB ?? 0) : 0,
    maxPodsPerNode: fabric.maxPods,
    capacityKind: capacity.kind,
    capacityWindow: capacity.window,
    minNodes: parts.minNodes,
    maxNodes: parts.maxNodes,
  };
}

function resourceOf({ instanceType, accelerator }: InstanceTypeSpec, at: string): string {
  if (accelerator.resource !== undefined) return accelerator.resource;
  throw new InvalidProps("INSTANCE_TYPE_INCOMPLETE", `${at}.specification`, {
    got: accelerator,
    allowed: `${instanceType} with the Kubernetes resource that its device plugin advertises`,
  });
}
