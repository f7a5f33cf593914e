import type { ICluster } from "./cluster-interface";
import type { PoolSurroundings } from "./resolve-pool";

/** What stands around a pool of a cluster. */
export function surroundingsOf({ network, addonVersions }: ICluster): PoolSurroundings {
  return {
    subnets: network.acceleratorSubnets,
    podsElsewhere: network.podCidr !== undefined,
    vpcCniVersion: addonVersions["vpc-cni"],
  };
}
