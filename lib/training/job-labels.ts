import type { ResolvedTrainingJob } from "./resolve-training-job";

/** Labels by which a job's objects are found. */
export const JOB_LABEL = "aidc/job";
export const RUN_LABEL = "aidc/run";

/** Annotation, "true", of a run that somebody has given up: it may be deleted before it ends. */
export const CANCELLED_ANNOTATION = "aidc/cancelled";

/** Name of the port that a PodMonitor scrapes. */
export const METRICS_PORT = "metrics";

/** Labels of all objects of a run. */
export function jobLabels({ runId, options }: ResolvedTrainingJob): Readonly<Record<string, string>> {
  return { "app.kubernetes.io/name": "aidc-training", [JOB_LABEL]: options.name, [RUN_LABEL]: runId };
}
