import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { AccessHost, Cluster, ElasticNodePool, GpuNodePool, KarpenterController } from "cdktf-ai-datacenter/compute";
import { DatacenterStack, idFrom } from "cdktf-ai-datacenter/core";
import { WorkloadIdentity } from "cdktf-ai-datacenter/security";
import { grantAccess } from "cdktf-ai-datacenter/storage";
import type { StageConfig, TeamConfig } from "./config";
import { type DataStores, publishCluster, publishKarpenter, readData, readKeys, readNetwork } from "./contracts";
import { jobsIdentity, storageAccessIn, storageAccessOf } from "./training";

/** The cluster, its accelerator pools, and an identity for each team's jobs. */
export class ClusterStack extends DatacenterStack {
  public constructor(scope: Construct, config: StageConfig) {
    super(scope, `${config.name}-cluster`, { stage: config.name, ...config });
    const { dataKey, clusterKey } = readKeys(this, config);
    const cluster = new Cluster(this, "Cluster", {
      name: config.name,
      encryptionKey: clusterKey,
      network: readNetwork(this, config),
      controlPlaneZones: config.controlPlaneZones,
      kubernetesVersion: config.kubernetesVersion,
      apiAccess: config.apiAccess,
      admins: config.admins,
      deployers: config.deployers,
    });
    if (config.accessHost) {
      const { instanceId } = new AccessHost(this, "AccessHost", { cluster });
      new TerraformOutput(this, "accessHost", { value: instanceId });
    }
    const { revision } = config;
    for (const [name, options] of Object.entries(config.pools)) {
      new GpuNodePool(this, name, { cluster, revision, ...options });
    }
    if (config.elasticPools !== undefined) this.addElasticPools(config, config.elasticPools, cluster);
    const stores = readData(this, config, dataKey);
    for (const team of config.teams) this.addTeam(config, team, cluster, stores);
    publishCluster(this, cluster);
    new TerraformOutput(this, "clusterName", { value: cluster.clusterName });
    new TerraformOutput(this, "apiEndpoint", { value: cluster.endpoint });
  }

  /** The AWS half of Karpenter and of its pools; their Kubernetes objects come from what is published here. */
  private addElasticPools(
    config: StageConfig,
    options: NonNullable<StageConfig["elasticPools"]>,
    cluster: Cluster,
  ): void {
    const karpenter = new KarpenterController(this, "Karpenter", { cluster });
    const pools = Object.entries(options).map(([name, pool]): [string, ElasticNodePool] => [
      name,
      new ElasticNodePool(this, name, { cluster, karpenter, revision: config.revision, ...pool }),
    ]);
    publishKarpenter(this, karpenter, Object.fromEntries(pools));
  }

  /** A team's pods use the folders that its config names, by itself or by its mounts and jobs, and read the team's secrets. */
  private addTeam(config: StageConfig, team: TeamConfig, cluster: Cluster, stores: DataStores): void {
    const { name, secrets = [] } = team;
    const { namespace, serviceAccount } = jobsIdentity(team);
    const identity = new WorkloadIdentity(this, idFrom("Team", name), { cluster, namespace, serviceAccount });
    const access = storageAccessIn(stores, config, storageAccessOf(config, team));
    grantAccess(identity, Object.values(stores), access, `${this.node.path}.teams.${name}`);
    if (secrets.length === 0) return;
    identity.allow({
      actions: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      resources: secrets.map(({ remoteName }) => this.secretArn(remoteName)),
    });
  }

  /** ARNs of secrets end in a dash and six characters that the service chooses. */
  private secretArn(remoteName: string): string {
    if (remoteName.startsWith("arn:")) return remoteName;
    const { partition, region, accountId } = this.environment;
    return `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${remoteName}-??????`;
  }
}
