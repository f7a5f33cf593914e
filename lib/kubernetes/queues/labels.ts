/** Labels of a job. Source: kubernetes-sigs/kueue v0.16.1 `pkg/controller/constants/constants.go`. */
export const QUEUE_LABEL = "kueue.x-k8s.io/queue-name";
export const WORKLOAD_PRIORITY_LABEL = "kueue.x-k8s.io/priority-class";

/**
 * Name of each team's local queue. Kueue puts jobs without a queue into the one of this name, if their namespace has it
 * (`LocalQueueDefaulting`, on since v0.12).
 */
export const DEFAULT_QUEUE = "default";

/** API group of Kueue. */
export const KUEUE_GROUP = "kueue.x-k8s.io";
export const KUEUE_API_VERSION = `${KUEUE_GROUP}/v1beta2`;

/** How urgent a job is among the jobs of its team; a job that says nothing is `NORMAL`. */
export enum WorkloadPriority {
  LOW = "low",
  NORMAL = "normal",
  HIGH = "high",
}
