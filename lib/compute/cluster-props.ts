import type { EksAddonName } from "../catalog";
import type { INetwork } from "../network";
import type { IEncryptionKey } from "../security";
import type { EksCluster } from "../terraform/aws";
import type { ApiAccess } from "./api-access";

/** The system pool when nothing is asked for. */
export const SYSTEM_POOL_DEFAULTS = { instanceType: "m7i.large", minNodes: 2, maxNodes: 4, rootVolumeGiB: 50 } as const;

/** The pool that is always there: small, untainted CPU nodes for DNS, storage drivers and operators. */
export interface SystemPoolOptions {
  /** A general-purpose type, x86_64 or Graviton. @default "m7i.large" */
  readonly instanceType?: string;
  /** @default 2 */
  readonly minNodes?: number;
  /** Nodes to run; Terraform then owns the count. @default - starts at minNodes, and then whoever scales the pool owns it */
  readonly desiredNodes?: number;
  /** @default 4 */
  readonly maxNodes?: number;
  /** @default 50 */
  readonly rootVolumeGiB?: number;
}

export interface ClusterProps {
  /** At least two zones. */
  readonly network: INetwork;
  /**
   * Zones of the control plane, at least two. EKS refuses a few zones by their id (use1-az3, usw1-az2, cac1-az3), and which letter
   * that is differs from account to account: `aws ec2 describe-availability-zones` tells. EKS keeps the set for life, so write it
   * down before appending a zone to the network. @default - all zones of the network
   */
  readonly controlPlaneZones?: readonly string[];
  /** Key for Kubernetes secrets, the control-plane log and node volumes. */
  readonly encryptionKey: IEncryptionKey;
  /**
   * Kubernetes minor version, such as "1.35": upgrades are decisions. At the end of standard support EKS upgrades the control plane
   * by itself, since extended support, at six times the price, is refused here; raise the version before that day.
   */
  readonly kubernetesVersion: string;
  /** Who may reach the Kubernetes API over the network. */
  readonly apiAccess: ApiAccess;
  /** Roles (or users) of people who administer the cluster, by ARN, at least one: the creator is not one by itself. */
  readonly admins: readonly string[];
  /** Roles that pipelines deploy operators and workloads with, by ARN; cluster administrators too. @default - none */
  readonly deployers?: readonly string[];
  /** @default - derived from the construct path */
  readonly name?: string;
  /** @default - two to four m7i.large */
  readonly systemPool?: SystemPoolOptions;
  /** Add-on versions that differ from the catalog's. @default - the catalog's for the version */
  readonly addonVersions?: Readonly<Partial<Record<EksAddonName, string>>>;
  /**
   * More configuration of add-ons, as their schemas have it (`aws eks describe-addon-configuration`), over what the cluster sets
   * itself: network policy of the VPC CNI, monitoring on tainted nodes, and DNS for a start of 1,000 nodes at once
   * (`coreDnsConfiguration` for other sizes). @default - none
   */
  readonly addonConfiguration?: Readonly<Partial<Record<EksAddonName, Readonly<Record<string, unknown>>>>>;
  /** Days to keep the control-plane log. @default 365 */
  readonly logRetentionDays?: number;
  /** Whether people with Session Manager rights may open a root shell on nodes. @default false */
  readonly nodeShell?: boolean;
  /** Permissions boundary of the roles made here. @default - the stack's, if it has one */
  readonly permissionsBoundaryArn?: string;
  /** Last word on the cluster. @default - none */
  readonly customize?: (cluster: EksCluster) => void;
}
