import { POOL_LABEL } from "../../contracts";
import type { SubnetReference } from "../../network";
import { type NodeClassManifest, nodeClassManifest } from "./node-class-manifest";
import { type NodePoolManifest, nodePoolManifest } from "./node-pool-manifest";
import type { ResolvedElasticNodePool } from "./resolve-elastic";

/** What a pool's manifests name of the AWS half: identifiers, each a string or the token of one, and the tags of nodes. */
export interface KarpenterPoolIds {
  readonly instanceProfileName: string;
  /** Subnets for nodes; those of the pool's zones are used. */
  readonly subnets: readonly Pick<SubnetReference, "zone" | "subnetId">[];
  /** The group that EKS makes for control plane and nodes. */
  readonly clusterSecurityGroupId: string;
  /** The group of the pool. */
  readonly securityGroupId: string;
  /** Placement group of the pool's own. @default - the pool makes none */
  readonly placementGroupName?: string;
  /** Key of node volumes. */
  readonly keyArn: string;
  /** Tags of instances, volumes and interfaces, as EC2 shall see them. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface ManifestMetadata {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The two Kubernetes objects of an elastic pool. */
export interface KarpenterManifests {
  readonly nodeClass: NodeClassManifest;
  readonly nodePool: NodePoolManifest;
}

/**
 * What Karpenter 1.14 is told of a pool: plain data, so that any stack can compute it from the stage's config and the identifiers that the
 * AWS half publishes. Strings are as Kubernetes shall see them: whoever puts the manifests into Terraform escapes them, once.
 */
export function karpenterManifests(pool: ResolvedElasticNodePool, ids: KarpenterPoolIds): KarpenterManifests {
  const metadata = { name: pool.poolName, labels: { [POOL_LABEL]: pool.poolName } };
  return { nodeClass: nodeClassManifest(pool, ids, metadata), nodePool: nodePoolManifest(pool, metadata) };
}
