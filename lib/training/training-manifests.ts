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

type Fields = Readonly<Record<string, unknown>>;

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

/** A JobSet as `gangJobSet` makes it, as far as it is completed here. */
interface GangJobSet extends KubernetesManifest {
  readonly spec: Fields & {
    readonly failurePolicy: Fields;
    readonly replicatedJobs: readonly {
      readonly template: { readonly spec: Fields & { readonly template: PodTemplate } };
    }[];
  };
}

interface PodTemplate {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: Fields & { readonly containers: readonly (Fields & { readonly env?: readonly unknown[] })[] };
}

function trainingJobSet(job: ResolvedTrainingJob, configMap: string, at: string): KubernetesManifest {
  const gang = gangJobSet(gangOptions(job, configMap), at) as GangJobSet;
  const { metadata, spec } = gang;
  return {
    ...gang,
    metadata: { ...metadata, labels: { ...metadata.labels, ...jobLabels(job) }, annotations: KEPT },
    spec: {
      ...spec,
      failurePolicy: { ...spec.failurePolicy, rules: failureRules() },
      replicatedJobs: spec.replicatedJobs.map((replicated) => ({
        ...replicated,
        template: {
          ...replicated.template,
          spec: {
            ...replicated.template.spec,
            podFailurePolicy: podFailurePolicy(job.minNodes < job.maxNodes, GANG_CONTAINER),
            template: podTemplate(job, replicated.template.spec.template),
          },
        },
      })),
    },
  };
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

function podTemplate(job: ResolvedTrainingJob, { metadata, spec }: PodTemplate): PodTemplate {
  const { port } = job.launchSpec.observe;
  const ports = [
    ...(port === 0 ? [] : [{ name: METRICS_PORT, containerPort: port, protocol: "TCP" }]),
    { name: "rendezvous", containerPort: RUNTIME_PORTS.rendezvous, protocol: "TCP" },
  ];
  return {
    metadata: {
      ...metadata,
      labels: jobLabels(job),
      annotations: { ...metadata?.annotations, "karpenter.sh/do-not-disrupt": "true" },
    } as PodTemplate["metadata"],
    spec: {
      ...spec,
      containers: spec.containers.map((container) => ({
        ...container,
        env: [...POD_VARIABLES, ...(container.env ?? [])],
        ports,
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "FallbackToLogsOnError",
      })),
    },
  };
}
