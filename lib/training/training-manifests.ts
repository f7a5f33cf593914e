import { claimVolume, gangJobSet, GANG_CONTAINER, type KubernetesManifest } from "../kubernetes";
import { alertManifests } from "./alerts";
import { BOOTSTRAP_PROGRAM } from "./bootstrap.generated";
import { RUNTIME_PORTS } from "./contract.generated";
import { failureRules, podFailurePolicy } from "./failure-policy";
import { jobLabels, METRICS_PORT } from "./job-labels";
import { contentHash, stableText } from "./launch-spec";
import type { ResolvedTrainingJob } from "./resolve-training-job";
import { isReadOnly } from "./storage-checks";
import { BOOTSTRAP_FILE, CONFIG_FOLDER, POD_VARIABLES, SPEC_FILE } from "./variables";

/** What of the cluster the objects depend on. */
export interface TrainingManifestOptions {
  /** Whether it has the Prometheus operator's resources. */
  readonly monitored: boolean;
}

/**
 * The objects of a training job: the ConfigMap with its launch spec, the JobSet, and where it is monitored a PodMonitor and alerts.
 *
 * There is no PodDisruptionBudget: any pod that goes ends the gang's step, so a budget could only forbid all drains, also those that make way
 * for the end of the capacity. Karpenter is told to leave the nodes alone while the job runs; who drains a node nevertheless starts a save.
 * There are no probes either: a liveness probe that ends a slow pod would end a gang that waits for a store; the runtime ends itself when
 * it hangs.
 * @throws InvalidProps as `gangJobSet`
 */
export function trainingManifests(
  job: ResolvedTrainingJob,
  { monitored }: TrainingManifestOptions,
  at: string,
): readonly KubernetesManifest[] {
  const configMap = launchConfigMap(job);
  return [configMap, trainingJobSet(job, configMap.metadata.name, at), ...(monitored ? alertManifests(job) : [])];
}

/** Named by its content and never changed: pods that start again read what the first ones did. */
function launchConfigMap(job: ResolvedTrainingJob): KubernetesManifest {
  const { runId, launchSpec, options } = job;
  const data = {
    [SPEC_FILE]: `${stableText(launchSpec)}\n`,
    ...(options.runtime === undefined ? {} : { [BOOTSTRAP_FILE]: BOOTSTRAP_PROGRAM }),
  };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: `${runId}-${contentHash(data)}`,
      namespace: options.identity.namespace,
      labels: jobLabels(job),
      annotations: KEPT,
    },
    immutable: true,
    data,
  };
}

/**
 * A run that is no longer declared goes on until it ends or somebody cancels it, where who applies takes notice: Helm, and Argo CD.
 * Sources: Helm, "Tell Helm Not To Uninstall a Resource"; Argo CD, "Sync Options", No Prune Resources, 2026.
 */
const KEPT = {
  "argocd.argoproj.io/sync-options": "Prune=false",
  "helm.sh/resource-policy": "keep",
};

function trainingJobSet(job: ResolvedTrainingJob, configMap: string, at: string): KubernetesManifest {
  const labels = jobLabels(job);
  const { port } = job.launchSpec.observe;
  return gangJobSet(
    {
      ...gangOptions(job, configMap),
      labels,
      annotations: KEPT,
      podLabels: labels,
      podAnnotations: { "karpenter.sh/do-not-disrupt": "true" },
      ports: { ...(port === 0 ? {} : { [METRICS_PORT]: port }), rendezvous: RUNTIME_PORTS.rendezvous },
      fieldEnv: POD_VARIABLES,
      logsAsTerminationMessage: true,
      podFailurePolicy: podFailurePolicy(job.minNodes < job.maxNodes, GANG_CONTAINER),
      failureRules: failureRules(),
    },
    at,
  );
}

function gangOptions(job: ResolvedTrainingJob, configMap: string) {
  const { runId, options, environment, reserve, maxNodes, maxRestarts, gracePeriodSeconds } = job;
  const { pool, identity, image, runtime, mounts = [] } = options;
  return {
    name: runId,
    namespace: identity.namespace,
    pool,
    nodes: maxNodes,
    queueName: options.queueName,
    priority: options.priority,
    maxRestarts,
    topologyAware: options.topologyAware,
    requiredLayer: options.requiredLayer,
    topologyLabelPrefix: options.topologyLabelPrefix,
    image,
    command:
      runtime === undefined
        ? ["aidc-run", "launch"]
        : ["python3", `${CONFIG_FOLDER}/${BOOTSTRAP_FILE}`, runtime.uri, runtime.sha256],
    env: environment,
    secretEnv: options.secretEnv,
    secretFiles: options.secretFiles,
    serviceAccount: identity.serviceAccount,
    userId: options.userId,
    groupId: options.groupId,
    gracePeriodSeconds,
    scratchGiB: options.scratchGiB,
    reserve,
    volumes: [
      { name: "launch-spec", configMap: { name: configMap } },
      ...mounts.map((mount) => claimVolume(mount.claim, isReadOnly(mount))),
    ],
    volumeMounts: [
      { name: "launch-spec", mountPath: CONFIG_FOLDER, readOnly: true },
      ...mounts.map((mount) =>
        isReadOnly(mount)
          ? { name: mount.claim, mountPath: mount.path, readOnly: true }
          : { name: mount.claim, mountPath: mount.path },
      ),
    ],
  };
}
