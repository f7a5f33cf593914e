import {
  type Cluster,
  type ElasticNodePool,
  type KarpenterController,
  type KarpenterPoolIds,
  Placement,
  type ResolvedElasticNodePool,
} from "cdktf-ai-datacenter/compute";
import { CapacityKind, type RuntimeReference } from "cdktf-ai-datacenter/contracts";
import { bucketName, type DatacenterStack, listMember } from "cdktf-ai-datacenter/core";
import {
  type INetwork,
  NatGateways,
  Network,
  type ResolvedZone,
  resolveNetwork,
  type SubnetReference,
} from "cdktf-ai-datacenter/network";
import { EncryptionKey, type IEncryptionKey, KeyServiceGrant } from "cdktf-ai-datacenter/security";
import { type IDataStore, ObjectStore, packagedRuntimeFolder, readRuntimeBundle } from "cdktf-ai-datacenter/storage";
import { type StageConfig, StageStore } from "./config";

const NETWORK = "network/v1";
const KEYS = "keys/v1";
const DATA = "data/v1";
const RUNTIME = "runtime/v1";
const CLUSTER = "cluster/v1";
const KARPENTER = "karpenter/v1";

/** The services that use the cluster key by its policy: told to the stack that makes the key and to those that import it. */
export function clusterKeyGrants(config: StageConfig): readonly KeyServiceGrant[] {
  const pools = [...Object.values(config.pools), ...Object.values(config.elasticPools ?? {})];
  const spot = pools.some(({ capacity }) => capacity?.kind === CapacityKind.SPOT);
  return [KeyServiceGrant.AUTO_SCALING, KeyServiceGrant.LOGS, ...(spot ? [KeyServiceGrant.SPOT] : [])];
}

export function publishNetwork(stack: DatacenterStack, network: INetwork): void {
  const joined = (subnets: readonly SubnetReference[]) => subnets.map(({ subnetId }) => subnetId).join(",");
  stack.channel.publish(stack, NETWORK, {
    vpcId: network.vpcId,
    privateSubnetIds: joined(network.privateSubnets),
    acceleratorSubnetIds: joined(network.acceleratorSubnets),
  });
}

/** The stage's network in another stack, as far as clusters and pools need it: its shape comes from the config, its identifiers from the contract. */
export function readNetwork(stack: DatacenterStack, config: StageConfig): INetwork {
  const keys = ["vpcId", "privateSubnetIds", "acceleratorSubnetIds"] as const;
  const read = stack.channel.read(stack, NETWORK, keys, `${config.name}-foundation`);
  // Ranges follow from the config, as everything that shapes a stage: both sides compute the same plan.
  const plan = resolveNetwork(config, config.region, NETWORK);
  const subnets = (joined: string, cidrOf: (zone: ResolvedZone) => string) =>
    plan.zones.map((zone, index) => ({
      zone: zone.zone,
      subnetId: listMember(joined, index),
      cidr: cidrOf(zone),
    }));
  return Network.fromAttributes(stack, "Network", {
    vpcId: read.vpcId,
    cidr: config.cidr,
    podCidr: config.podCidr,
    privateSubnets: subnets(read.privateSubnetIds, ({ privateCidr }) => privateCidr),
    acceleratorSubnets: subnets(read.acceleratorSubnetIds, ({ acceleratorCidr }) => acceleratorCidr),
    endpointServices: config.interfaceEndpoints.map(({ service }) => service),
    hasNat: config.natGateways !== NatGateways.NONE,
  });
}

/** The keys of a stage. Who may read data need not be able to read secrets of the cluster, volumes or logs. */
export interface StageKeys {
  /** Of datasets, checkpoints and models. */
  readonly dataKey: IEncryptionKey;
  /** Of Kubernetes secrets, node volumes and logs. */
  readonly clusterKey: IEncryptionKey;
}

export function publishKeys(stack: DatacenterStack, { dataKey, clusterKey }: StageKeys): void {
  stack.channel.publish(stack, KEYS, { dataKeyArn: dataKey.keyArn, clusterKeyArn: clusterKey.keyArn });
}

export function readDataKey(stack: DatacenterStack, config: StageConfig): IEncryptionKey {
  const { dataKeyArn } = stack.channel.read(stack, KEYS, ["dataKeyArn"], `${config.name}-foundation`);
  return EncryptionKey.fromAttributes(stack, "DataKey", { keyArn: dataKeyArn });
}

export function readKeys(stack: DatacenterStack, config: StageConfig): StageKeys {
  const keys = ["dataKeyArn", "clusterKeyArn"] as const;
  const { dataKeyArn, clusterKeyArn } = stack.channel.read(stack, KEYS, keys, `${config.name}-foundation`);
  return {
    dataKey: EncryptionKey.fromAttributes(stack, "DataKey", { keyArn: dataKeyArn }),
    clusterKey: EncryptionKey.fromAttributes(stack, "ClusterKey", {
      keyArn: clusterKeyArn,
      serviceGrants: clusterKeyGrants(config),
    }),
  };
}

/** The stores of a stage, by what they hold. */
export type DataStores = Readonly<Record<StageStore, IDataStore>>;

/** Names of the stores' buckets: they follow from the config, for what has to be known at synth, such as the name of a run. */
export function storeNames({ name, accountId, region }: StageConfig): Readonly<Record<StageStore, string>> {
  const named = (id: string) => bucketName(`${name}-data/${id}`, accountId, region);
  return {
    [StageStore.DATASETS]: named("Datasets"),
    [StageStore.CHECKPOINTS]: named("Checkpoints"),
    [StageStore.MODELS]: named("Models"),
  };
}

export function publishData(stack: DatacenterStack, stores: Readonly<Record<StageStore, ObjectStore>>): void {
  stack.channel.publish(stack, DATA, {
    datasetsBucket: stores.datasets.bucketName,
    checkpointsBucket: stores.checkpoints.bucketName,
    modelsBucket: stores.models.bucketName,
  });
}

/** @param encryptionKey the stores' key, without which grants allow nothing on it @default - none */
export function readData(stack: DatacenterStack, config: StageConfig, encryptionKey?: IEncryptionKey): DataStores {
  const keys = ["datasetsBucket", "checkpointsBucket", "modelsBucket"] as const;
  const read = stack.channel.read(stack, DATA, keys, `${config.name}-data`);
  const store = (id: string, bucketName: string) =>
    ObjectStore.fromAttributes(stack, id, { bucketName, encryptionKey, region: config.region });
  return {
    datasets: store("Datasets", read.datasetsBucket),
    checkpoints: store("Checkpoints", read.checkpointsBucket),
    models: store("Models", read.modelsBucket),
  };
}

/** Folder of the training runtime in the models. */
export const RUNTIME_FOLDER = "runtime/";

export function publishRuntime(stack: DatacenterStack, { uri, sha256, version }: RuntimeReference): void {
  stack.channel.publish(stack, RUNTIME, { uri, sha256, version });
}

/** The runtime that has been uploaded. */
export function readRuntime(stack: DatacenterStack, config: StageConfig): RuntimeReference {
  return stack.channel.read(stack, RUNTIME, ["uri", "sha256", "version"], `${config.name}-data`);
}

/** The runtime that the data stack of this very app uploads, for what has to be known at synth. @throws InvalidProps RUNTIME_BUNDLE_MISSING */
export function packagedRuntime(config: StageConfig, at: string): RuntimeReference {
  const { sha256, version } = readRuntimeBundle(packagedRuntimeFolder(at), at);
  const { models } = storeNames(config);
  return { uri: `s3://${models}/${RUNTIME_FOLDER}${sha256}.zip`, sha256, version };
}

/** What the Kubernetes half needs to reach the cluster and to add to it. */
export function publishCluster(stack: DatacenterStack, cluster: Cluster): void {
  stack.channel.publish(stack, CLUSTER, {
    name: cluster.clusterName,
    arn: cluster.clusterArn,
    endpoint: cluster.endpoint,
    caData: cluster.caData,
    oidcIssuer: cluster.oidcIssuer,
    securityGroupId: cluster.clusterSecurityGroupId,
    nodeRoleArn: cluster.nodeRoleArn,
  });
}

/** What the Kubernetes half names of the cluster. */
export interface ClusterIdentifiers {
  readonly name: string;
  readonly endpoint: string;
  readonly caData: string;
  readonly securityGroupId: string;
}

export function readCluster(stack: DatacenterStack, config: StageConfig): ClusterIdentifiers {
  const keys = ["name", "endpoint", "caData", "securityGroupId"] as const;
  return stack.channel.read(stack, CLUSTER, keys, `${config.name}-cluster`);
}

/** What the Kubernetes half of Karpenter names of the other one. */
export interface KarpenterIdentifiers {
  readonly queueName: string;
  readonly instanceProfileName: string;
  /** The group of a pool, and its placement group where it has one. */
  pool(name: string): Pick<KarpenterPoolIds, "securityGroupId" | "placementGroupName">;
}

/** @param pools the elastic pools, as resolved from the config: only some of them have a placement group */
export function readKarpenter(
  stack: DatacenterStack,
  config: StageConfig,
  pools: readonly ResolvedElasticNodePool[],
): KarpenterIdentifiers {
  const ofPools = pools.flatMap(({ poolName, placement }) => [
    `${poolName}-securityGroupId`,
    ...(placement === Placement.CLUSTER ? [`${poolName}-placementGroupName`] : []),
  ]);
  const keys = ["queueName", "instanceProfileName", ...ofPools];
  const read = stack.channel.read(stack, KARPENTER, keys, `${config.name}-cluster`);
  const value = (key: string) => read[key] as string;
  return {
    queueName: value("queueName"),
    instanceProfileName: value("instanceProfileName"),
    pool: (name) => ({
      securityGroupId: value(`${name}-securityGroupId`),
      ...(read[`${name}-placementGroupName`] !== undefined && {
        placementGroupName: value(`${name}-placementGroupName`),
      }),
    }),
  };
}

/** What the Kubernetes half of Karpenter names of this one; what shapes its objects follows from the config. */
export function publishKarpenter(
  stack: DatacenterStack,
  { queueName, instanceProfileName }: KarpenterController,
  pools: Readonly<Record<string, ElasticNodePool>>,
): void {
  const ofPools = Object.entries(pools).flatMap(([name, { identifiers }]) => [
    [`${name}-securityGroupId`, identifiers.securityGroupId],
    ...(identifiers.placementGroupName === undefined
      ? []
      : [[`${name}-placementGroupName`, identifiers.placementGroupName]]),
  ]);
  stack.channel.publish(stack, KARPENTER, { queueName, instanceProfileName, ...Object.fromEntries(ofPools) });
}
