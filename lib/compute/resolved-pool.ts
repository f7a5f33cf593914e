import type { InstanceTypeSpec } from "../catalog";
import type { PoolProfile } from "../contracts";
import type { CapacityDecisions } from "./capacity/decisions";
import type { CompiledFabric } from "./fabric/compile";
import type { NodeImage } from "./node-image";
import type { PoolWarning } from "./physics/check";
import type { Placement, PoolPurpose, Updates } from "./pool-options";

/** What managed and elastic pools have in common, with all defaults filled in and all checks passed. */
export interface ResolvedPool {
  readonly spec: InstanceTypeSpec;
  readonly purpose: PoolPurpose;
  readonly fabric: CompiledFabric;
  readonly capacity: CapacityDecisions;
  /** Whether the pool makes a placement group of its own. */
  readonly placement: Placement;
  readonly image: NodeImage;
  readonly updates: Updates;
  readonly revision: string;
  readonly stripeLocalDisks: boolean;
  readonly rootVolumeGiB: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly minNodes: number;
  readonly maxNodes: number;
  /** What workloads learn of the pool: zones, taints and limits stand here. */
  readonly profile: PoolProfile;
  /** Warnings of the physics rules, not acknowledged yet. */
  readonly warnings: readonly PoolWarning[];
}
