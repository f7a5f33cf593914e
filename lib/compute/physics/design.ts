import type { InstanceTypeSpec } from "../../catalog";
import type { CapacityKind } from "../../contracts";
import type { FabricInterface } from "../fabric/interfaces";

/** A subnet that nodes may stand in. */
export interface DesignSubnet {
  readonly zone: string;
  /** @default - not known: sizes are not checked */
  readonly cidr?: string;
}

/** How the nodes are bought, as the rules see it. */
export interface DesignCapacity {
  readonly kind: CapacityKind;
  /** Reservation id or resource group ARN. @default - none */
  readonly reservation?: string;
  /** Zone of the reservation. @default - none */
  readonly zone?: string;
  /** Market type in the launch template: "spot", "capacity-block". @default - none */
  readonly marketType?: string;
  /** Group that the reservation was made in. @default - none */
  readonly reservationPlacementGroup?: string;
}

/** The placement group that nodes start in. */
export interface DesignPlacementGroup {
  /** Name; a group that the pool makes for itself has none yet. @default - the pool's own */
  readonly name?: string;
}

/** What of a launch template the rules look at beside its interfaces. */
export interface DesignTemplate {
  /** Whether it names a subnet. @default false */
  readonly namesSubnet?: boolean;
  /** Whether it names security groups outside of its interfaces. @default false */
  readonly namesGroupsOutside?: boolean;
  /** Whether an interface asks for a public address. @default false */
  readonly publicAddress?: boolean;
}

/** Whether a group lets all traffic between its own members through. */
export interface DesignSecurityGroup {
  readonly fromItself: boolean;
  readonly toItself: boolean;
}

/** What runs on the nodes for their devices. Versions are dotted numbers, with or without a leading "v". */
export interface DesignPlugins {
  /** @default - none is installed, or not known */
  readonly efaDevicePlugin?: string;
  /** Whether DRANET drives EFA. @default false */
  readonly efaDra?: boolean;
  /** @default - none is installed beside what the image ships */
  readonly nvidiaDevicePlugin?: string;
  /** Setting mofedEnabled of the NVIDIA plugin. @default - the plugin's own default */
  readonly nvidiaMofed?: boolean;
  /** @default - not known */
  readonly vpcCni?: string;
  /** NVIDIA driver branch in the image, such as 580. @default - not known */
  readonly nvidiaDriver?: number;
}

/** What runs in the pool. */
export interface DesignWorkload {
  /** Nodes of the largest gang. */
  readonly nodes: number;
  /** Whether it loses its work when one node goes. */
  readonly gang: boolean;
  /** Whether it saves its state now and then. @default - not known */
  readonly checkpoints?: boolean;
}

/** A Lustre file system that the nodes mount. */
export interface DesignLustre {
  readonly efa: boolean;
  /** Zone of its subnet. */
  readonly zone: string;
}

/**
 * Everything that the physics rules look at: plain data, from a pool of this library or from anywhere else. What is absent is not
 * known, and is not judged.
 */
export interface PoolDesign {
  readonly spec: InstanceTypeSpec;
  /** Types that the node group lists; empty where the template names the type. @default - just the type */
  readonly listedTypes?: readonly string[];
  readonly interfaces: readonly FabricInterface[];
  readonly zones: readonly string[];
  readonly maxNodes: number;
  readonly capacity: DesignCapacity;
  /** @default - none */
  readonly placementGroup?: DesignPlacementGroup;
  /** @default - not known */
  readonly subnets?: readonly DesignSubnet[];
  /** Whether pods have subnets of their own, for all interfaces but a node's first. @default false */
  readonly podsElsewhere?: boolean;
  /** Pods that the kubelet advertises. @default - not known */
  readonly maxPods?: number;
  /** EKS AMI type, such as "BOTTLEROCKET_x86_64_NVIDIA". @default - not known */
  readonly amiType?: string;
  /** Release of the image: "1.36.2-20260818", "al2023@v20260818". @default - not known */
  readonly imageRelease?: string;
  /** @default - not known */
  readonly template?: DesignTemplate;
  /** Group of the interfaces. @default - not known */
  readonly securityGroup?: DesignSecurityGroup;
  /** @default - not known */
  readonly plugins?: DesignPlugins;
  /** @default - not known */
  readonly workload?: DesignWorkload;
  /** @default - none */
  readonly lustre?: DesignLustre;
  /** Node labels of a topology, from the widest layer down. @default - none */
  readonly topologyLevels?: readonly string[];
}
