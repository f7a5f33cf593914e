import { modelShape, type ModelShape, parameterCount, trainingMemory } from "cdktf-ai-datacenter/planner";

const LLAMA_3_8B = {
  model_type: "llama",
  hidden_size: 4096,
  intermediate_size: 14336,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  vocab_size: 128256,
};
const QWEN_2_5_7B = {
  model_type: "qwen2",
  hidden_size: 3584,
  intermediate_size: 18944,
  num_hidden_layers: 28,
  num_attention_heads: 28,
  num_key_value_heads: 4,
  vocab_size: 152064,
};

function shapeOf(config: object): ModelShape {
  const shape = modelShape(config as Record<string, unknown>);
  if (shape === undefined) throw new Error("not known");
  return shape;
}

// As the models' cards tell, or the models themselves; BERT without its pooler of 590,592.
test.each([
  ["Llama 3 8B", LLAMA_3_8B, 8_030_261_248],
  ["Llama 2 7B", { model_type: "llama" }, 6_738_415_616],
  ["Qwen 2.5 7B", QWEN_2_5_7B, 7_615_616_512],
  ["BERT base", { model_type: "bert" }, 109_482_240 - 590_592],
])("counts the parameters of %s", (_, config, parameters) => {
  expect(parameterCount(shapeOf(config))).toBe(parameters);
});

test("does not guess sizes that it does not know", () => {
  expect(modelShape({ model_type: "mamba", hidden_size: 64 })).toBeUndefined();
  expect(modelShape({ model_type: "mistral", hidden_size: 64 })).toBeUndefined();
  expect(modelShape({})).toBeUndefined();
});

const INPUT = {
  shape: shapeOf(LLAMA_3_8B),
  sharedBy: 1,
  tensor: 1,
  sequenceLength: 4096,
  microBatch: 1,
  computeBytes: 2,
  optimizerBytes: 8,
  activationCheckpointing: false,
  vocabularyScores: true,
};

test("keeps sixteen bytes for each parameter with AdamW, shared by those that shard", () => {
  expect(trainingMemory(INPUT).stateBytes).toBe(16 * 8_030_261_248);
  const sharded = trainingMemory({ ...INPUT, sharedBy: 64 });
  expect(sharded.stateBytes).toBeGreaterThan((16 * 8_030_261_248) / 64);
  expect(sharded.stateBytes).toBeLessThan(5 * 1024 ** 3);
});

test("trains adapters with a fraction of that", () => {
  const lora = trainingMemory({ ...INPUT, loraRank: 16 });
  expect(lora.trainedParameters).toBe(41_943_040);
  expect(lora.stateBytes).toBe(4 * (8_030_261_248 + 41_943_040) + 12 * 41_943_040);
});

test("needs less for activations that are computed again, shorter, or shared", () => {
  const all = trainingMemory(INPUT).activationBytes;
  expect(trainingMemory({ ...INPUT, activationCheckpointing: true }).activationBytes).toBeLessThan(all / 2);
  expect(trainingMemory({ ...INPUT, sequenceLength: 2048 }).activationBytes).toBe(all / 2);
  expect(trainingMemory({ ...INPUT, tensor: 8, sharedBy: 8 }).activationBytes).toBeLessThan(all / 2);
});
