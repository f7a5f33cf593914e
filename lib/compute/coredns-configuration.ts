import { InvalidProps } from "../core";

/** For what a cluster's DNS must be enough. */
export interface CoreDnsOptions {
  /** Most nodes of the cluster, all pools together, whole number from 1 up. @default 1000 */
  readonly maxNodes?: number;
}

/** Answers per second of one CPU: 33,669 from 1.9 CPUs. Source: coredns/deployment `kubernetes/Scaling_CoreDNS.md`, 2026. */
const QUERIES_PER_CPU = 33_669 / 1.9;

/** CPUs that a replica finds at a peak: it has no limit, and half of a two-CPU system node is a careful guess. */
const CPUS_PER_REPLICA = 1;

/** Most accelerators of a node, and so processes of a job that start there together. */
const RANKS_PER_NODE = 8;

/**
 * What a rank asks at its start: the rendezvous, the object store, credentials and one more; each along the search list, five names, and
 * for both address families.
 */
const QUERIES_PER_RANK = 4 * 5 * 2;

/** The resolver of a pod gives up after so many seconds and asks again, which adds load where there is too much. Source: resolv.conf(5). */
const SECONDS_TO_ANSWER = 5;

/** Of the need, since names outside of the cluster cost more than those of the measurement. */
const MARGIN = 2;

/** EKS advises more than two. Source: EKS user guide, "Scale CoreDNS Pods for high DNS traffic", 2026. */
const LEAST_REPLICAS = 3;

/** The add-on's schema takes no more. */
const MOST_REPLICAS = 1000;

/** Pods and Services of a node in the clusters that CoreDNS' formula for memory was measured on, of 500 to 5,000 nodes. Same source. */
const OBJECTS_PER_NODE = 30 + 1.64;

/**
 * Configuration of the EKS add-on `coredns` for clusters in which jobs start everywhere at once.
 *
 * EKS scales CoreDNS with the size of the cluster, max(nodes / 16, cores / 256): 125 nodes of 192 cores make it ask for 94 replicas. All
 * of them run on the few system nodes, with a priority that evicts what else is there, so their count is bounded by the load: each of eight
 * ranks of a node asks 40 queries, to be answered before resolvers ask again. The least count alone, with one replica missing, serves a
 * start of 1,000 ranks, since replicas that are made when nodes join may come too late.
 *
 * Replicas are spread over zones strictly and over hosts where possible. Only nodes that CoreDNS tolerates count: by default tainted
 * accelerator nodes would, as places without a replica, and nothing could be placed elsewhere. Affinity stays the add-on's own. Memory
 * follows CoreDNS' formula, with a limit of twice as much.
 *
 * Pods of gangs ask a fifth of it when they write whole names with a dot at the end, which no search list follows. For larger starts a cache
 * on each node (NodeLocal DNSCache) is wise; it is not installed here.
 *
 * Sources: the add-on's schema (`aws eks describe-addon-configuration`, v1.10.1-eksbuild.11: replicas from 2 to 1000; spread, budget and
 * scaling are set in the same way on clusters of May 2026, pytorch/ci-infra#547); EKS user guide,
 * "Scale CoreDNS Pods for high DNS traffic"; Kubernetes, "Pod Topology Spread Constraints" (`nodeTaintsPolicy`), 2026.
 * @throws InvalidProps VALUE_OUT_OF_RANGE
 */
export function coreDnsConfiguration(options: CoreDnsOptions = {}): Readonly<Record<string, unknown>> {
  const { maxNodes = 1000 } = options;
  if (!Number.isSafeInteger(maxNodes) || maxNodes < 1) {
    const allowed = "a whole number from 1 up";
    throw new InvalidProps("VALUE_OUT_OF_RANGE", "coreDnsConfiguration.maxNodes", { got: maxNodes, allowed });
  }
  const perSecond = (maxNodes * RANKS_PER_NODE * QUERIES_PER_RANK) / SECONDS_TO_ANSWER;
  const needed = Math.ceil((MARGIN * perSecond) / (QUERIES_PER_CPU * CPUS_PER_REPLICA));
  const maxReplicas = Math.min(MOST_REPLICAS, Math.max(LEAST_REPLICAS, needed));
  const memoryMiB = Math.ceil(((maxNodes * OBJECTS_PER_NODE) / 1000 + 54) / 64) * 64;
  return {
    autoScaling: { enabled: true, minReplicas: LEAST_REPLICAS, maxReplicas },
    podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
    resources: {
      requests: { cpu: "100m", memory: `${memoryMiB}Mi` },
      limits: { memory: `${2 * memoryMiB}Mi` },
    },
    topologySpreadConstraints: [
      spread("topology.kubernetes.io/zone", "DoNotSchedule"),
      spread("kubernetes.io/hostname", "ScheduleAnyway"),
    ],
  };
}

/**
 * What the library sets where the user asks for something too. The user's members win one by one; a fixed count of replicas also ends the
 * scaling, which would undo it.
 * @internal
 */
export function coreDnsBeside(asked: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const ours = Object.entries(coreDnsConfiguration());
  return Object.fromEntries(ours.filter(([key]) => key !== "autoScaling" || asked.replicaCount === undefined));
}

function spread(topologyKey: string, whenUnsatisfiable: string): Readonly<Record<string, unknown>> {
  return {
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    labelSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    nodeTaintsPolicy: "Honor",
    // Replicas of the version that a rollout replaces do not count.
    matchLabelKeys: ["pod-template-hash"],
  };
}
