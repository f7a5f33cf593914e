import type { InstanceTypeSpec } from "../catalog";
import type { PoolTaint } from "../contracts";
import type { Acknowledgements } from "../core";
import type { Capacity } from "./capacity/capacity";
import type { Fabric, FabricPolicy } from "./fabric/fabric";
import type { FabricInterface } from "./fabric/interfaces";
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

/** What a pool is for: it decides who may interrupt its nodes. */
export enum PoolPurpose {
  /** Gangs that lose work when one node goes: nothing is moved, merged or updated under them. */
  TRAINING = "training",
  /** Replicas that come and go: nodes are merged, updated and replaced as it pays. */
  INFERENCE = "inference",
}

/** When the nodes of a pool are replaced by newer ones. */
export enum Updates {
  /** As soon as image release or template changes, node by node. */
  ROLL = "roll",
  /** Image release and template are kept, whatever changes, until the revision does; then node by node. */
  HOLD = "hold",
  /** As HOLD, but all nodes go before new ones come: for reserved capacity, which has no room for one more node. */
  REPLACE = "replace",
}

/** What managed and elastic pools have in common: plain enough to stand in a stage's config. */
export interface PoolOptions {
  /** EC2 type, such as "p5.48xlarge". */
  readonly instanceType: string;
  /** Most nodes. @default - the count of static capacity; needed with any other */
  readonly maxNodes?: number;
  /** @default - PoolPurpose.TRAINING with a fabric, else PoolPurpose.INFERENCE */
  readonly purpose?: PoolPurpose;
  /** USD per hour that you accept for the nodes that are always there; needed when there are any. @default - nothing is accepted */
  readonly acceptHourlyCost?: number;
  /** @default Capacity.onDemand() */
  readonly capacity?: Capacity;
  /** Zones of the nodes; exactly one with EFA. @default - the capacity's zone, else the network's zones */
  readonly zones?: readonly string[];
  /** @default - Fabric.EFA if the type has EFA and the pool can hold two nodes, else Fabric.NONE */
  readonly fabric?: Fabric;
  /** What the fabric's interfaces are laid out for. @default FabricPolicy.SAVE_IPS */
  readonly fabricPolicy?: FabricPolicy;
  /** The interfaces themselves, for a layout that this release does not know. @default - laid out by the policy */
  readonly interfaces?: readonly FabricInterface[];
  /** @default - Placement.CLUSTER with EFA unless capacity is reserved: a reservation lies where it lies */
  readonly placement?: Placement;
  /** What the type is, for one that the catalog does not know. @default - the catalog's specification */
  readonly specification?: InstanceTypeSpec;
  /** @default - the EKS image of Amazon Linux 2023 for the accelerator */
  readonly image?: NodeImage;
  /** When nodes are replaced by newer ones. @default - Updates.HOLD for training, Updates.ROLL for inference */
  readonly updates?: Updates;
  /** Any word: a new one lets a held pool take the newest template and the image release below. @default "1" */
  readonly revision?: string;
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
  /**
   * Whether a plan asks AWS first: the type is offered in the zones, and the vCPU quota covers the stage's most. @default true
   */
  readonly planChecks?: boolean;
  /** Reasons for which warnings are taken as they are, by warning id. @default - every warning is shown */
  readonly acknowledgeWarnings?: Acknowledgements;
}
