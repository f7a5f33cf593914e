import { ApiAccess, Cluster, type ClusterProps } from "cdktf-ai-datacenter/compute";
import { type DatacenterStack } from "cdktf-ai-datacenter/core";
import { Network, type NetworkAttributes } from "cdktf-ai-datacenter/network";
import { EncryptionKey, KeyServiceGrant } from "cdktf-ai-datacenter/security";

export const ADMIN = "arn:aws:iam::123456789012:role/PlatformAdmin";
export const KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";

export function importedNetwork(stack: DatacenterStack, more: Partial<NetworkAttributes> = {}) {
  return Network.fromAttributes(stack, "Network", {
    vpcId: "vpc-1",
    cidr: "10.0.0.0/16",
    privateSubnets: [
      { zone: "us-east-1a", subnetId: "subnet-a" },
      { zone: "us-east-1b", subnetId: "subnet-b" },
    ],
    acceleratorSubnets: [
      { zone: "us-east-1a", subnetId: "subnet-gpu-a" },
      { zone: "us-east-1b", subnetId: "subnet-gpu-b" },
    ],
    ...more,
  });
}

export function importedKey(stack: DatacenterStack) {
  return EncryptionKey.fromAttributes(stack, "Key", {
    keyArn: KEY_ARN,
    serviceGrants: [KeyServiceGrant.LOGS, KeyServiceGrant.AUTO_SCALING, KeyServiceGrant.SPOT],
  });
}

export function testCluster(stack: DatacenterStack, more: Partial<ClusterProps> = {}): Cluster {
  return new Cluster(stack, "Cluster", {
    name: "ai",
    network: more.network ?? importedNetwork(stack),
    encryptionKey: more.encryptionKey ?? importedKey(stack),
    kubernetesVersion: "1.35",
    apiAccess: ApiAccess.private({ cidrs: ["10.20.0.0/16"] }),
    admins: [ADMIN],
    ...more,
  });
}
