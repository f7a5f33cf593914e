import { type DatacenterStack, listMember } from "cdktf-ai-datacenter/core";
import { type INetwork, Network, type SubnetReference } from "cdktf-ai-datacenter/network";
import { EncryptionKey, type IEncryptionKey, KeyServiceGrant } from "cdktf-ai-datacenter/security";
import type { StageConfig } from "./config";

/** The services that use the stage's key by its policy: told to both the stack that makes the key and those that import it. */
export const KEY_GRANTS: readonly KeyServiceGrant[] = [KeyServiceGrant.AUTO_SCALING, KeyServiceGrant.LOGS];

const NETWORK = "network/v1";
const KEYS = "keys/v1";

export function publishNetwork(stack: DatacenterStack, network: INetwork): void {
  const joined = (subnets: readonly SubnetReference[]) => subnets.map(({ subnetId }) => subnetId).join(",");
  stack.channel.publish(stack, NETWORK, {
    vpcId: network.vpcId,
    privateSubnetIds: joined(network.privateSubnets),
    acceleratorSubnetIds: joined(network.acceleratorSubnets),
    ...(network.podSubnets.length > 0 ? { podSubnetIds: joined(network.podSubnets) } : {}),
  });
}

/** The stage's network in another stack. Its shape comes from the config, its identifiers from the contract. */
export function readNetwork(stack: DatacenterStack, config: StageConfig): INetwork {
  const keys = ["vpcId", "privateSubnetIds", "acceleratorSubnetIds"] as const;
  const read = stack.channel.read(stack, NETWORK, keys, `${config.name}-foundation`);
  const subnets = (joined: string) =>
    config.zones.map((zone, index) => ({ zone, subnetId: listMember(joined, index) }));
  return Network.fromAttributes(stack, "Network", {
    vpcId: read.vpcId,
    cidr: config.cidr,
    podCidr: config.podCidr,
    privateSubnets: subnets(read.privateSubnetIds),
    acceleratorSubnets: subnets(read.acceleratorSubnetIds),
    endpointServices: config.interfaceEndpoints.map(({ service }) => service),
    hasNat: config.natGateways !== "none",
  });
}

export function publishKey(stack: DatacenterStack, key: IEncryptionKey): void {
  stack.channel.publish(stack, KEYS, { dataKeyArn: key.keyArn });
}

export function readKey(stack: DatacenterStack, config: StageConfig): IEncryptionKey {
  const { dataKeyArn } = stack.channel.read(stack, KEYS, ["dataKeyArn"], `${config.name}-foundation`);
  return EncryptionKey.fromAttributes(stack, "DataKey", { keyArn: dataKeyArn, serviceGrants: KEY_GRANTS });
}
