import type { InstanceTypeSpec } from "../catalog";
import type { PoolTaint } from "../contracts";
import type { EksNodeGroup, LaunchTemplate } from "../terraform/aws";
import type { Capacity } from "./capacity";
import type { ICluster } from "./cluster-interface";
import type { Fabric } from "./fabric/fabric";
import type { NodeImage } from "./node-image";

/** How EC2 places a pool's nodes relative to each other. */
export enum Placement {
  /** Close together in one zone. */
  CLUSTER = "cluster",
  /** Wherever there is room. */
  NONE = "none",
}

/** What local NVMe is used for. */
export enum LocalDisks {
  /** One striped volume for images, pods and logs. */
  RAID0 = "raid0",
  /** Left alone. */
  NONE = "none",
}

/** Everything about a pool that does not need the cluster: plain enough to stand in a stage's config. */
export interface GpuNodePoolOptions {
  /** EC2 type, such as "p5.48xlarge". */
  readonly instanceType: string;
  /** Most nodes. */
  readonly maxNodes: number;
  /** Least nodes, which run (and cost) all the time. @default 0 */
  readonly minNodes?: number;
  /** Nodes to run; Terraform then owns the count. @default - starts at minNodes, and then whoever scales the pool owns it */
  readonly desiredNodes?: number;
  /** USD per hour that you accept for the nodes that are always there; needed when there are any. @default - nothing is accepted */
  readonly acceptHourlyCost?: number;
  /** @default Capacity.onDemand() */
  readonly capacity?: Capacity;
  /** Zones of the nodes; exactly one with EFA. @default - the capacity's zone, else the network's zones */
  readonly zones?: readonly string[];
  /** @default - Fabric.EFA if the type has EFA and the pool can hold two nodes, else Fabric.NONE */
  readonly fabric?: Fabric;
  /** @default - Placement.CLUSTER with EFA unless capacity is reserved: a reservation lies where it lies */
  readonly placement?: Placement;
  /** What the type is, for one that the catalog does not know. @default - the catalog's specification */
  readonly specification?: InstanceTypeSpec;
  /** Kubernetes version of the nodes: pin it to upgrade the control plane without touching them. @default - the cluster's */
  readonly kubernetesVersion?: string;
  /** Whether EKS replaces nodes that its monitoring finds broken. @default true */
  readonly nodeRepair?: boolean;
  /** @default - the EKS image of Amazon Linux 2023 for the accelerator */
  readonly image?: NodeImage;
  /** Volume for images, pods and logs where local disks do not hold them; accelerator images take 10 to 20 GB each. @default 200 */
  readonly rootVolumeGiB?: number;
  /** @default - LocalDisks.RAID0 if the type has NVMe */
  readonly localDisks?: LocalDisks;
  /** More labels of the nodes. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** More tags of instances, volumes and interfaces. @default - none beside the stack's */
  readonly tags?: Readonly<Record<string, string>>;
  /** More taints of the nodes. @default - none beside the accelerator's own */
  readonly taints?: readonly PoolTaint[];
  /** Last word on the launch template. @default - none */
  readonly customizeTemplate?: (template: LaunchTemplate) => void;
  /** Last word on the node group. @default - none */
  readonly customize?: (nodeGroup: EksNodeGroup) => void;
}

export interface GpuNodePoolProps extends GpuNodePoolOptions {
  readonly cluster: ICluster;
}
