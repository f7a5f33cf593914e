import type { EksNodeGroupConfig } from "../terraform/aws";

/** The node counts of a pool. */
export interface NodeCounts {
  readonly minNodes: number;
  readonly maxNodes: number;
  /** Absent where whoever scales the pool owns the count. */
  readonly desiredNodes?: number;
}

/**
 * How a node group scales. Without a wanted count the group starts at its least, and later plans leave the count to whoever scales
 * it; with one, Terraform sets it, which is how a pool of a fixed size is raised and lowered.
 */
export function scaling(counts: NodeCounts): Pick<EksNodeGroupConfig, "scalingConfig" | "lifecycle"> {
  const { minNodes, maxNodes, desiredNodes } = counts;
  const scalingConfig = { minSize: minNodes, maxSize: maxNodes, desiredSize: desiredNodes ?? minNodes };
  if (desiredNodes !== undefined) return { scalingConfig };
  return { scalingConfig, lifecycle: { ignoreChanges: ["scaling_config[0].desired_size"] } };
}

/** Whether the counts are whole numbers with least <= minNodes <= desiredNodes <= maxNodes. */
export function countsRise({ minNodes, desiredNodes = minNodes, maxNodes }: NodeCounts, least: number): boolean {
  const counts = [minNodes, desiredNodes, maxNodes];
  return counts.every((count, index) => Number.isInteger(count) && count >= (counts[index - 1] ?? least));
}
