import type { PoolProfile, PoolTaint } from "../../contracts";
import type { KubernetesTarget } from "../target/kubernetes-target";
import type { PlacedObject } from "../target/renderer";

/** Which running jobs of other teams a team may end to get back nodes that are its own. */
export enum ReclaimPolicy {
  /** None: it waits until they end. */
  NEVER = "Never",
  /** Those of lower priority. */
  LOWER_PRIORITY = "LowerPriority",
  /** Any that run on borrowed nodes. */
  ANY = "Any",
}

/** Which running jobs of a team its own waiting jobs may end. */
export enum PreemptionPolicy {
  NEVER = "Never",
  LOWER_PRIORITY = "LowerPriority",
  /** Also those of the same priority that came later. */
  LOWER_OR_NEWER_EQUAL_PRIORITY = "LowerOrNewerEqualPriority",
}

/** What happens behind a job for which there is no room. */
export enum QueueingStrategy {
  /** Later jobs that fit may pass: nodes stay busy, and a large gang may wait long. */
  BEST_EFFORT_FIFO = "BestEffortFIFO",
  /** Later jobs of the same priority wait too: large gangs get their turn, and nodes idle until then. */
  STRICT_FIFO = "StrictFIFO",
}

/** A team's part of a pool, in whole nodes. */
export interface PoolQuota {
  /** Name of the pool. */
  readonly pool: string;
  /** Nodes that are the team's own; 0 for nodes that it may only borrow. */
  readonly nodes: number;
  /** Most nodes to borrow beside its own. @default - all that are idle */
  readonly borrowNodes?: number;
  /** Most of its own nodes that others may borrow while they are idle. @default - all of them */
  readonly lendNodes?: number;
}

/** A team that submits jobs. */
export interface TeamQueue {
  /** Name of the team, and of its ClusterQueue: a DNS label. */
  readonly name: string;
  /** Namespace that its jobs are in. @default - "team-" and the name, as `Tenant` makes it */
  readonly namespace?: string;
  /**
   * Pools that the team may use.
   * @default - owns no nodes, and borrows what is idle in any pool: others' own jobs come first, and end its jobs
   */
  readonly quotas?: readonly PoolQuota[];
  /** Weight among those who borrow: twice the weight, twice the nodes. In steps of 0.001. @default 1 */
  readonly fairShareWeight?: number;
  /** @default QueueingStrategy.BEST_EFFORT_FIFO */
  readonly queueingStrategy?: QueueingStrategy;
  /** @default ReclaimPolicy.ANY */
  readonly reclaim?: ReclaimPolicy;
  /** @default PreemptionPolicy.LOWER_PRIORITY */
  readonly preemption?: PreemptionPolicy;
}

/** Nodes without accelerators, for jobs that need none; shared by all teams. */
export interface GeneralNodes {
  /** Name of the ResourceFlavor: a DNS label. */
  readonly name: string;
  /** Labels that select the nodes. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Taints of the nodes. @default - none */
  readonly taints?: readonly PoolTaint[];
  /** Cores for jobs, over all nodes. */
  readonly vcpus: number;
  /** Memory for jobs in MiB, over all nodes. */
  readonly memoryMiB: number;
}

export interface JobQueuesProps {
  /** Where the objects go; its connection lists the API group "kueue.x-k8s.io". */
  readonly target: KubernetesTarget;
  /** Pools that jobs run on; where a job could run on several, earlier ones are tried first. */
  readonly pools: readonly PoolProfile[];
  readonly teams: readonly TeamQueue[];
  /** Name of the cohort, within which idle nodes are lent. @default "accelerators" */
  readonly cohort?: string;
  /** @default - there are none: jobs that ask for no accelerators are never admitted */
  readonly generalNodes?: GeneralNodes;
  /**
   * Names of the pools whose jobs are placed by network topology. Kueue then admits only onto nodes that are there, so no pool may be named
   * whose nodes come because pods wait (Karpenter, cluster-autoscaler); a Capacity Block whose node group scales by the clock may.
   * @default - pools with known layers and minNodes equal to maxNodes
   */
  readonly topologyPools?: readonly string[];
  /** Label of a network layer up to its number; 1 is the outermost. @default "topology.k8s.aws/network-node-layer-" */
  readonly topologyLabelPrefix?: string;
  /**
   * Objects that must be there before the queues in the teams' namespaces, such as namespaces that another target places. What belongs to
   * the cluster waits for none of them.
   * @default - none beside the namespaces, where the same target placed them before
   */
  readonly after?: readonly PlacedObject[];
}
