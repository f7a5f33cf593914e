import { EKS_VERSIONS } from "cdktf-ai-datacenter/catalog";
import {
  type KarpenterPoolIds,
  type PoolSurroundings,
  type ResolvedElasticNodePool,
  resolveElasticNodePool,
  resolveGpuNodePool,
} from "cdktf-ai-datacenter/compute";
import type { ClusterConnection, PoolProfile } from "cdktf-ai-datacenter/contracts";
import type { ContractChannel, DatacenterStack } from "cdktf-ai-datacenter/core";
import { apiGroupsOf, eksConnection, ImageSources, Operator, type Renderer } from "cdktf-ai-datacenter/kubernetes";
import { resolveNetwork } from "cdktf-ai-datacenter/network";
import type { StageConfig } from "./config";
import { type ClusterIdentifiers, type KarpenterIdentifiers, readKeys, readNetwork } from "./contracts";

/** How the stacks of the Kubernetes half are written. */
export interface KubernetesStackOptions {
  /** @default - Terraform resources of hashicorp/kubernetes */
  readonly renderer?: Renderer;
  /** @default - the stage's parameters in SSM */
  readonly channel?: ContractChannel;
}

/** What a stage installs, unless it says otherwise: queues and gangs, and Karpenter where there are pools for it. */
export function operatorsOf({ operators, elasticPools }: StageConfig): readonly Operator[] {
  if (operators !== undefined) return operators;
  return [Operator.KUEUE, Operator.JOBSET, ...(elasticPools === undefined ? [] : [Operator.KARPENTER])];
}

/** Where nodes get images from: EKS' own from the registry of the region. */
export function imagesOf({ images, region }: StageConfig): ImageSources {
  return images ?? ImageSources.upstream({ region });
}

/** The stage's cluster as the Kubernetes half reaches it. @param present operators that are there by then */
export function connectionOf(
  config: StageConfig,
  { name, endpoint, caData }: ClusterIdentifiers,
  present: readonly Operator[] = [],
): ClusterConnection {
  const { region, kubernetesVersion, deployRoleArn, apiGroups = [] } = config;
  return eksConnection({
    clusterName: name,
    endpoint,
    caData,
    region,
    kubernetesVersion,
    deployRoleArn,
    apiGroups: [...apiGroups, ...apiGroupsOf(present)],
  });
}

/**
 * Profiles of all pools, computed from the config as the cluster stack does: only identifiers travel between stacks. Managed pools come first,
 * so that queues fill what stands before they start what scales; then by name, since the order of a config must not matter.
 */
export function profilesOf(config: StageConfig): readonly PoolProfile[] {
  const around = surroundingsOf(config);
  const managed = byName(config.pools).map(([name, options]) =>
    resolveGpuNodePool(name, { revision: config.revision, ...options }, around, name),
  );
  return [...managed, ...elasticPoolsOf(config)].map(({ profile }) => profile);
}

/** The pools that Karpenter runs, with all defaults filled in. */
export function elasticPoolsOf(config: StageConfig): readonly ResolvedElasticNodePool[] {
  const around = surroundingsOf(config);
  return byName(config.elasticPools ?? {}).map(([name, options]) =>
    resolveElasticNodePool(name, { revision: config.revision, ...options }, around, name),
  );
}

function byName<T>(pools: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(pools).sort(([a], [b]) => (a < b ? -1 : 1));
}

function surroundingsOf(config: StageConfig): PoolSurroundings {
  const { zones } = resolveNetwork(config, config.region, config.name);
  return {
    subnets: zones.map(({ zone, acceleratorCidr }) => ({ zone, cidr: acceleratorCidr })),
    podsElsewhere: config.podCidr !== undefined,
    vpcCniVersion: EKS_VERSIONS[config.kubernetesVersion]?.addons["vpc-cni"],
  };
}

/** What the objects of elastic pools name of the AWS half, by the name of the pool. */
export function elasticPoolIds(
  stack: DatacenterStack,
  config: StageConfig,
  cluster: ClusterIdentifiers,
  karpenter: KarpenterIdentifiers,
): (poolName: string) => KarpenterPoolIds {
  const keyArn = readKeys(stack, config).clusterKey.keyArn;
  const { acceleratorSubnets: subnets } = readNetwork(stack, config);
  const clusterStack = `${config.name}-cluster`;
  const tags = { ...config.tags, Stage: config.name, Stack: clusterStack, ManagedBy: "cdktf-ai-datacenter" };
  return (poolName) => ({
    instanceProfileName: karpenter.instanceProfileName,
    subnets,
    clusterSecurityGroupId: cluster.securityGroupId,
    ...karpenter.pool(poolName),
    keyArn,
    tags: { ...tags, Name: `${clusterStack}/${poolName}` },
  });
}
