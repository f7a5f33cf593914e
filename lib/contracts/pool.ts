import type { CapacityKind, CapacityWindow } from "./capacity";

/** Label of every node of a pool: its value is the pool's name. Workloads select nodes by it. */
export const POOL_LABEL = "aidc/pool";
/** Label of every accelerator node: its value is the accelerator's model, such as "h100". */
export const ACCELERATOR_LABEL = "aidc/accelerator";

/** What a taint does to pods that do not tolerate it, in Kubernetes' own words. */
export enum TaintEffect {
  NO_SCHEDULE = "NoSchedule",
  PREFER_NO_SCHEDULE = "PreferNoSchedule",
  NO_EXECUTE = "NoExecute",
}

/** A taint of a pool's nodes. */
export interface PoolTaint {
  readonly key: string;
  /** @default - none */
  readonly value?: string;
  readonly effect: TaintEffect;
}

/** All that workloads ever learn of a pool: plain data that a pure function of the stage's config can compute in any stack. */
export interface PoolProfile {
  readonly poolName: string;
  readonly instanceType: string;
  /** Labels that select the pool's nodes. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly taints: readonly PoolTaint[];
  /** Zones in which nodes may stand. */
  readonly zones: readonly string[];
  /** Accelerator model in lower case, such as "h100". */
  readonly acceleratorName: string;
  /** Extended resource of one accelerator: "nvidia.com/gpu", "aws.amazon.com/neuron". */
  readonly acceleratorResource: string;
  readonly acceleratorsPerNode: number;
  /** Memory of one accelerator in MiB. @default - not known */
  readonly acceleratorMemoryMiB?: number;
  /** Extended resource of one fabric interface: "vpc.amazonaws.com/efa". @default - the pool has no fabric */
  readonly fabricResource?: string;
  /** Fabric interfaces of one node; 0 without a fabric. */
  readonly fabricInterfacesPerNode: number;
  /** What a pod that takes a whole node asks for: accelerators, fabric interfaces, huge pages, as Kubernetes quantities. */
  readonly wholeNodeResources: Readonly<Record<string, string>>;
  /** Memory that the kernel of a node keeps as huge pages, in MiB. @default - what wholeNodeResources asks for */
  readonly hugePagesMiBPerNode?: number;
  /** Environment that processes need which use the fabric, by name. @default - none */
  readonly fabricEnvironment?: Readonly<Record<string, string>>;
  /** Upper bound of shared memory of a pod that takes a whole node, in MiB. */
  readonly sharedMemoryMiBPerNode: number;
  /** Layers of the network topology that nodes are labelled with: 3 or 4. @default - not known */
  readonly topologyLayers?: number;
  readonly vcpusPerNode: number;
  readonly memoryMiBPerNode: number;
  /** Local NVMe of one node in GB, striped; 0 where there is none. */
  readonly localNvmeGBPerNode: number;
  /** Most pods of one node that can get an address. */
  readonly maxPodsPerNode: number;
  readonly capacityKind: CapacityKind;
  /** When the nodes come and go. @default - they stay */
  readonly capacityWindow?: CapacityWindow;
  readonly minNodes: number;
  readonly maxNodes: number;
}
