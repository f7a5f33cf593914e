import type { EksAddonName } from "../catalog";
import type { ClusterReference } from "../contracts";
import type { INetwork } from "../network";
import type { IEncryptionKey } from "../security";
import type { ITerraformDependable } from "../terraform/cdktf";

/** An EKS cluster, made here or imported. */
export interface ICluster extends ClusterReference {
  /** Kubernetes minor version, such as "1.35". */
  readonly kubernetesVersion: string;
  /** Versions of the add-ons; empty on an import that does not tell. */
  readonly addonVersions: Readonly<Partial<Record<EksAddonName, string>>>;
  readonly network: INetwork;
  /** Key of node volumes. */
  readonly encryptionKey: IEncryptionKey;
  /** The group that EKS makes for control plane and nodes. */
  readonly clusterSecurityGroupId: string;
  /** Role of managed nodes. */
  readonly nodeRoleArn: string;
  /** What must exist before a node may join: the add-ons that give it a network and identities. */
  readonly beforeNodes: readonly ITerraformDependable[];
}
