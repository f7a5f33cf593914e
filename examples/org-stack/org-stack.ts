import { S3Backend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { DataAwsKmsKey } from "@cdktf/provider-aws/lib/data-aws-kms-key";
import { AWS_PROVIDER_RANGE } from "cdktf-ai-datacenter/core";
import { Capacity, Cluster, GpuNodePool } from "cdktf-ai-datacenter/compute";
import { Network } from "cdktf-ai-datacenter/network";
import { EncryptionKey, KeyServiceGrant, WorkloadIdentity } from "cdktf-ai-datacenter/security";
import { AccessLogBucket, ObjectStore } from "cdktf-ai-datacenter/storage";

/**
 * An organisation's own stack, with its own base class, backend, provider, VPC, key, cluster and log bucket, that takes single
 * constructs of the library: a pool on a Capacity Block, a checkpoint store, and the identity of the jobs that write to it.
 */
export class ResearchGpuStack extends TerraformStack {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    new S3Backend(this, { bucket: "example-org-terraform", key: `research/${id}.tfstate`, region: "eu-west-1" });
    new AwsProvider(this, "Aws", { region: "eu-west-1", defaultTags: [{ tags: { CostCenter: "4711" } }] });

    // Without this the bindings pin the one provider version that they were generated from.
    this.addOverride("terraform.required_providers.aws", { source: "hashicorp/aws", version: AWS_PROVIDER_RANGE });

    const network = Network.fromAttributes(this, "OrgNetwork", {
      vpcId: "vpc-0a1b2c3d4e5f67890",
      cidr: "10.64.0.0/14",
      privateSubnets: [
        { zone: "eu-west-1a", subnetId: "subnet-0aaaaaaaaaaaaaaaa" },
        { zone: "eu-west-1b", subnetId: "subnet-0bbbbbbbbbbbbbbbb" },
      ],
    });
    // The organisation's key is looked up by its alias. What its policy grants cannot be looked up, so it is said here.
    const encryptionKey = EncryptionKey.fromAttributes(this, "OrgKey", {
      keyArn: new DataAwsKmsKey(this, "OrgKeyLookup", { keyId: "alias/org-data" }).arn,
      serviceGrants: [KeyServiceGrant.AUTO_SCALING],
    });
    const cluster = Cluster.fromAttributes(this, "OrgCluster", {
      clusterName: "org-shared",
      clusterArn: "arn:aws:eks:eu-west-1:123456789012:cluster/org-shared",
      kubernetesVersion: "1.35",
      network,
      encryptionKey,
      clusterSecurityGroupId: "sg-0123456789abcdef0",
      nodeRoleArn: "arn:aws:iam::123456789012:role/org-shared-nodes",
    });

    new GpuNodePool(this, "research", {
      cluster,
      instanceType: "p5en.48xlarge",
      maxNodes: 8,
      capacity: Capacity.block("cr-0123456789abcdef0", "eu-west-1a", {
        start: "2026-12-01T11:30:00Z",
        end: "2026-12-15T11:30:00Z",
      }),
      labels: { "example.org/team": "research" },
    });
    const checkpoints = new ObjectStore(this, "Checkpoints", {
      encryptionKey,
      accessLogs: AccessLogBucket.fromBucketName(this, "OrgAccessLogs", "example-org-access-logs"),
    });
    const jobs = new WorkloadIdentity(this, "Jobs", { cluster, namespace: "research", serviceAccount: "jobs" });
    checkpoints.grants.readWrite(jobs);
  }
}
