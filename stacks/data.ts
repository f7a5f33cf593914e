import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { DatacenterStack } from "cdktf-ai-datacenter/core";
import { AccessLogBucket, ObjectStore, StorageClass } from "cdktf-ai-datacenter/storage";
import type { StageConfig } from "./config";
import { publishData, readDataKey } from "./contracts";

/** What must outlive every cluster: datasets, checkpoints and models. */
export class DataStack extends DatacenterStack {
  public constructor(scope: Construct, config: StageConfig) {
    super(scope, `${config.name}-data`, { stage: config.name, ...config });
    const encryptionKey = readDataKey(this, config);
    const accessLogs = new AccessLogBucket(this, "AccessLogs");
    const datasets = new ObjectStore(this, "Datasets", {
      encryptionKey,
      accessLogs,
      tiers: [{ prefix: "", storageClass: StorageClass.INTELLIGENT_TIERING, afterDays: 30 }],
    });
    const checkpoints = new ObjectStore(this, "Checkpoints", {
      encryptionKey,
      accessLogs,
      // A run resumes from its newest checkpoints; the rest is kept for a while in case a run went wrong unseen.
      noncurrentVersionDays: 3,
      tiers: [{ prefix: "", storageClass: StorageClass.GLACIER_IR, afterDays: 30 }],
      expirations: config.teams.map(({ name }) => ({ prefix: `${name}/scratch/`, afterDays: 14 })),
    });
    const models = new ObjectStore(this, "Models", { encryptionKey, accessLogs, noncurrentVersionDays: 90 });
    publishData(this, { datasets, checkpoints, models });
    for (const [name, store] of Object.entries({ datasets, checkpoints, models })) {
      new TerraformOutput(this, name, { value: store.at("").uri });
    }
  }
}
