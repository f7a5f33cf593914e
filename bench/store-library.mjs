// A store as a user of the library writes it, beside what store-bare.mjs writes by hand.
import { createRequire } from "node:module";

// As compiled TypeScript loads them; both sides do.
const require = createRequire(import.meta.url);
const { App } = require("cdktf");
// The whole library, rather than the three rooms in use: what the others cost is measured with them.
const { core, security, storage } = require("cdktf-ai-datacenter");

const { Backend, ContractChannel, DatacenterStack } = core;
const { EncryptionKey } = security;
const { AccessLogBucket, ObjectStore } = storage;

const ACCOUNT = "123456789012";

/** Writes a stack with so many stores. */
export function write(count, outdir) {
  const app = new App({ outdir });
  const stack = new DatacenterStack(app, "bench", {
    stage: "bench",
    accountId: ACCOUNT,
    region: "us-east-1",
    backend: Backend.local("state"),
    channel: ContractChannel.literals({}),
    tags: { CostCenter: "ai-platform" },
  });
  const encryptionKey = EncryptionKey.fromAttributes(stack, "Key", {
    keyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`,
  });
  const accessLogs = AccessLogBucket.fromBucketName(stack, "Logs", "org-logs");
  for (let index = 0; index < count; index += 1) {
    new ObjectStore(stack, `store-${index}`, { encryptionKey, accessLogs });
  }
  app.synth();
}
