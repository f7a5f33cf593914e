import type { EksAddonName } from "../catalog";
import type { INetwork } from "../network";
import type { IEncryptionKey } from "../security";
import type { EksCluster } from "../terraform/aws";
import type { ApiAccess } from "./api-access";

/** The pool that is always there: small, untainted CPU nodes for DNS, storage drivers and operators. */
export interface SystemPoolOptions {
  /** A general-purpose x86_64 type. @default "m7i.large" */
  readonly instanceType?: string;
  /** @default 2 */
  readonly minNodes?: number;
  /** @default 4 */
  readonly maxNodes?: number;
  /** @default 50 */
  readonly rootVolumeGiB?: number;
}

export interface ClusterProps {
  /** At least two zones. */
  readonly network: INetwork;
  /** Key for Kubernetes secrets, the control-plane log and node volumes. */
  readonly encryptionKey: IEncryptionKey;
  /** Kubernetes minor version, such as "1.35": upgrades are decisions. */
  readonly version: string;
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
  /** Days to keep the control-plane log. @default 365 */
  readonly logRetentionDays?: number;
  /** Permissions boundary of the roles made here. @default - none */
  readonly permissionsBoundaryArn?: string;
  /** Last word on the cluster. @default - none */
  readonly customize?: (cluster: EksCluster) => void;
}
