import type { PoolProfile } from "cdktf-ai-datacenter/contracts";
import type { TrainingJobOptions } from "cdktf-ai-datacenter/training";
import { p5Pool } from "../kubernetes/p5-pool";

export const IMAGE = `registry.example.com/train@sha256:${"a".repeat(64)}`;
export const RUNTIME = { uri: `s3://models/runtime/${"b".repeat(64)}.zip`, sha256: "b".repeat(64), version: "0.1.0" };

/** 80 GB accelerators. */
export function pool(more: Partial<PoolProfile> = {}): PoolProfile {
  return p5Pool({ acceleratorMemoryMiB: 81920, ...more });
}

/** Llama 3 8B, as its config tells. */
export const LLAMA_8B = {
  model_type: "llama",
  hidden_size: 4096,
  intermediate_size: 14336,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  vocab_size: 128256,
};

export const BERT_BASE = { model_type: "bert" };

/** Recognition of names on two nodes: small enough for any pool. */
export function nerJob(more: Partial<TrainingJobOptions> = {}): TrainingJobOptions {
  return {
    name: "ner",
    pool: pool(),
    nodes: 2,
    identity: { namespace: "team-research", serviceAccount: "trainer", annotations: {} },
    image: IMAGE,
    runtime: RUNTIME,
    dataset: { uri: "s3://datasets/ner/train/", readOnly: true, region: "us-east-1" },
    evalDataset: { uri: "s3://datasets/ner/eval/", readOnly: true, region: "us-east-1" },
    checkpoints: { uri: "s3://models/research/", readOnly: false, region: "us-east-1" },
    task: { name: "token_classification" },
    model: { config: BERT_BASE },
    data: { format: "conll", sequence_length: 128 },
    train: { steps: 1000, global_batch: 256 },
    ...more,
  };
}

/** A language model on all nodes. */
export function llmJob(more: Partial<TrainingJobOptions> = {}): TrainingJobOptions {
  return nerJob({
    name: "llm",
    nodes: 16,
    evalDataset: undefined,
    dataset: { uri: "s3://datasets/corpus/", readOnly: true, region: "us-east-1" },
    task: { name: "causal_lm" },
    model: { config: LLAMA_8B, activation_checkpointing: "blocks" },
    data: { format: "parquet", sequence_length: 4096, pack: true },
    train: { steps: 100000, global_batch: 1024, micro_batch: 2 },
    schedule: { name: "wsd", warmup_steps: 2000, decay_steps: 10000 },
    ...more,
  });
}
