import type { PoolProfile } from "../contracts";
import { InvalidProps } from "../core";
import { modelShape, type TrainingMemory, trainingMemory } from "../planner";
import type { CompleteLaunchSpec } from "./launch-spec";
import type { Layout } from "./layout";

const GIB = 1024 ** 3;

/** What one device holds by estimate; undefined for models whose size does not follow from the spec. */
export function estimatedMemory(spec: CompleteLaunchSpec, layout: Layout): TrainingMemory | undefined {
  const { model, data, train, optimizer, task } = spec;
  // With weights of its own the model is what their config says, which only the store knows.
  if (!model.config || model.weights) return undefined;
  const shape = modelShape({ vocab_size: model.vocabulary_size, ...model.config });
  if (shape === undefined) return undefined;
  const perDevice = Math.ceil(train.global_batch / (layout.replicate * layout.shard));
  return trainingMemory({
    shape,
    sharedBy: layout.shard * layout.tensor,
    tensor: layout.tensor,
    sequenceLength: data.sequence_length,
    microBatch: Math.min(train.micro_batch, perDevice),
    computeBytes: train.precision === "fp32" ? 4 : 2,
    optimizerBytes: optimizerBytes(optimizer),
    activationCheckpointing: model.activation_checkpointing === "blocks",
    vocabularyScores: task.name === "causal_lm",
    loraRank: model.lora ? (model.lora.rank ?? DEFAULT_LORA_RANK) : undefined,
  });
}

/** The schema fills in no defaults below an alternative of null. */
const DEFAULT_LORA_RANK = 16;

/** AdamW keeps two numbers in fp32, SGD its momentum, Adafactor sums of rows and columns. */
function optimizerBytes({ name, momentum }: CompleteLaunchSpec["optimizer"]): number {
  if (name === "adamw") return 8;
  return name === "sgd" && momentum > 0 ? 4 : 0;
}

/** @throws InvalidProps TRAINING_MEMORY_EXCEEDED */
export function checkMemory(memory: TrainingMemory, pool: PoolProfile, layout: Layout, at: string): void {
  const { acceleratorMemoryMiB, acceleratorName } = pool;
  if (acceleratorMemoryMiB === undefined || pool.acceleratorsPerNode === 0) return;
  const available = acceleratorMemoryMiB / 1024;
  if (memory.totalBytes <= available * GIB) return;
  const { parameters, stateBytes, activationBytes, totalBytes } = memory;
  const parts = `${gib(stateBytes)} of weights, gradients and optimizer state, ${gib(activationBytes)} of activations`;
  const how = `${(parameters / 1e9).toFixed(2)} billion parameters shared by ${layout.shard * layout.tensor} devices`;
  const allowed = `at most the ${available.toFixed(1)} GiB of a ${acceleratorName}; these are ${how}: ${parts}`;
  throw new InvalidProps("TRAINING_MEMORY_EXCEEDED", `${at}.model`, { got: gib(totalBytes), allowed });
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}
