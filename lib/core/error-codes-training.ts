/** Refusals of training jobs and of what they are made from; a part of `ERROR_CODES`. */
export const TRAINING_ERROR_CODES = {
  LAUNCH_SPEC_INVALID: {
    meaning: "The launch spec of a training run does not follow its schema: the runtime would end with exit code 64.",
    remedy: "Correct the member that the path names; runtime/schema/launch-spec.v1.json holds them all.",
  },
  TRAINING_NODES_INVALID: {
    meaning: "A training job names no number of nodes, two of them, or more than its pool can have.",
    remedy: "Pass nodes, or minNodes and maxNodes for a job that may lose nodes and go on.",
  },
  TRAINING_PARALLEL_INVALID: {
    meaning: "The parallel degrees do not multiply to the number of processes, or tensor parallelism leaves its node.",
    remedy: 'Leave replicate or shard "auto", or choose degrees whose product is nodes times accelerators of a node.',
  },
  TRAINING_BATCH_INVALID: {
    meaning: "A step has fewer samples than there are data-parallel devices: some would compute nothing.",
    remedy: "Raise train.global_batch, take fewer nodes, or share samples between devices (parallel.tensor).",
  },
  TRAINING_MEMORY_EXCEEDED: {
    meaning: "By estimate the model, its gradients and optimizer state, and the activations do not fit an accelerator.",
    remedy:
      'Shard over more devices, set activation_checkpointing: "blocks", lower micro_batch or sequence_length, train adapters (lora), or pass MemoryCheck.OFF if you know better.',
  },
  TRAINING_STORAGE_INVALID: {
    meaning: "A location of a training job cannot be used as it is meant: read-only, not mounted, or no file system.",
    remedy: "Write checkpoints to an object store that may be written, and mount what file:// locations name.",
  },
  TRAINING_CHECKPOINTS_RARE: {
    meaning: "A job on spot capacity saves too rarely: each interruption loses the work since the last checkpoint.",
    remedy: "Set checkpoint.every_seconds to 1800 or less.",
  },
  TRAINING_GRACE_INVALID: {
    meaning: "The pods of a job are killed before they may have saved, or run on longer than the capacity's notice.",
    remedy: "Keep resilience.save_seconds below gracePeriodSeconds, and that at 120 or less on spot capacity.",
  },
  TRAINING_POOL_UNSUPPORTED: {
    meaning: "The pool's nodes lack what a training job asks for: accelerators that its launcher drives, or a fabric.",
    remedy: "Choose a pool with GPUs and the fabric, or name a launcher of your image (launcher.name).",
  },
  TRAINING_IMAGE_UNPINNED: {
    meaning: "The image of a training job has no digest: a restart in the middle of a run could run something else.",
    remedy: "Pin it: registry/repository@sha256:… as `docker buildx imagetools inspect` or the registry tells.",
  },
  TRAINING_VARIABLE_RESERVED: {
    meaning: "A variable of the environment is set by the job itself, or known to slow the fabric down or to break it.",
    remedy: "Leave it out.",
  },
  RUNTIME_REFERENCE_INVALID: {
    meaning: "A reference to the training runtime has no SHA-256, or no location that a pod can read.",
    remedy: "Pass the reference of a RuntimeBundle, or leave it out where the image holds the runtime.",
  },
  RUNTIME_BUNDLE_MISSING: {
    meaning: "The bundle of the training runtime is not where it was looked for, or is not what its manifest says.",
    remedy: "Run npm run build:bundle, or pass the folder that holds the bundle and its manifest.",
  },
  STORAGE_ACCESS_UNKNOWN: {
    meaning: "Access is asked to a location that lies in none of the given stores.",
    remedy: "Pass the store that holds it, or correct the location.",
  },
  JOB_TEMPLATE_INVALID: {
    meaning:
      "A template of training jobs holds values that are known only after apply, or lets people change what is no part of it.",
    remedy: "Read contracts through ContractChannel.literals, and list only the overrides that the message names.",
  },
  JOB_FILE_INVALID: {
    meaning: "The file of a job is not YAML, names no template, or overrides what its template keeps.",
    remedy: "Correct the member that the message names.",
  },
  IMAGE_BUILD_INVALID: {
    meaning: "An image shall be built on a base without a digest, or its repository has a name that ECR does not take.",
    remedy: "Name the base by digest, and the repository in lower case.",
  },
} as const;
