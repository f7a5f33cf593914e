import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { DatacenterStack, idFrom } from "cdktf-ai-datacenter/core";
import { Network } from "cdktf-ai-datacenter/network";
import { EncryptionKey, ServiceLinkedRole } from "cdktf-ai-datacenter/security";
import type { StageConfig } from "./config";
import { clusterKeyGrants, publishKeys, publishNetwork } from "./contracts";

/** What changes least and everything else stands on: the network and the keys. */
export class FoundationStack extends DatacenterStack {
  public constructor(scope: Construct, config: StageConfig) {
    super(scope, `${config.name}-foundation`, { stage: config.name, ...config });
    const roles = config.serviceLinkedRoles?.map(
      (awsServiceName) => new ServiceLinkedRole(this, idFrom("ServiceLinkedRole", awsServiceName), { awsServiceName }),
    );
    const dataKey = new EncryptionKey(this, "DataKey");
    const clusterKey = new EncryptionKey(this, "ClusterKey", { serviceGrants: clusterKeyGrants(config), after: roles });
    const network = new Network(this, "Network", {
      encryptionKey: clusterKey,
      zones: config.zones,
      cidr: config.cidr,
      podCidr: config.podCidr,
      natGateways: config.natGateways,
      interfaceEndpoints: config.interfaceEndpoints,
    });
    publishNetwork(this, network);
    publishKeys(this, { dataKey, clusterKey });
    new TerraformOutput(this, "vpcId", { value: network.vpcId });
  }
}
