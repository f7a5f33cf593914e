import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { DatacenterStack } from "cdktf-ai-datacenter/core";
import { AccessLogBucket, ObjectStore, RuntimeBundle, StorageClass } from "cdktf-ai-datacenter/storage";
import type { StageConfig } from "./config";
import { publishData, publishRuntime, readDataKey, RUNTIME_FOLDER, storeNames } from "./contracts";

/** What must outlive every cluster: datasets, checkpoints and models, and the runtime that trains them. */
export class DataStack extends DatacenterStack {
  public constructor(scope: Construct, config: StageConfig) {
    super(scope, `${config.name}-data`, { stage: config.name, ...config });
    const encryptionKey = readDataKey(this, config);
    const accessLogs = new AccessLogBucket(this, "AccessLogs");
    const names = storeNames(config);
    const datasets = new ObjectStore(this, "Datasets", {
      bucketName: names.datasets,
      encryptionKey,
      accessLogs,
      tiers: [{ prefix: "", storageClass: StorageClass.INTELLIGENT_TIERING, afterDays: 30 }],
    });
    const checkpoints = new ObjectStore(this, "Checkpoints", {
      bucketName: names.checkpoints,
      encryptionKey,
      accessLogs,
      // A run resumes from its newest checkpoints; the rest is kept for a while in case a run went wrong unseen.
      noncurrentVersionDays: 3,
      tiers: [{ prefix: "", storageClass: StorageClass.GLACIER_IR, afterDays: 30 }],
      expirations: config.teams.map(({ name }) => ({ prefix: `${name}/scratch/`, afterDays: 14 })),
    });
    const models = new ObjectStore(this, "Models", {
      bucketName: names.models,
      encryptionKey,
      accessLogs,
      noncurrentVersionDays: 90,
    });
    publishData(this, { datasets, checkpoints, models });
    const runtime = { store: models, prefix: RUNTIME_FOLDER, dependsOn: models.configured };
    publishRuntime(this, new RuntimeBundle(this, "Runtime", runtime).reference);
    for (const [name, store] of Object.entries({ datasets, checkpoints, models })) {
      new TerraformOutput(this, name, { value: store.at("").uri });
    }
  }
}
