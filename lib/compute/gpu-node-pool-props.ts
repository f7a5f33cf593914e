import type { EksNodeGroup, LaunchTemplate } from "../terraform/aws";
import type { ICluster } from "./cluster-interface";
import type { PoolOptions } from "./pool-options";

/** Everything about a managed pool that does not need the cluster: plain enough to stand in a stage's config. */
export interface GpuNodePoolOptions extends PoolOptions {
  /** Least nodes, which run (and cost) all the time. @default - the count of static capacity, else 0 */
  readonly minNodes?: number;
  /**
   * Nodes to run; Terraform then owns the count, and plans 0 outside of a Capacity Block's window. @default - the count of static
   * capacity; else starts at minNodes, and then whoever scales the pool owns it
   */
  readonly desiredNodes?: number;
  /** Kubernetes version of the nodes: pin it to upgrade the control plane without touching them. @default - the cluster's */
  readonly kubernetesVersion?: string;
  /**
   * EKS release of the node image of a held pool, such as "1.36.2-20260818". Change it with every revision: with a new template alone
   * EKS takes the newest release. @default - what EKS calls newest when the node group is made, and at each revision
   */
  readonly amiRelease?: string;
  /** Whether EKS replaces nodes that its monitoring finds broken. @default true */
  readonly nodeRepair?: boolean;
  /** Last word on the launch template. @default - none */
  readonly customizeTemplate?: (template: LaunchTemplate) => void;
  /** Last word on the node group. @default - none */
  readonly customize?: (nodeGroup: EksNodeGroup) => void;
}

export interface GpuNodePoolProps extends GpuNodePoolOptions {
  readonly cluster: ICluster;
}
