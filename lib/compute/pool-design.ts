import { type InstanceTypeSpec, nvidiaDriverIn } from "../catalog";
import type { CapacityDecisions } from "./capacity/decisions";
import { InstanceTypePlace } from "./capacity/decisions";
import type { CompiledFabric } from "./fabric/compile";
import type { NodeImage } from "./node-image";
import type { DesignPlacementGroup, PoolDesign } from "./physics/design";
import { Placement, PoolPurpose } from "./pool-options";
import type { PoolSurroundings } from "./resolve-pool";

/** What the physics rules are told of a pool. */
export interface DesignParts {
  readonly spec: InstanceTypeSpec;
  readonly fabric: CompiledFabric;
  readonly zones: readonly string[];
  readonly maxNodes: number;
  readonly capacity: CapacityDecisions;
  readonly placement: Placement;
  readonly purpose: PoolPurpose;
  readonly image: NodeImage;
  readonly imageRelease?: string;
  readonly surroundings: PoolSurroundings;
}

/** A pool as the physics rules see it, with what its launch template and node group will hold. */
export function poolDesign(parts: DesignParts): PoolDesign {
  const { spec, fabric, zones, maxNodes, capacity, purpose, image, imageRelease, surroundings } = parts;
  const amiType = image.amiType(spec.architecture);
  const { reservationId, resourceGroupArn } = capacity.reservationTarget ?? {};
  return {
    spec,
    listedTypes: capacity.instanceTypePlace === InstanceTypePlace.LAUNCH_TEMPLATE ? [] : [spec.instanceType],
    interfaces: fabric.interfaces,
    zones,
    maxNodes,
    capacity: {
      kind: capacity.kind,
      reservation: reservationId ?? resourceGroupArn,
      zone: capacity.zone,
      marketType: capacity.marketType,
      reservationPlacementGroup: capacity.placementGroupName,
    },
    placementGroup: placementGroup(parts),
    subnets: surroundings.subnets,
    podsElsewhere: surroundings.podsElsewhere,
    maxPods: fabric.maxPods,
    amiType,
    imageRelease,
    plugins: {
      vpcCni: surroundings.vpcCniVersion,
      nvidiaDriver: nvidiaDriverIn(amiType, imageRelease),
    },
    workload: purpose === PoolPurpose.TRAINING ? { nodes: maxNodes, gang: true } : undefined,
  };
}

function placementGroup({ placement, capacity }: DesignParts): DesignPlacementGroup | undefined {
  if (placement === Placement.CLUSTER) return {};
  return capacity.placementGroupName === undefined ? undefined : { name: capacity.placementGroupName };
}
