import type { CapacityWindow } from "../contracts";
import { Token } from "../terraform/cdktf";
import type { EksNodeGroupConfig } from "../terraform/aws";

/** The node counts of a pool. */
export interface NodeCounts {
  readonly minNodes: number;
  readonly maxNodes: number;
  /** Absent where whoever scales the pool owns the count. */
  readonly desiredNodes?: number;
}

/** The count in a node group that whoever scales the pool changes. */
export const DESIRED_SIZE = "scaling_config[0].desired_size";

/** How a node group scales, and which of its attributes are left to others. */
export interface Scaling {
  readonly scalingConfig: NonNullable<EksNodeGroupConfig["scalingConfig"]>;
  readonly ignoreChanges: readonly string[];
}

/**
 * How a node group scales. Without a wanted count the group starts at its least, and later plans leave the count to whoever scales
 * it; with one, Terraform sets it, which is how a pool of a fixed size is raised and lowered.
 * @param window when the capacity is there @default - always
 */
export function scaling(counts: NodeCounts, window?: CapacityWindow): Scaling {
  const { minNodes, maxNodes, desiredNodes } = counts;
  const scalingConfig = { minSize: minNodes, maxSize: maxNodes, desiredSize: desiredNodes ?? minNodes };
  if (desiredNodes === undefined) return { scalingConfig, ignoreChanges: [DESIRED_SIZE] };
  if (window === undefined) return { scalingConfig, ignoreChanges: [] };
  return { scalingConfig: { ...scalingConfig, desiredSize: during(window, desiredNodes) }, ignoreChanges: [] };
}

/** The count while a plan is made within the window before its drain time, and none otherwise: nodes fail to launch before a block starts. */
function during({ start, drainFrom }: CapacityWindow, nodes: number): number {
  const started = `timecmp(plantimestamp(), "${start}") >= 0`;
  const draining = `timecmp(plantimestamp(), "${drainFrom}") >= 0`;
  return Token.asNumber(`\${${started} && !(${draining}) ? ${nodes} : 0}`);
}

/** Whether the counts are whole numbers with least <= minNodes <= desiredNodes <= maxNodes. */
export function countsRise({ minNodes, desiredNodes = minNodes, maxNodes }: NodeCounts, least: number): boolean {
  const counts = [minNodes, desiredNodes, maxNodes];
  return counts.every((count, index) => Number.isInteger(count) && count >= (counts[index - 1] ?? least));
}
