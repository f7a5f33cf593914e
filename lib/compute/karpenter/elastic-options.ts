import type { ICluster } from "../cluster-interface";
import type { PoolOptions } from "../pool-options";
import type { QuietTime } from "./disruption";
import type { IKarpenter } from "./karpenter-interface";
import type { KarpenterManifests } from "./manifests";

/**
 * Everything about an elastic pool that does not need the cluster: plain enough to stand in a stage's config. Durations are written as
 * Kubernetes writes them: "30m", "1h", "720h".
 *
 * What `updates` means here. Karpenter makes new nodes from the newest node class, always. `Updates.ROLL` lets it replace older nodes: one
 * at a time for training, a tenth for inference. `Updates.HOLD` and `Updates.REPLACE` keep nodes as they are while they run; a new
 * `revision` becomes their label `aidc/revision`, by which people choose when the older ones go, all at once:
 * `kubectl delete nodeclaims -l aidc/pool=<pool>,aidc/revision!=<revision>`.
 *
 * A pool of a fixed count (`Capacity.static`) cannot become one that scales, nor the reverse: Kubernetes refuses it. Name it otherwise.
 */
export interface ElasticNodePoolOptions extends PoolOptions {
  /**
   * Image family and release, such as "al2023@v20260904" or "bottlerocket@v1.55.0". Karpenter finds the variant for the accelerator by
   * itself. @default - the family's latest with Updates.ROLL; needed with any other, as "latest" replaces nodes whenever EKS releases an image
   */
  readonly imageAlias?: string;
  /** Pools of a greater weight are tried first, 1 to 100. @default - after all pools that have one */
  readonly weight?: number;
  /**
   * How long a node stays that nothing runs on (or, for inference, that is not needed), or "Never".
   * @default - "Never" on reserved capacity; else "1h" for training, "10m" for inference
   */
  readonly consolidateAfter?: string;
  /** Age at which a node goes, whatever runs on it, or "Never". @default - "Never" for training, "720h" for inference */
  readonly expireAfter?: string;
  /**
   * How long a node waits for its pods to leave before they are deleted by force, disruption budgets and do-not-disrupt notwithstanding.
   * @default - it waits
   */
  readonly terminationGracePeriod?: string;
  /** Times in which no node is taken away, save by EC2 and by age. @default - none */
  readonly quietTimes?: readonly QuietTime[];
  /** Last word on the manifests. @default - they stay as they are */
  readonly customize?: (manifests: KarpenterManifests) => KarpenterManifests;
}

export interface ElasticNodePoolProps extends ElasticNodePoolOptions {
  readonly cluster: ICluster;
  readonly karpenter: IKarpenter;
}
