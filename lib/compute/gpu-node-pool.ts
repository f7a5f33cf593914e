import { KeyServiceGrant } from "../security";
import { CapacityKind, type PoolProfile, type PoolTaint } from "../contracts";
import { NameRule, physicalName, safeId, showWarnings } from "../core";
import { Construct, type Precondition, type TerraformResourceLifecycle } from "../terraform/cdktf";
import { EksNodeGroup, type LaunchTemplate, type LaunchTemplateConfig, PlacementGroup } from "../terraform/aws";
import { InstanceTypePlace } from "./capacity/decisions";
import { FabricSecurityGroup } from "./fabric/security-group";
import { templateInterfaces } from "./fabric/template-interfaces";
import type { GpuNodePoolProps } from "./gpu-node-pool-props";
import { nodeLaunchTemplate } from "./node-launch-template";
import { nodeSources } from "./node-revision";
import { nodeUserData } from "./node-user-data";
import { PlanChecks } from "./plan-checks";
import { recordPoolFacts } from "./pool-facts";
import { Placement } from "./pool-options";
import { surroundingsOf } from "./pool-surroundings";
import { checkNodeVersion, type ResolvedGpuNodePool, resolveGpuNodePool } from "./resolve-gpu-node-pool";
import { scaling } from "./scaling";

/**
 * Accelerator nodes as an EKS managed node group: the network cards laid out for EFA, placement, striped local disks, taints and
 * labels, bought as the capacity says, and updated as the pool says. It starts at `minNodes` and scales to `maxNodes`.
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
    const pool = resolveGpuNodePool(id, props, surroundingsOf(cluster), this.node.path);
    checkNodeVersion(props.kubernetesVersion ?? cluster.kubernetesVersion, cluster.kubernetesVersion, this.node.path);
    showWarnings(this, pool.warnings, props.acknowledgeWarnings);
    recordPoolFacts(this, id, pool);
    this.profile = pool.profile;
    cluster.encryptionKey.allowService(KeyServiceGrant.AUTO_SCALING, this.node.path);
    if (pool.capacity.kind === CapacityKind.SPOT) {
      cluster.encryptionKey.allowService(KeyServiceGrant.SPOT, this.node.path);
    }
    const checks = props.planChecks === false ? [] : PlanChecks.of(this).add(pool);
    const template = this.addLaunchTemplate(props, pool);
    const nodeGroup = this.addNodeGroup(props, pool, template, checks);
    this.nodeGroupName = nodeGroup.nodeGroupName;
    props.customizeTemplate?.(template);
    props.customize?.(nodeGroup);
  }

  private addLaunchTemplate({ cluster, tags }: GpuNodePoolProps, pool: ResolvedGpuNodePool): LaunchTemplate {
    const group = new FabricSecurityGroup(this, "SecurityGroup", cluster.network.vpcId).securityGroupId;
    const groups = { cluster: cluster.clusterSecurityGroupId, pool: group };
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
      { networkInterfaces: templateInterfaces(pool.fabric.interfaces, groups), ...this.market(pool) },
    );
  }

  private market({ capacity, placement, spec }: ResolvedGpuNodePool): Partial<LaunchTemplateConfig> {
    const { reservationTarget, marketType, instanceTypePlace, placementGroupName } = capacity;
    const groupName = placement === Placement.CLUSTER ? this.addPlacementGroup() : placementGroupName;
    return {
      placement: groupName === undefined ? undefined : { groupName },
      capacityReservationSpecification: reservationTarget && {
        capacityReservationTarget: {
          capacityReservationId: reservationTarget.reservationId,
          capacityReservationResourceGroupArn: reservationTarget.resourceGroupArn,
        },
      },
      instanceMarketOptions: marketType === undefined ? undefined : { marketType },
      instanceType: instanceTypePlace === InstanceTypePlace.LAUNCH_TEMPLATE ? spec.instanceType : undefined,
    };
  }

  private addPlacementGroup(): string {
    const name = physicalName(NameRule.PLACEMENT_GROUP, this.node.path);
    return new PlacementGroup(this, "PlacementGroup", { name, strategy: "cluster" }).name;
  }

  private addNodeGroup(
    { cluster, kubernetesVersion = cluster.kubernetesVersion, amiRelease, nodeRepair = true }: GpuNodePoolProps,
    pool: ResolvedGpuNodePool,
    template: LaunchTemplate,
    precondition: Precondition[],
  ): EksNodeGroup {
    const { profile, capacity, spec, updates, revision } = pool;
    const nodes = { template, kubernetesVersion, amiRelease, updates, revision };
    const { ignoreChanges: held, replaceTriggeredBy, ...sources } = nodeSources(this, nodes);
    const { scalingConfig, ignoreChanges } = scaling({ ...profile, desiredNodes: pool.desiredNodes }, capacity.window);
    const subnets = cluster.network.acceleratorSubnets.filter(({ zone }) => profile.zones.includes(zone));
    const listed = capacity.instanceTypePlace === InstanceTypePlace.NODE_GROUP;
    const left = [...ignoreChanges, ...held];
    return new EksNodeGroup(this, "Resource", {
      clusterName: cluster.clusterName,
      nodeGroupName: physicalName(NameRule.EKS_NODE_GROUP, this.node.path),
      nodeRoleArn: cluster.nodeRoleArn,
      subnetIds: subnets.map(({ subnetId }) => subnetId),
      amiType: pool.image.amiType(spec.architecture),
      capacityType: capacity.nodeGroupCapacityType,
      instanceTypes: listed ? [spec.instanceType] : undefined,
      ...sources,
      scalingConfig,
      updateConfig: { maxUnavailable: 1 },
      nodeRepairConfig: { enabled: nodeRepair },
      labels: pool.labels,
      taint: profile.taints.map(eksTaint),
      lifecycle: present({
        ignoreChanges: left.length > 0 ? left : undefined,
        replaceTriggeredBy,
        precondition: precondition.length > 0 ? precondition : undefined,
      }),
      dependsOn: cluster.beforeNodes.length > 0 ? [...cluster.beforeNodes] : undefined,
    });
  }
}

/** Undefined where no rule is left: an empty block would show in the JSON. */
function present(rules: TerraformResourceLifecycle): TerraformResourceLifecycle | undefined {
  return Object.values(rules).some((rule) => rule !== undefined) ? rules : undefined;
}

/** EKS spells the effects of Kubernetes its own way: `NoSchedule` is `NO_SCHEDULE`. */
function eksTaint({ key, value, effect }: PoolTaint): { key: string; value?: string; effect: string } {
  return { key, value, effect: effect.replace(/([a-z])([A-Z])/g, "$1_$2").toUpperCase() };
}
