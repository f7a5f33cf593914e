import { embeddingParameters, layerParameters, ModelFamily, type ModelShape, parameterCount } from "./model-shape";

/** How a model is trained, as far as memory depends on it. */
export interface TrainingMemoryInput {
  readonly shape: ModelShape;
  /** Devices that share weights, gradients and optimizer state: those of `shard` and `tensor`. */
  readonly sharedBy: number;
  /** Devices that share each matrix. */
  readonly tensor: number;
  readonly sequenceLength: number;
  /** Samples that a device holds at once. */
  readonly microBatch: number;
  /** Bytes of a number in the computation: 2 with bf16 and fp16, 4 with fp32. */
  readonly computeBytes: number;
  /** Bytes of optimizer state for each trained parameter: 8 for AdamW, 4 for SGD with momentum, 0 without. */
  readonly optimizerBytes: number;
  /** Whether activations of blocks are computed again in the backward pass. */
  readonly activationCheckpointing: boolean;
  /** Whether the loss needs scores over the whole vocabulary, as language modelling does. */
  readonly vocabularyScores: boolean;
  /** Rank of the adapters that alone are trained. @default - all weights are trained */
  readonly loraRank?: number;
}

/** What one device holds, in bytes. */
export interface TrainingMemory {
  readonly parameters: number;
  readonly trainedParameters: number;
  /** Weights, gradients and optimizer state, and the block that is gathered while it computes. */
  readonly stateBytes: number;
  readonly activationBytes: number;
  readonly totalBytes: number;
}

/** Bytes of a parameter's weight, and of its gradient: both are kept in fp32. */
const FP32 = 4;

/**
 * The least memory that training needs on each device: counted, not measured. Fragments, communication buffers and the driver's own part come
 * on top.
 *
 * Activations are what the backward pass reads of each block with attention that keeps no scores (flash and memory-efficient attention), as
 * counted in Korthikanti et al., "Reducing Activation Recomputation in Large Transformer Models", arXiv 2205.05198, section 4; with checkpointing
 * the inputs of all blocks and the inside of one.
 */
export function trainingMemory(input: TrainingMemoryInput): TrainingMemory {
  const { shape, sharedBy, optimizerBytes, computeBytes } = input;
  const parameters = parameterCount(shape);
  const trainedParameters = input.loraRank === undefined ? parameters : adapterParameters(shape, input.loraRank);
  const adapters = input.loraRank === undefined ? 0 : trainedParameters;
  const weights = (parameters + adapters) * FP32 + trainedParameters * (FP32 + optimizerBytes);
  // Sharded weights are gathered block by block, one ahead of the one that computes.
  const gathered = sharedBy === input.tensor ? 0 : 2 * largestBlock(shape) * computeBytes;
  const stateBytes = weights / sharedBy + gathered / input.tensor;
  const activationBytes = activations(input);
  return { parameters, trainedParameters, stateBytes, activationBytes, totalBytes: stateBytes + activationBytes };
}

function largestBlock(shape: ModelShape): number {
  return Math.max(layerParameters(shape), embeddingParameters(shape) / (shape.tied ? 1 : 2));
}

/** Low-rank adapters at all linear layers of the blocks. */
function adapterParameters(shape: ModelShape, rank: number): number {
  const { hidden, intermediate, heads, keyValueHeads, headSize, family, layers } = shape;
  const [queries, keys] = [heads * headSize, keyValueHeads * headSize];
  const matrices = family === ModelFamily.DECODER ? 3 : 2;
  const ends = 2 * (hidden + queries) + 2 * (hidden + keys) + matrices * (hidden + intermediate);
  return layers * rank * ends;
}

function activations(input: TrainingMemoryInput): number {
  const { shape, tensor, sequenceLength, microBatch, computeBytes, activationCheckpointing } = input;
  const { hidden, intermediate, heads, keyValueHeads, headSize, layers, family } = shape;
  const tokens = sequenceLength * microBatch;
  // Queries, keys, values and the attention's result; a gated MLP keeps four vectors of its width, a plain one two.
  const inside = 2 * heads * headSize + 2 * keyValueHeads * headSize;
  const wide = (family === ModelFamily.DECODER ? 4 : 2) * intermediate;
  const block = 4 * hidden + (inside + wide) / tensor;
  const kept = activationCheckpointing ? layers * hidden + block : layers * block;
  // Scores in the precision of the computation, in fp32, and their gradient.
  const scores = input.vocabularyScores ? shape.vocabulary * (computeBytes + 2 * FP32) : 0;
  return tokens * (kept * computeBytes + scores);
}
