import type { TrainingJobOptions } from "cdktf-ai-datacenter/training";

/** What of a job the stage decides, and not the job. */
type Decided = "pool" | "identity" | "image" | "runtime" | "dataset" | "evalDataset" | "checkpoints";

/**
 * A training job of a team, as data. Its namespace and identity are the team's, its image and runtime the stage's, and its results lie
 * below `<team>/runs/` of the checkpoints.
 */
export interface JobConfig extends Omit<TrainingJobOptions, Decided> {
  /** Pool of the stage, by name. */
  readonly pool: string;
  /** File or folder of the datasets to train on, such as "reference/ner/train.conll". */
  readonly dataset: string;
  /** File or folder of the datasets to evaluate on. @default - no evaluation */
  readonly evalDataset?: string;
}

/**
 * The reference job: recognition of names by a small BERT (0.9 million parameters), on CoNLL files in IOB2. 250 steps of 32 are 20 times the
 * 400 sentences that `npm start` brings. So small a model is at home on one CPU; two whole nodes show how a large one is run.
 */
export const NER: JobConfig = {
  name: "ner",
  pool: "training",
  nodes: 2,
  dataset: "reference/ner/train.conll",
  evalDataset: "reference/ner/test.conll",
  task: { name: "token_classification" },
  model: {
    config: {
      model_type: "bert",
      hidden_size: 128,
      num_hidden_layers: 2,
      num_attention_heads: 2,
      intermediate_size: 512,
      max_position_embeddings: 128,
    },
    vocabulary_size: 4000,
  },
  data: { format: "conll", sequence_length: 128 },
  // In fp32, so that the same run goes on a CPU.
  train: { steps: 250, global_batch: 32, micro_batch: 16, precision: "fp32" },
  parallel: { strategy: "ddp" },
  optimizer: { lr: 1e-3 },
  schedule: { warmup_steps: 25 },
  checkpoint: { every_steps: 50 },
  // Its gradients are 4 MB: TCP would do, where another job should rather end than crawl.
  fabric: { check: "warn" },
};
