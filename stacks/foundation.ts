import type { Construct } from "constructs";
import { DatacenterStack } from "cdktf-ai-datacenter/core";
import { Network } from "cdktf-ai-datacenter/network";
import { EncryptionKey } from "cdktf-ai-datacenter/security";
import type { StageConfig } from "./config";
import { KEY_GRANTS, publishKey, publishNetwork } from "./contracts";

/** What changes least and everything else stands on: the network and the key. */
export class FoundationStack extends DatacenterStack {
  public constructor(scope: Construct, config: StageConfig) {
    super(scope, `${config.name}-foundation`, { stage: config.name, ...config });
    const encryptionKey = new EncryptionKey(this, "DataKey", { serviceGrants: KEY_GRANTS });
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
  }
}
