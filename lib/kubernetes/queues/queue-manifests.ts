import { WholeQuantity } from "../gang/quantity";
import type { KubernetesManifest } from "../manifest";
import { DEFAULT_QUEUE, KUEUE_API_VERSION, WorkloadPriority } from "./labels";
import type { ResolvedJobQueues, ResolvedTeam } from "./resolve-job-queues";
import { resourceGroups } from "./resource-group";

/** The nodes that no team owns are the cohort's, and any of its queues may borrow them. */
export function cohortManifest({ cohort, shared }: ResolvedJobQueues): KubernetesManifest {
  return {
    apiVersion: KUEUE_API_VERSION,
    kind: "Cohort",
    metadata: { name: cohort },
    spec: { resourceGroups: resourceGroups(shared) },
  };
}

/** The ClusterQueue of a team. Defaults of the API server are written out, so that what comes back is what was written. */
export function clusterQueueManifest(team: ResolvedTeam, cohort: string): KubernetesManifest {
  return {
    apiVersion: KUEUE_API_VERSION,
    kind: "ClusterQueue",
    metadata: { name: team.name },
    spec: {
      cohortName: cohort,
      // The API server writes this label itself: no one who may label namespaces gets into a queue by it.
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": team.namespace } },
      queueingStrategy: team.queueingStrategy,
      flavorFungibility: { whenCanBorrow: "MayStopSearch", whenCanPreempt: "TryNextFlavor" },
      preemption: {
        reclaimWithinCohort: team.reclaim,
        // Not together with fair sharing, which decides by shares. Source: v0.16.1 `apis/kueue/v1beta2/clusterqueue_types.go`.
        borrowWithinCohort: { policy: "Never" },
        withinClusterQueue: team.preemption,
      },
      fairSharing: { weight: milliQuantity(team.milliWeight) },
      stopPolicy: "None",
      resourceGroups: resourceGroups(team.shares),
    },
  };
}

export function localQueueManifest({ name, namespace }: ResolvedTeam): KubernetesManifest {
  return {
    apiVersion: KUEUE_API_VERSION,
    kind: "LocalQueue",
    metadata: { name: DEFAULT_QUEUE, namespace },
    spec: { clusterQueue: name, stopPolicy: "None" },
  };
}

const PRIORITIES: Readonly<Record<WorkloadPriority, { readonly value: number; readonly description: string }>> = {
  [WorkloadPriority.LOW]: { value: -1000, description: "Waits for all others, and is the first to be stopped." },
  // A workload without a class has priority 0.
  [WorkloadPriority.NORMAL]: { value: 0, description: "As jobs that name no priority." },
  [WorkloadPriority.HIGH]: { value: 1000, description: "Before all others of the team." },
};

/** Priorities of jobs in their queue. Pods need none: Kueue creates them only where there is room. */
export function priorityManifests(): readonly KubernetesManifest[] {
  return Object.entries(PRIORITIES).map(([name, { value, description }]) => ({
    apiVersion: KUEUE_API_VERSION,
    kind: "WorkloadPriorityClass",
    metadata: { name },
    value,
    description,
  }));
}

function milliQuantity(thousandths: number): string {
  return thousandths % 1000 === 0 ? WholeQuantity.count(thousandths / 1000).toString() : `${thousandths}m`;
}
