import type { Construct } from "constructs";
import { karpenterManifests } from "cdktf-ai-datacenter/compute";
import { DatacenterStack, idFrom } from "cdktf-ai-datacenter/core";
import {
  EgressRule,
  JobQueues,
  type KubernetesManifest,
  KubernetesTarget,
  Operator,
  StorageClasses,
  Tenant,
} from "cdktf-ai-datacenter/kubernetes";
import { RunProtection } from "cdktf-ai-datacenter/training";
import type { StageConfig } from "./config";
import { type ClusterIdentifiers, readCluster, readKarpenter, readKeys } from "./contracts";
import {
  connectionOf,
  deployAfter,
  elasticPoolIds,
  elasticPoolsOf,
  type KubernetesStackOptions,
  operatorsOf,
  profilesOf,
} from "./kubernetes";
import { jobsIdentity } from "./training";

/** The objects that the operators act on: pools that scale, storage classes, a place for each team, and queues with quotas. */
export class PlatformStack extends DatacenterStack {
  public constructor(scope: Construct, config: StageConfig, options: KubernetesStackOptions = {}) {
    super(scope, `${config.name}-platform`, { stage: config.name, ...config, channel: options.channel });
    const operators = operatorsOf(config);
    const cluster = readCluster(this, config);
    const connection = connectionOf(config, cluster, operators);
    const target = new KubernetesTarget(this, "Kubernetes", { connection, renderer: options.renderer });
    const { keyArn } = readKeys(this, config).clusterKey;
    if (operators.includes(Operator.KARPENTER)) this.addElasticPools(config, cluster, target, keyArn);
    const { storageClasses = [{ isDefault: true }] } = config;
    const block = storageClasses.map((options) => ({ kmsKeyArn: keyArn, ...options }));
    new StorageClasses(this, "StorageClasses", { target, block });
    for (const team of config.teams) {
      const { name, groups } = team;
      new Tenant(this, idFrom("Team", name), {
        target,
        name,
        groups,
        identities: [jobsIdentity(team)],
        // Credentials come from the agent, data from S3 and from what the VPC's endpoints serve.
        egress: [EgressRule.podIdentityAgent(), EgressRule.https(["0.0.0.0/0"])],
      });
    }
    if (operators.includes(Operator.JOBSET)) new RunProtection(this, "Runs", { target });
    if (operators.includes(Operator.KUEUE)) {
      new JobQueues(this, "Queues", { target, pools: profilesOf(config), teams: config.teams });
    }
    deployAfter(this, `${config.name}-operators`);
  }

  private addElasticPools(
    config: StageConfig,
    cluster: ClusterIdentifiers,
    target: KubernetesTarget,
    keyArn: string,
  ): void {
    const pools = elasticPoolsOf(config);
    const ids = elasticPoolIds(this, config, cluster, readKarpenter(this, config, pools), keyArn);
    for (const pool of pools) {
      const { nodeClass, nodePool } = karpenterManifests(pool, ids(pool.poolName));
      target.placeAll(this, [nodeClass, nodePool].map(asManifest));
    }
  }
}

/** The pure data of the AWS half is a manifest; its own type says more than a target needs. */
function asManifest(manifest: object): KubernetesManifest {
  return manifest as KubernetesManifest;
}
