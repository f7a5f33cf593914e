import type { PoolProfile } from "../../contracts";
import { InvalidProps } from "../../core";
import type { KubernetesManifest } from "../manifest";
import { DEFAULT_QUEUE, QUEUE_LABEL, WORKLOAD_PRIORITY_LABEL, WorkloadPriority } from "../queues/labels";
import { checkLabelName } from "./names";
import { isTopologyAware, networkLayerLabel } from "./topology";
import { type WholeNodePodOptions, wholeNodePodSpec } from "./whole-node-pod";

/** A job that runs on whole nodes of one pool, all at once or not at all. */
export interface GangOptions extends WholeNodePodOptions {
  readonly name: string;
  readonly namespace: string;
  readonly pool: PoolProfile;
  /** Nodes, with one pod on each. */
  readonly nodes: number;
  /** Local queue of the namespace. @default "default", which `JobQueues` makes for each team */
  readonly queueName?: string;
  /** @default WorkloadPriority.NORMAL */
  readonly priority?: WorkloadPriority;
  /** How often the gang starts again, as a whole, after one of its pods failed. @default 3 */
  readonly maxRestarts?: number;
  /** Seconds after its end when it is deleted. @default - it stays */
  readonly ttlSecondsAfterFinished?: number;
  /** Whether the queues place jobs of the pool by topology: see `JobQueues.topologyPools`. @default - as the queues do by default */
  readonly topologyAware?: boolean;
  /** Layer of the network of which the gang must share one node; 1 is the outermost. @default - as close as there is room */
  readonly requiredLayer?: number;
  /** @default "topology.k8s.aws/network-node-layer-" */
  readonly topologyLabelPrefix?: string;
  /** Labels of the JobSet. @default - those of its queue alone */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations of the JobSet. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Labels of the pods. @default - none */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** Annotations of the pods. @default - those that ask for placement alone */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** What the Job makes of a pod that ended: `podFailurePolicy` of batch/v1. @default - any pod that fails ends the Job */
  readonly podFailurePolicy?: Readonly<Record<string, unknown>>;
  /** What the JobSet makes of a Job that failed: `failurePolicy.rules` of jobset.x-k8s.io/v1alpha2. @default - it starts again */
  readonly failureRules?: readonly Readonly<Record<string, unknown>>[];
}

/** Name of the replicated job: pods are called NAME-node-0-RANK. */
const REPLICATED_JOB = "node";

/**
 * A JobSet (jobset.x-k8s.io/v1alpha2, v0.10.1) with one indexed Job and a pod for each node. Kueue holds it until all of its nodes are free,
 * since its queue's label is set; `suspend` is Kueue's and therefore not written. Any pod that fails ends the Job, and the JobSet starts again once
 * all old pods are gone, since each needs a whole node. Pods find each other as NAME-node-0-RANK.NAME before they are ready.
 * @param at path of the construct, for messages
 * @throws InvalidProps KUBERNETES_NAME_INVALID, GANG_INVALID, TOPOLOGY_UNKNOWN, QUANTITY_INVALID
 */
export function gangJobSet(options: GangOptions, at: string): KubernetesManifest {
  checkGang(options, at);
  const { name, namespace, pool, nodes, maxRestarts = 3, queueName = DEFAULT_QUEUE } = options;
  const priority = options.priority ?? WorkloadPriority.NORMAL;
  const template = { metadata: podMetadata(options, at), spec: wholeNodePodSpec(pool, options, at) };
  return {
    apiVersion: "jobset.x-k8s.io/v1alpha2",
    kind: "JobSet",
    metadata: {
      name,
      namespace,
      labels: { [QUEUE_LABEL]: queueName, [WORKLOAD_PRIORITY_LABEL]: priority, ...options.labels },
      annotations: options.annotations,
    },
    spec: {
      network: { enableDNSHostnames: true, publishNotReadyAddresses: true },
      successPolicy: { operator: "All" },
      startupPolicy: { startupPolicyOrder: "AnyOrder" },
      // The webhook writes no 0 back.
      failurePolicy: {
        maxRestarts: maxRestarts === 0 ? undefined : maxRestarts,
        restartStrategy: "BlockingRecreate",
        rules: options.failureRules,
      },
      ttlSecondsAfterFinished: options.ttlSecondsAfterFinished,
      replicatedJobs: [
        {
          name: REPLICATED_JOB,
          groupName: "default",
          replicas: 1,
          template: {
            spec: {
              parallelism: nodes,
              completions: nodes,
              completionMode: "Indexed",
              backoffLimit: 0,
              podFailurePolicy: options.podFailurePolicy,
              template,
            },
          },
        },
      ],
    },
  };
}

function checkGang({ name, namespace, pool, nodes, queueName, maxRestarts = 3 }: GangOptions, at: string): void {
  if (!(Number.isSafeInteger(nodes) && nodes >= 1 && nodes <= pool.maxNodes)) {
    const allowed = `1 to ${pool.maxNodes} nodes, as pool ${pool.poolName} has`;
    throw new InvalidProps("GANG_INVALID", `${at}.nodes`, { got: nodes, allowed });
  }
  if (!(Number.isSafeInteger(maxRestarts) && maxRestarts >= 0)) {
    throw new InvalidProps("GANG_INVALID", `${at}.maxRestarts`, {
      got: maxRestarts,
      allowed: "a whole number, 0 or more",
    });
  }
  // JobSet refuses names from which pods get names of more than 63 characters: NAME-node-0-RANK and five random ones.
  const longest = `-${REPLICATED_JOB}-0-${nodes - 1}-abcde`;
  checkLabelName(name, `${at}.name`, 63 - longest.length);
  if (!/^[a-z]/.test(name)) {
    const allowed = "a letter first: the name becomes that of a Service";
    throw new InvalidProps("KUBERNETES_NAME_INVALID", `${at}.name`, { got: name, allowed });
  }
  checkLabelName(namespace, `${at}.namespace`);
  if (queueName !== undefined) checkLabelName(queueName, `${at}.queueName`);
}

function podMetadata(options: GangOptions, at: string): Readonly<Record<string, unknown>> | undefined {
  const { podLabels: labels, podAnnotations } = options;
  const request = topologyRequest(options, at);
  const annotations =
    request === undefined && podAnnotations === undefined ? undefined : { ...request, ...podAnnotations };
  return labels === undefined && annotations === undefined ? undefined : { labels, annotations };
}

/**
 * What is asked of placement. A flavor with a topology takes only workloads that ask for some, and one without takes none that does.
 * Source: kubernetes-sigs/kueue v0.16.1 `apis/kueue/v1beta2/topology_types.go` and `pkg/scheduler/flavorassigner/tas_flavorassigner.go`.
 */
function topologyRequest(options: GangOptions, at: string): Readonly<Record<string, string>> | undefined {
  const { pool, nodes, requiredLayer, topologyLabelPrefix, topologyAware = isTopologyAware(pool) } = options;
  const layers = topologyAware ? (pool.topologyLayers ?? 0) : 0;
  const wanted = requiredLayer ?? layers;
  if (
    (topologyAware || requiredLayer !== undefined) &&
    !(Number.isInteger(wanted) && wanted >= 1 && wanted <= layers)
  ) {
    const allowed = layers > 0 ? `a layer, 1 to ${layers}` : "no layer: the pool is not placed by topology";
    throw new InvalidProps("TOPOLOGY_UNKNOWN", at, { got: requiredLayer ?? pool.topologyLayers, allowed });
  }
  if (!topologyAware) return undefined;
  if (nodes === 1) return { "kueue.x-k8s.io/podset-unconstrained-topology": "true" };
  const how = requiredLayer === undefined ? "preferred" : "required";
  return { [`kueue.x-k8s.io/podset-${how}-topology`]: networkLayerLabel(wanted, topologyLabelPrefix) };
}
