import type { PoolProfile, RuntimeReference, ServiceIdentity, StorageLocation } from "../contracts";
import type { KubernetesTarget, NodeShare, SecretRef, WorkloadPriority } from "../kubernetes";
import type {
  CheckpointSpec,
  DataOptions,
  FabricSpec,
  LauncherSpec,
  ModelSpec,
  ObserveSpec,
  OptimizerSpec,
  ParallelSpec,
  ResilienceOptions,
  ScheduleSpec,
  TaskSpec,
  TrainSpec,
} from "./launch-spec.generated";

/** Whether a job is refused that does not fit its accelerators by estimate. */
export enum MemoryCheck {
  ENFORCE = "enforce",
  OFF = "off",
}

/** What stands behind a claim. */
export enum MountKind {
  /** Files that can be renamed, appended to and overwritten: Lustre, NFS, a disk. */
  FILE_SYSTEM = "file-system",
  /** Objects shown as files (Mountpoint for Amazon S3): for reading only, as there is no rename and no append. */
  OBJECT_STORE = "object-store",
}

/** A claim of the job's namespace that its pods mount, so that `file://` locations mean something. */
export interface DataMount {
  /** Name of the PersistentVolumeClaim. */
  readonly claim: string;
  /** Where its files stand, such as "/data". */
  readonly path: string;
  readonly kind: MountKind;
  /** @default - true for object stores, else false */
  readonly readOnly?: boolean;
  /** Cores and memory that the volume's own pod takes of each node. @default - `objectVolumeShare` of an object store, else nothing */
  readonly reserve?: NodeShare;
}

/**
 * A training job as data. The parts `task` to `extensions` are those of the launch spec, in its own words: see `runtime/schema`.
 */
export interface TrainingJobOptions {
  /** Lower-case word; the run is called so, with a hash of what is learned behind it. */
  readonly name: string;
  readonly pool: PoolProfile;
  /** Nodes, all of them from the first step to the last. @default - given by minNodes and maxNodes */
  readonly nodes?: number;
  /** Nodes without which the job does not go on. @default - nodes */
  readonly minNodes?: number;
  /** Nodes that it starts on, and takes back when they come again. @default - nodes */
  readonly maxNodes?: number;
  /** Namespace and service account of the pods. */
  readonly identity: ServiceIdentity;
  /** Image by digest, with Python, torch, transformers and fsspec: `registry/repository@sha256:…`. */
  readonly image: string;
  /** Runtime that the pods fetch. @default - the image holds it, as `runtime/Dockerfile` makes it */
  readonly runtime?: RuntimeReference;
  /** Samples to train on. */
  readonly dataset: StorageLocation;
  /** Samples to evaluate on. @default - no evaluation */
  readonly evalDataset?: StorageLocation;
  /** Where checkpoints, reports and the exported model go, in a folder of the run. */
  readonly checkpoints: StorageLocation;
  readonly task: TaskSpec;
  readonly model: ModelSpec;
  readonly data: DataOptions;
  readonly train: TrainSpec;
  /** Decides initial weights, order and dropout. @default 0 */
  readonly seed?: number;
  /** @default - all devices share one copy of the model (FSDP) */
  readonly parallel?: ParallelSpec;
  /** @default - AdamW */
  readonly optimizer?: OptimizerSpec;
  /** @default - cosine */
  readonly schedule?: ScheduleSpec;
  /** @default - every 500 steps and every 15 minutes, the newest three are kept */
  readonly checkpoint?: CheckpointSpec;
  /** Restarts inside the pods, and how long things may take. @default - the launch spec's */
  readonly resilience?: ResilienceOptions;
  /** @default - metrics at port 9464 */
  readonly observe?: ObserveSpec;
  /** @default - efa where the pool has it, enforced; else none */
  readonly fabric?: FabricSpec;
  /** @default - torch elastic */
  readonly launcher?: LauncherSpec;
  /** Settings of recipes, by name. @default - none */
  readonly extensions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Local queue of the namespace. @default "default" */
  readonly queueName?: string;
  /** @default WorkloadPriority.NORMAL */
  readonly priority?: WorkloadPriority;
  /** How often the job starts again after a failure. Preemptions do not count. @default 8 */
  readonly maxRestarts?: number;
  /** Whether the queues place jobs of the pool by topology. @default - as the queues do by default */
  readonly topologyAware?: boolean;
  /** Layer of the network of which the gang must share one node; 1 is the outermost. @default - as close as there is room */
  readonly requiredLayer?: number;
  /** @default "topology.k8s.aws/network-node-layer-" */
  readonly topologyLabelPrefix?: string;
  /** Environment of the processes. @default - none beside what the job sets */
  readonly env?: Readonly<Record<string, string>>;
  /** Environment from secrets, such as WANDB_API_KEY. @default - none */
  readonly secretEnv?: Readonly<Record<string, SecretRef>>;
  /** Secrets as files, by folder. @default - none */
  readonly secretFiles?: Readonly<Record<string, SecretRef>>;
  /** Claims that the pods mount. @default - none */
  readonly mounts?: readonly DataMount[];
  /** Cores and memory left free on each node, beside those of mounts. @default - none */
  readonly reserve?: NodeShare;
  /** Seconds from SIGTERM to SIGKILL; more than resilience.save_seconds. @default 120 */
  readonly gracePeriodSeconds?: number;
  /** Gibibytes at /tmp. @default 50 */
  readonly scratchGiB?: number;
  /** User that the processes run as, never 0. @default 1000 */
  readonly userId?: number;
  /** @default 1000 */
  readonly groupId?: number;
  /** Processes of a node. @default - one for each accelerator, one without any */
  readonly processesPerNode?: number;
  /** @default MemoryCheck.ENFORCE */
  readonly memoryCheck?: MemoryCheck;
  /** Labels by which a Prometheus finds its PodMonitors and rules, such as { release: "prometheus" }. @default - none */
  readonly monitorLabels?: Readonly<Record<string, string>>;
}

export interface TrainingJobProps extends TrainingJobOptions {
  /** Where the objects go. */
  readonly target: KubernetesTarget;
}
