export {
  ExitCode,
  FINAL_FAILURES,
  type MetricName,
  RUNTIME_METRICS,
  RUNTIME_PORTS,
  RUNTIME_VARIABLES,
} from "./contract.generated";
export { type CompleteLaunchSpec, learnedHash, validateLaunchSpec } from "./launch-spec";
export type {
  CheckpointSpec,
  DataOptions,
  DataSpec,
  FabricSpec,
  LauncherSpec,
  LaunchSpec,
  LoraSpec,
  ModelSpec,
  ObserveSpec,
  OptimizerSpec,
  ParallelSpec,
  ResilienceOptions,
  ResilienceSpec,
  RunSpec,
  ScheduleSpec,
  TaskSpec,
  TrainSpec,
} from "./launch-spec.generated";
export type { Layout } from "./layout";
export { type ResolvedTrainingJob, resolveTrainingJob } from "./resolve-training-job";
export { trainingAccess } from "./training-access";
export { TrainingJob } from "./training-job";
export {
  type DataMount,
  MemoryCheck,
  MountKind,
  type TrainingJobOptions,
  type TrainingJobProps,
} from "./training-job-props";
export { CANCELLED_ANNOTATION, JOB_LABEL, RUN_LABEL } from "./job-labels";
export {
  NOTICE_CONDITION,
  NOTICE_TAINT,
  NoticeAgent,
  noticeAgentManifests,
  type NoticeAgentOptions,
  type NoticeAgentProps,
} from "./notice-agent";
export { RunProtection, runProtectionManifests, type RunProtectionProps } from "./run-protection";
export { type TrainingManifestOptions, trainingManifests } from "./training-manifests";
export {
  type JobFile,
  JobOverride,
  JobTemplate,
  type JobTemplateDocument,
  type JobTemplateProps,
  manifestsText,
  parseJobFile,
  resolveJobFile,
  resolveJobTemplate,
} from "./templates";
