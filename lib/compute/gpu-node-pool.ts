import type { PoolProfile, PoolTaint } from "../contracts";
import { NameRule, physicalName, safeId } from "../core";
import { KeyServiceGrant } from "../security";
import { Construct } from "../terraform/cdktf";
import { EksNodeGroup, type LaunchTemplate, type LaunchTemplateConfig, PlacementGroup } from "../terraform/aws";
import { CapacityKind } from "./capacity";
import { InterfaceKind } from "./fabric/layout";
import { FabricSecurityGroup } from "./fabric/security-group";
import { Placement, type GpuNodePoolProps } from "./gpu-node-pool-props";
import { nodeLaunchTemplate } from "./node-launch-template";
import { nodeUserData } from "./node-user-data";
import { scaling } from "./scaling";
import { checkNodeVersion, type ResolvedGpuNodePool, resolveGpuNodePool } from "./resolve-gpu-node-pool";

/**
 * Accelerator nodes as an EKS managed node group: the network cards laid out for EFA, placement, striped local disks, taints and
 * labels, bought as the capacity says. The pool starts at `minNodes` and scales to `maxNodes`.
 */
export class GpuNodePool extends Construct {
  /** All that workloads learn of the pool. */
  public readonly profile: PoolProfile;
  /** Name of the node group. */
  public readonly nodeGroupName: string;

  /**
   * @param id name of the pool too, in labels and names: lower-case letters, digits and "-"
   * @throws InvalidProps as `resolveGpuNodePool`; KEY_GRANT_MISSING for an imported key that Auto Scaling may not use
   */
  public constructor(scope: Construct, id: string, props: GpuNodePoolProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const { cluster } = props;
    const zones = cluster.network.acceleratorSubnets.map(({ zone }) => zone);
    const pool = resolveGpuNodePool(id, props, zones, this.node.path);
    checkNodeVersion(props.kubernetesVersion ?? cluster.kubernetesVersion, cluster.kubernetesVersion, this.node.path);
    this.profile = pool.profile;
    cluster.encryptionKey.allowService(KeyServiceGrant.AUTO_SCALING, this.node.path);
    if (pool.capacity.kind === CapacityKind.SPOT) {
      cluster.encryptionKey.allowService(KeyServiceGrant.SPOT, this.node.path);
    }
    const template = this.addLaunchTemplate(props, pool);
    const nodeGroup = this.addNodeGroup(props, pool, template);
    this.nodeGroupName = nodeGroup.nodeGroupName;
    props.customizeTemplate?.(template);
    props.customize?.(nodeGroup);
  }

  private addLaunchTemplate({ cluster, tags }: GpuNodePoolProps, pool: ResolvedGpuNodePool): LaunchTemplate {
    return nodeLaunchTemplate(
      this,
      {
        bootstrap: pool.image.bootstrap,
        rootVolumeGiB: pool.rootVolumeGiB,
        keyArn: cluster.encryptionKey.keyArn,
        nodeName: this.node.path,
        tags,
        userData: nodeUserData({
          bootstrap: pool.image.bootstrap,
          stripeLocalDisks: pool.stripeLocalDisks,
          maxPods: pool.profile.maxPodsPerNode,
        }),
      },
      { ...this.networkInterfaces(cluster.clusterSecurityGroupId, cluster.network.vpcId, pool), ...this.market(pool) },
    );
  }

  /** Groups stand inside each interface: EC2 rejects them beside a list of interfaces, and EKS then adds none of its own. */
  private networkInterfaces(
    clusterGroupId: string,
    vpcId: string,
    pool: ResolvedGpuNodePool,
  ): Pick<LaunchTemplateConfig, "networkInterfaces"> {
    const ownGroup = new FabricSecurityGroup(this, "SecurityGroup", vpcId).securityGroupId;
    return {
      networkInterfaces: pool.interfaces.map(({ card, device, kind }) => ({
        networkCardIndex: card,
        deviceIndex: device,
        interfaceType: kind,
        deleteOnTermination: "true",
        // A public address cannot be asked for with several interfaces, and an EFA-only one takes no address at all.
        associatePublicIpAddress: kind === InterfaceKind.ENA ? "false" : undefined,
        securityGroups: kind === InterfaceKind.ENA ? [clusterGroupId, ownGroup] : [ownGroup],
      })),
    };
  }

  private market({ capacity, placement, spec }: ResolvedGpuNodePool): Partial<LaunchTemplateConfig> {
    const { kind, reservation = "" } = capacity;
    const target = reservation.startsWith("arn:")
      ? { capacityReservationResourceGroupArn: reservation }
      : { capacityReservationId: reservation };
    return {
      placement: placement === Placement.CLUSTER ? { groupName: this.addPlacementGroup() } : undefined,
      capacityReservationSpecification: reservation === "" ? undefined : { capacityReservationTarget: target },
      instanceMarketOptions: kind === CapacityKind.BLOCK ? { marketType: "capacity-block" } : undefined,
      // EKS wants the type of a Capacity Block in the template, any other in the node group.
      instanceType: kind === CapacityKind.BLOCK ? spec.instanceType : undefined,
    };
  }

  private addPlacementGroup(): string {
    const name = physicalName(NameRule.PLACEMENT_GROUP, this.node.path);
    return new PlacementGroup(this, "PlacementGroup", { name, strategy: "cluster" }).name;
  }

  private addNodeGroup(
    { cluster, kubernetesVersion = cluster.kubernetesVersion, nodeRepair = true }: GpuNodePoolProps,
    pool: ResolvedGpuNodePool,
    template: LaunchTemplate,
  ): EksNodeGroup {
    const { profile, capacity, spec } = pool;
    const subnets = cluster.network.acceleratorSubnets.filter(({ zone }) => profile.zones.includes(zone));
    return new EksNodeGroup(this, "Resource", {
      clusterName: cluster.clusterName,
      nodeGroupName: physicalName(NameRule.EKS_NODE_GROUP, this.node.path),
      nodeRoleArn: cluster.nodeRoleArn,
      subnetIds: subnets.map(({ subnetId }) => subnetId),
      version: kubernetesVersion,
      amiType: pool.image.amiType(spec.architecture),
      capacityType: CAPACITY_TYPES[capacity.kind],
      instanceTypes: capacity.kind === CapacityKind.BLOCK ? undefined : [spec.instanceType],
      ...scaling({ ...profile, desiredNodes: pool.desiredNodes }),
      updateConfig: { maxUnavailable: 1 },
      nodeRepairConfig: { enabled: nodeRepair },
      labels: pool.labels,
      taint: profile.taints.map(eksTaint),
      launchTemplate: { id: template.id, version: `\${${template.fqn}.latest_version}` },
      dependsOn: cluster.beforeNodes.length > 0 ? [...cluster.beforeNodes] : undefined,
    });
  }
}

const CAPACITY_TYPES: Readonly<Record<CapacityKind, string>> = {
  [CapacityKind.ON_DEMAND]: "ON_DEMAND",
  [CapacityKind.SPOT]: "SPOT",
  [CapacityKind.RESERVATION]: "ON_DEMAND",
  [CapacityKind.BLOCK]: "CAPACITY_BLOCK",
};

/** EKS spells the effects of Kubernetes its own way: `NoSchedule` is `NO_SCHEDULE`. */
function eksTaint({ key, value, effect }: PoolTaint): { key: string; value?: string; effect: string } {
  return { key, value, effect: effect.replace(/([a-z])([A-Z])/g, "$1_$2").toUpperCase() };
}
