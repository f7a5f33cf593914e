// Pools as a user of the library writes them, beside what pools-bare.mjs writes by hand.
import { createRequire } from "node:module";

// As compiled TypeScript loads them; both sides do.
const require = createRequire(import.meta.url);
const { App } = require("cdktf");
const { Cluster, GpuNodePool } = require("cdktf-ai-datacenter/compute");
const { Backend, ContractChannel, DatacenterStack } = require("cdktf-ai-datacenter/core");
const { Network } = require("cdktf-ai-datacenter/network");
const { EncryptionKey, KeyServiceGrant } = require("cdktf-ai-datacenter/security");

const ACCOUNT = "123456789012";

/** Writes a stack with so many pools. */
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
  const cluster = importedCluster(stack);
  for (let index = 0; index < count; index += 1) {
    new GpuNodePool(stack, `pool-${index}`, {
      cluster,
      instanceType: "p5.48xlarge",
      maxNodes: 16,
      zones: ["us-east-1a"],
    });
  }
  app.synth();
}

function importedCluster(stack) {
  const zones = { a: "us-east-1a", b: "us-east-1b", c: "us-east-1c" };
  const subnets = (prefix, cidrs) =>
    Object.entries(zones).map(([letter, zone], at) => ({ zone, subnetId: `${prefix}-${letter}`, cidr: cidrs[at] }));
  return Cluster.fromAttributes(stack, "Cluster", {
    clusterName: "ai",
    clusterArn: `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/ai`,
    kubernetesVersion: "1.35",
    addonVersions: { "vpc-cni": "v1.22.4-eksbuild.3" },
    clusterSecurityGroupId: "sg-cluster",
    nodeRoleArn: `arn:aws:iam::${ACCOUNT}:role/ai-nodes`,
    network: Network.fromAttributes(stack, "Network", {
      vpcId: "vpc-1",
      cidr: "10.0.0.0/16",
      privateSubnets: subnets("subnet", ["10.0.16.0/20", "10.0.32.0/20", "10.0.48.0/20"]),
      acceleratorSubnets: subnets("subnet-gpu", ["10.0.64.0/18", "10.0.128.0/18", "10.0.192.0/18"]),
    }),
    encryptionKey: EncryptionKey.fromAttributes(stack, "Key", {
      keyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`,
      serviceGrants: [KeyServiceGrant.AUTO_SCALING],
    }),
  });
}
