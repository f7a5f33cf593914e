import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { Backend, DatacenterStack } from "cdktf-ai-datacenter/core";
import { EncryptionKey } from "cdktf-ai-datacenter/security";
import { AccessLogBucket, ObjectStore } from "cdktf-ai-datacenter/storage";
import type { StageConfig } from "./config";

/**
 * The bucket that holds the state of a stage's other stacks, its key and its policy. Its own state stays beside `cdktf.json`,
 * since nothing can hold the state of what holds state: keep that file.
 */
export class BootstrapStack extends DatacenterStack {
  public constructor(scope: Construct, config: StageConfig) {
    super(scope, `bootstrap-${config.name}`, { ...config, stage: config.name, backend: Backend.local("state") });
    const encryptionKey = new EncryptionKey(this, "StateKey", { description: `State of stage ${config.name}` });
    const state = new ObjectStore(this, "State", {
      encryptionKey,
      accessLogs: new AccessLogBucket(this, "AccessLogs"),
      // A state file that was overwritten by mistake is worth more than its storage.
      noncurrentVersionDays: 365,
    });
    new TerraformOutput(this, "bucket", { value: state.bucketName });
    new TerraformOutput(this, "kmsKeyArn", { value: encryptionKey.keyArn });
  }
}
