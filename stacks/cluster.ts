import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { AccessHost, Cluster, GpuNodePool } from "cdktf-ai-datacenter/compute";
import { DatacenterStack, idFrom } from "cdktf-ai-datacenter/core";
import { WorkloadIdentity } from "cdktf-ai-datacenter/security";
import type { StageConfig } from "./config";
import { type DataStores, publishCluster, readData, readKeys, readNetwork } from "./contracts";

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
    const stores = readData(this, config, dataKey);
    for (const { name } of config.teams) this.addTeam(name, cluster, stores);
    publishCluster(this, cluster);
    new TerraformOutput(this, "clusterName", { value: cluster.clusterName });
    new TerraformOutput(this, "apiEndpoint", { value: cluster.endpoint });
  }

  /** A team's jobs read every dataset and model, and write their own checkpoints and models. */
  private addTeam(name: string, cluster: Cluster, stores: DataStores): void {
    const identity = new WorkloadIdentity(this, idFrom("Team", name), {
      cluster,
      namespace: `team-${name}`,
      serviceAccount: "jobs",
    });
    stores.datasets.grants.read(identity);
    stores.models.grants.read(identity);
    stores.checkpoints.grants.readWrite(identity, `${name}/`);
    stores.models.grants.readWrite(identity, `${name}/`);
  }
}
