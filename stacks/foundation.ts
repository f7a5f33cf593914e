import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { DatacenterStack, idFrom } from "cdktf-ai-datacenter/core";
import { Network } from "cdktf-ai-datacenter/network";
import { EncryptionKey, ServiceLinkedRole } from "cdktf-ai-datacenter/security";
import type { StageConfig } from "./config";
import { keyGrants, publishKey, publishNetwork } from "./contracts";

/** What changes least and everything else stands on: the network and the key. */
export class FoundationStack extends DatacenterStack {
  public constructor(scope: Construct, config: StageConfig) {
    super(scope, `${config.name}-foundation`, { stage: config.name, ...config });
    const roles = config.serviceLinkedRoles?.map(
      (awsServiceName) => new ServiceLinkedRole(this, idFrom("ServiceLinkedRole", awsServiceName), { awsServiceName }),
    );
    const encryptionKey = new EncryptionKey(this, "DataKey", { serviceGrants: keyGrants(config), after: roles });
    const network = new Network(this, "Network", {
      encryptionKey,
      zones: config.zones,
      cidr: config.cidr,
      podCidr: config.podCidr,
      natGateways: config.natGateways,
      interfaceEndpoints: config.interfaceEndpoints,
    });
    publishNetwork(this, network);
    publishKey(this, encryptionKey);
    new TerraformOutput(this, "vpcId", { value: network.vpcId });
  }
}
