import { EKS_VERSIONS } from "cdktf-ai-datacenter/catalog";
import {
  type KarpenterPoolIds,
  type PoolSurroundings,
  type ResolvedElasticNodePool,
  resolveElasticNodePool,
  resolveGpuNodePool,
} from "cdktf-ai-datacenter/compute";
import type { ClusterConnection, PoolProfile } from "cdktf-ai-datacenter/contracts";
import { type ContractChannel, DatacenterStack } from "cdktf-ai-datacenter/core";
import { apiGroupsOf, eksConnection, ImageSources, Operator, type Renderer } from "cdktf-ai-datacenter/kubernetes";
import { resolveNetwork } from "cdktf-ai-datacenter/network";
import type { StageConfig } from "./config";
import { type ClusterIdentifiers, type KarpenterIdentifiers, readNetwork } from "./contracts";

/** How the stacks of the Kubernetes half are written. */
export interface KubernetesStackOptions {
  /** @default - Terraform resources of hashicorp/kubernetes */
  readonly renderer?: Renderer;
  /** @default - the stage's parameters in SSM */
  readonly channel?: ContractChannel;
}

/** What a stage installs, unless it says otherwise: queues and gangs, Karpenter where there are pools for it, drivers of what is mounted. */
export function operatorsOf({ operators, elasticPools, teams }: StageConfig): readonly Operator[] {
  if (operators !== undefined) return operators;
  const needs = (what: "mounts" | "fileSystems" | "secrets") => teams.some((team) => (team[what] ?? []).length > 0);
  return [
    Operator.KUEUE,
    Operator.JOBSET,
    ...(elasticPools === undefined ? [] : [Operator.KARPENTER]),
    ...(needs("mounts") ? [Operator.MOUNTPOINT_S3_CSI] : []),
    ...(needs("fileSystems") ? [Operator.FSX_CSI] : []),
    ...(needs("secrets") ? [Operator.SECRETS_STORE_CSI, Operator.SECRETS_STORE_AWS] : []),
  ];
}

/** Makes a stack wait for one of which no value reaches it, where both are of one app: whoever deploys waits too. */
export function deployAfter(stack: DatacenterStack, id: string): void {
  const earlier = stack.node.scope?.node.tryFindChild(id);
  if (earlier instanceof DatacenterStack) stack.addDependency(earlier);
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
  keyArn: string,
): (poolName: string) => KarpenterPoolIds {
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
