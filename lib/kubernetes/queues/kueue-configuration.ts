import { InvalidProps } from "../../core";
import { TEAM_LABEL } from "../tenant/team";

/** Kinds of jobs that Kueue manages. Source: kubernetes-sigs/kueue v0.16.1 `apis/config/v1beta2/configuration_types.go`. */
export enum KueueFramework {
  JOB = "batch/job",
  JOBSET = "jobset.x-k8s.io/jobset",
  /** Each pod of a team's namespace waits in its queue, those of Deployments too. */
  POD = "pod",
  LEADER_WORKER_SET = "leaderworkerset.x-k8s.io/leaderworkerset",
  TRAIN_JOB = "trainer.kubeflow.org/trainjob",
}

/** What a stage decides of Kueue's controller. */
export interface KueueConfigurationOptions {
  /** @default - Jobs and JobSets */
  readonly frameworks?: readonly KueueFramework[];
  /**
   * Minutes in which all pods of an admitted job must be ready, else it goes back to the queue and frees its nodes: all or nothing. It must
   * cover the start of new nodes and the pull of the image. @default 30
   */
  readonly readyTimeoutMinutes?: number;
  /** Minutes in which a running job whose pods are no longer all ready must recover. @default - as readyTimeoutMinutes */
  readonly recoveryTimeoutMinutes?: number;
  /** How often a job goes back to the queue before it is given up. Waits double from one minute to an hour. @default 10 */
  readonly requeueLimit?: number;
  /**
   * Whether a job is admitted only once all pods of the one before are ready. Needed where quotas promise more than there is; else new nodes for
   * one team would hold up all. @default false
   */
  readonly blockAdmission?: boolean;
  /** Whether borrowed nodes are shared by weight, and taken from who has most. @default true */
  readonly fairSharing?: boolean;
}

/** The resources that quotas leave out: no profile tells the size of a node's disk. */
const EXCLUDED_RESOURCES = ["ephemeral-storage"];

/**
 * Configuration of Kueue's controller, for the chart's `managerConfig.controllerManagerConfigYaml`. What the chart's own text says and
 * the options do not, stays as there. Source: kubernetes-sigs/kueue v0.16.1 `charts/kueue/values.yaml`, 2026-02-11.
 *
 * Teams cannot pass by the queues: every job of a namespace with the label `aidc/team` is managed, whether it names a queue or not, and one
 * that names none gets the team's own. With `manageJobsWithoutQueueName: false` such a job would start at once, whatever the selector says.
 * Pods that teams would create by hand are not managed (unless `KueueFramework.POD`): `Tenant` gives no right to create them.
 * @throws InvalidProps KUEUE_CONFIGURATION_INVALID
 */
export function kueueConfiguration(
  options: KueueConfigurationOptions = {},
  at = "kueueConfiguration",
): Readonly<Record<string, unknown>> {
  const { frameworks = [KueueFramework.JOB, KueueFramework.JOBSET], fairSharing = true } = options;
  return {
    apiVersion: "config.kueue.x-k8s.io/v1beta2",
    kind: "Configuration",
    health: { healthProbeBindAddress: ":8081" },
    metrics: { bindAddress: ":8443", enableClusterQueueResources: true },
    webhook: { port: 9443 },
    leaderElection: { leaderElect: true, resourceName: "c1f6bfd2.kueue.x-k8s.io" },
    controller: {
      groupKindConcurrency: {
        "Job.batch": 5,
        Pod: 5,
        "Workload.kueue.x-k8s.io": 5,
        "LocalQueue.kueue.x-k8s.io": 1,
        "ClusterQueue.kueue.x-k8s.io": 1,
        "ResourceFlavor.kueue.x-k8s.io": 1,
      },
    },
    clientConnection: { qps: 50, burst: 100 },
    waitForPodsReady: waitForPodsReady(options, at),
    manageJobsWithoutQueueName: true,
    managedJobsNamespaceSelector: { matchExpressions: [{ key: TEAM_LABEL, operator: "Exists" }] },
    integrations: { frameworks: [...frameworks] },
    ...(fairSharing && {
      fairSharing: { preemptionStrategies: ["LessThanOrEqualToFinalShare", "LessThanInitialShare"] },
    }),
    resources: { excludeResourcePrefixes: EXCLUDED_RESOURCES },
  };
}

/** The configuration as text: JSON, which is YAML. @throws InvalidProps KUEUE_CONFIGURATION_INVALID */
export function kueueConfigurationText(options: KueueConfigurationOptions = {}, at?: string): string {
  return JSON.stringify(kueueConfiguration(options, at), null, 2);
}

function waitForPodsReady(options: KueueConfigurationOptions, at: string): Readonly<Record<string, unknown>> {
  const { readyTimeoutMinutes = 30, requeueLimit = 10, blockAdmission = false } = options;
  const { recoveryTimeoutMinutes = readyTimeoutMinutes } = options;
  checkWhole(readyTimeoutMinutes, 1, `${at}.readyTimeoutMinutes`);
  checkWhole(recoveryTimeoutMinutes, 1, `${at}.recoveryTimeoutMinutes`);
  checkWhole(requeueLimit, 0, `${at}.requeueLimit`);
  return {
    timeout: `${readyTimeoutMinutes}m`,
    recoveryTimeout: `${recoveryTimeoutMinutes}m`,
    blockAdmission,
    requeuingStrategy: {
      timestamp: "Eviction",
      backoffLimitCount: requeueLimit,
      backoffBaseSeconds: 60,
      backoffMaxSeconds: 3600,
    },
  };
}

function checkWhole(value: number, least: number, at: string): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InvalidProps("KUEUE_CONFIGURATION_INVALID", at, { got: value, allowed: `a whole number from ${least} up` });
}
