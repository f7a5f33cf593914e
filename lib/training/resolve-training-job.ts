import { CapacityKind, type StorageAccess } from "../contracts";
import { InvalidProps, whenKnown } from "../core";
import { objectVolumeShare, type NodeShare } from "../kubernetes";
import { checkLabelName } from "../kubernetes/gang/names";
import type { TrainingMemory } from "../planner";
import { type CompleteLaunchSpec, learnedHash, validateLaunchSpec } from "./launch-spec";
import { checkedLayout, type Layout, type Processes } from "./layout";
import { checkMemory, estimatedMemory } from "./memory";
import { checkStorage } from "./storage-checks";
import { trainingAccess } from "./training-access";
import { MemoryCheck, MountKind, type TrainingJobOptions } from "./training-job-props";
import { checkVariables, hasEfa, jobEnvironment } from "./variables";

/** A training job, complete and checked. */
export interface ResolvedTrainingJob {
  /** Name of the run and of its JobSet: the job's name and a hash of what is learned. */
  readonly runId: string;
  readonly launchSpec: CompleteLaunchSpec;
  readonly options: TrainingJobOptions;
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly processesPerNode: number;
  /** The layout on the fewest nodes. */
  readonly layout: Layout;
  /** What a device holds on the fewest nodes, by estimate. @default - the model's size is not known */
  readonly memory?: TrainingMemory;
  readonly environment: Readonly<Record<string, string>>;
  /** What the volumes' own pods take of each node. */
  readonly reserve: NodeShare;
  readonly gracePeriodSeconds: number;
  readonly maxRestarts: number;
  /** What the service account must be granted. */
  readonly access: readonly StorageAccess[];
}

/** Digits of the hash behind a job's name, with the dash. */
const HASH_LENGTH = 9;
/** Saved that often unless told otherwise. */
const EVERY_SECONDS = 900;
/** On spot capacity nobody should lose more. A decision of this library. */
const RAREST_SECONDS_ON_SPOT = 1800;
/** Source: Amazon EC2 user guide, "Spot Instance interruption notices", 2026: two minutes. */
const SPOT_NOTICE_SECONDS = 120;

/**
 * A training job with all defaults, after every check that needs no cluster. Pure.
 * @param at path of the construct, for messages
 * @throws InvalidProps LAUNCH_SPEC_INVALID, KUBERNETES_NAME_INVALID, TRAINING_IMAGE_UNPINNED, RUNTIME_REFERENCE_INVALID, TRAINING_NODES_INVALID,
 * TRAINING_POOL_UNSUPPORTED, TRAINING_VARIABLE_RESERVED, TRAINING_PARALLEL_INVALID, TRAINING_BATCH_INVALID, TRAINING_MEMORY_EXCEEDED,
 * TRAINING_STORAGE_INVALID, TRAINING_CHECKPOINTS_RARE, TRAINING_GRACE_INVALID
 */
export function resolveTrainingJob(options: TrainingJobOptions, at: string): ResolvedTrainingJob {
  const processes = processesOf(options, at);
  checkName(options.name, processes.maxNodes, at);
  checkImage(options, at);
  const named = validateLaunchSpec(launchSpecOf(options, options.name, processes), at);
  const runId = `${options.name}-${learnedHash(named)}`;
  const launchSpec: CompleteLaunchSpec = { ...named, run: { ...named.run, id: runId } };
  checkPool(options, launchSpec, at);
  checkVariables([...Object.keys(options.env ?? {}), ...Object.keys(options.secretEnv ?? {})], options.pool, at);
  const layout = checkedLayout(launchSpec, processes, at);
  const memory = estimatedMemory(launchSpec, layout);
  if (memory !== undefined && options.memoryCheck !== MemoryCheck.OFF) checkMemory(memory, options.pool, layout, at);
  checkStorage(options, launchSpec, at);
  const gracePeriodSeconds = options.gracePeriodSeconds ?? SPOT_NOTICE_SECONDS;
  checkInterruptions(options, launchSpec, gracePeriodSeconds, at);
  const { minNodes, maxNodes, perNode: processesPerNode } = processes;
  const region = options.checkpoints.region ?? options.dataset.region;
  const { pool } = options;
  return {
    runId,
    launchSpec,
    options,
    minNodes,
    maxNodes,
    processesPerNode,
    layout,
    memory,
    environment: {
      ...jobEnvironment({ pool, runId, minNodes, maxNodes, processesPerNode, region }),
      ...options.env,
    },
    reserve: reserveOf(options),
    gracePeriodSeconds,
    maxRestarts: options.maxRestarts ?? 8,
    access: trainingAccess(launchSpec, options.runtime),
  };
}

function processesOf({ nodes, minNodes, maxNodes, pool, processesPerNode }: TrainingJobOptions, at: string): Processes {
  const most = nodes ?? maxNodes;
  const least = nodes ?? minNodes;
  const refuse = (got: unknown, allowed: string) => new InvalidProps("TRAINING_NODES_INVALID", at, { got, allowed });
  if (nodes !== undefined && (minNodes !== undefined || maxNodes !== undefined)) {
    throw refuse({ nodes, minNodes, maxNodes }, "nodes alone, or minNodes and maxNodes");
  }
  if (most === undefined || least === undefined)
    throw refuse({ nodes, minNodes, maxNodes }, "nodes, or minNodes and maxNodes");
  const whole = [least, most].every((count) => Number.isSafeInteger(count) && count >= 1);
  if (!whole || least > most || most > pool.maxNodes) {
    throw refuse({ minNodes: least, maxNodes: most }, `1 to ${pool.maxNodes} nodes, as pool ${pool.poolName} has`);
  }
  const perNode = processesPerNode ?? Math.max(1, pool.acceleratorsPerNode);
  if (!(Number.isSafeInteger(perNode) && perNode >= 1))
    throw refuse({ processesPerNode: perNode }, "a whole number from 1 up");
  return { minNodes: least, maxNodes: most, perNode };
}

/** Pods are called RUN-node-0-RANK and five random characters, in at most 63. */
function checkName(name: string, maxNodes: number, at: string): void {
  checkLabelName(name, `${at}.name`, 63 - HASH_LENGTH - `-node-0-${maxNodes - 1}-abcde`.length);
  if (/^[a-z]/.test(name)) return;
  const allowed = "a letter first: the name becomes that of a Service";
  throw new InvalidProps("KUBERNETES_NAME_INVALID", `${at}.name`, { got: name, allowed });
}

function checkImage({ image, runtime }: TrainingJobOptions, at: string): void {
  whenKnown(image, (known) => {
    if (/^[^\s@]+@sha256:[0-9a-f]{64}$/.test(known)) return;
    const allowed = "registry/repository@sha256:<64 hexadecimal digits>";
    throw new InvalidProps("TRAINING_IMAGE_UNPINNED", `${at}.image`, { got: known, allowed });
  });
  if (runtime === undefined) return;
  const refuse = (member: string, got: string, allowed: string) =>
    new InvalidProps("RUNTIME_REFERENCE_INVALID", `${at}.runtime.${member}`, { got, allowed });
  whenKnown(runtime.sha256, (known) => {
    if (!/^[0-9a-f]{64}$/.test(known)) throw refuse("sha256", known, "64 hexadecimal digits");
  });
  whenKnown(runtime.uri, (known) => {
    if (!/^(s3|gs|hdfs|file):\/\/[^\s]+$/.test(known)) throw refuse("uri", known, "an s3, gs, hdfs or file URI");
  });
}

function launchSpecOf(options: TrainingJobOptions, id: string, { minNodes, maxNodes }: Processes) {
  const { dataset, evalDataset, checkpoints, task, model, data, train, pool, seed, checkpoint, resilience } = options;
  const { parallel, optimizer, schedule, observe, launcher, extensions } = options;
  return {
    version: 1 as const,
    run: { id, output: checkpoints.uri, seed },
    task,
    model,
    data: { ...data, train: dataset.uri, eval: evalDataset?.uri },
    train,
    parallel,
    optimizer,
    schedule,
    checkpoint: { every_seconds: EVERY_SECONDS, ...checkpoint },
    resilience: { ...resilience, min_nodes: minNodes, max_nodes: maxNodes, deadline: pool.capacityWindow?.drainFrom },
    observe,
    fabric: { kind: hasEfa(pool) ? ("efa" as const) : ("none" as const), ...options.fabric },
    launcher,
    extensions,
  };
}

function checkPool({ pool }: TrainingJobOptions, { launcher, fabric }: CompleteLaunchSpec, at: string): void {
  const code = "TRAINING_POOL_UNSUPPORTED";
  if (launcher.name === "torch" && pool.acceleratorResource === "aws.amazon.com/neuron") {
    const allowed = "a pool with GPUs: torch elastic here drives CUDA devices";
    throw new InvalidProps(code, `${at}.pool`, { got: pool.acceleratorResource, allowed });
  }
  if (fabric.kind === "none" || pool.fabricResource !== undefined) return;
  throw new InvalidProps(code, `${at}.fabric.kind`, {
    got: fabric.kind,
    allowed: `none: pool ${pool.poolName} has no fabric`,
  });
}

function checkInterruptions(
  { pool }: TrainingJobOptions,
  { checkpoint, resilience }: CompleteLaunchSpec,
  grace: number,
  at: string,
): void {
  const isSpot = pool.capacityKind === CapacityKind.SPOT;
  const seconds = checkpoint.every_seconds;
  if (isSpot && (seconds === null || seconds > RAREST_SECONDS_ON_SPOT)) {
    const allowed = `at most ${RAREST_SECONDS_ON_SPOT}: pool ${pool.poolName} is spot capacity`;
    throw new InvalidProps("TRAINING_CHECKPOINTS_RARE", `${at}.checkpoint.every_seconds`, { got: seconds, allowed });
  }
  if (resilience.save_seconds >= grace) {
    const allowed = `less than gracePeriodSeconds, ${grace}`;
    const got = resilience.save_seconds;
    throw new InvalidProps("TRAINING_GRACE_INVALID", `${at}.resilience.save_seconds`, { got, allowed });
  }
  if (!isSpot || grace <= SPOT_NOTICE_SECONDS) return;
  const allowed = `at most ${SPOT_NOTICE_SECONDS}, the notice of spot capacity`;
  throw new InvalidProps("TRAINING_GRACE_INVALID", `${at}.gracePeriodSeconds`, { got: grace, allowed });
}

/** Mounted buckets have a pod of their own on each node. */
function reserveOf({
  mounts = [],
  reserve = { cpus: 0, memoryMiB: 0 },
  identity,
  dataset,
}: TrainingJobOptions): NodeShare {
  const shares = mounts.map((mount) => {
    if (mount.reserve !== undefined) return mount.reserve;
    if (mount.kind !== MountKind.OBJECT_STORE) return { cpus: 0, memoryMiB: 0 };
    return objectVolumeShare({ name: mount.claim, namespace: identity.namespace, location: dataset });
  });
  return [...shares, reserve].reduce((sum, { cpus, memoryMiB }) => ({
    cpus: sum.cpus + cpus,
    memoryMiB: sum.memoryMiB + memoryMiB,
  }));
}
