import { CapacityKind, type PoolProfile } from "../../contracts";
import { InvalidProps, NameRule, physicalName, safeId, showWarnings } from "../../core";
import { KeyServiceGrant } from "../../security";
import { PlacementGroup } from "../../terraform/aws";
import { Construct } from "../../terraform/cdktf";
import { TerraformData } from "../../terraform/terraform-data";
import { FabricSecurityGroup } from "../fabric/security-group";
import { plainNodeTags } from "../node-tags";
import { PlanChecks } from "../plan-checks";
import { recordPoolFacts } from "../pool-facts";
import { Placement } from "../pool-options";
import { surroundingsOf } from "../pool-surroundings";
import type { ElasticNodePoolProps } from "./elastic-options";
import { type KarpenterManifests, karpenterManifests, type KarpenterPoolIds } from "./manifests";
import { type ResolvedElasticNodePool, resolveElasticNodePool } from "./resolve-elastic";

/**
 * Accelerator nodes that Karpenter starts when pods wait for them and ends when nothing runs on them: the same network cards, placement,
 * disks, taints and labels as a managed pool. Here stand the group and the placement group; the rest is in the manifests, for whoever
 * holds the Kubernetes half.
 */
export class ElasticNodePool extends Construct {
  /** All that workloads learn of the pool. */
  public readonly profile: PoolProfile;
  /** What the manifests name of this half, for publishing. */
  public readonly identifiers: KarpenterPoolIds;
  /** The pool as Karpenter reads it, with tokens for identifiers only; not escaped. */
  public readonly manifests: KarpenterManifests;

  /**
   * @param id name of the pool too, in labels and names: lower-case letters, digits and "-"
   * @throws InvalidProps as `resolveElasticNodePool`; KEY_GRANT_MISSING for an imported key that EC2 Spot may not use
   */
  public constructor(scope: Construct, id: string, props: ElasticNodePoolProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const { cluster } = props;
    const pool = resolveElasticNodePool(id, props, surroundingsOf(cluster), this.node.path);
    this.checkStatic(props, pool);
    showWarnings(this, pool.warnings, props.acknowledgeWarnings);
    recordPoolFacts(this, id, pool);
    if (pool.capacity.kind === CapacityKind.SPOT) {
      cluster.encryptionKey.allowService(KeyServiceGrant.SPOT, this.node.path);
    }
    if (props.planChecks !== false) this.addPlanChecks(pool);
    this.profile = pool.profile;
    this.identifiers = this.addIdentifiers(props, pool);
    const manifests = karpenterManifests(pool, this.identifiers);
    this.manifests = props.customize?.(manifests) ?? manifests;
  }

  private checkStatic({ karpenter }: ElasticNodePoolProps, { capacity }: ResolvedElasticNodePool): void {
    if (capacity.nodes === undefined || karpenter.staticCapacity) return;
    throw new InvalidProps("CAPACITY_CONFLICT", `${this.node.path}.capacity`, {
      got: `a fixed count of ${capacity.nodes}`,
      allowed: "capacity that scales, as long as the controller's staticCapacity is off",
      remedy:
        "Set staticCapacity: true on the KarpenterController (an alpha feature of Karpenter), or use a managed pool.",
    });
  }

  /** Terraform makes no node here whose plan could fail, so the checks stand by themselves. */
  private addPlanChecks(pool: ResolvedElasticNodePool): void {
    const precondition = PlanChecks.of(this).add(pool);
    new TerraformData(this, "PlanChecks", { lifecycle: { precondition } });
  }

  private addIdentifiers(
    { cluster, karpenter, tags }: ElasticNodePoolProps,
    { placement }: ResolvedElasticNodePool,
  ): KarpenterPoolIds {
    const { network, encryptionKey, clusterSecurityGroupId } = cluster;
    return {
      instanceProfileName: karpenter.instanceProfileName,
      subnets: network.acceleratorSubnets,
      clusterSecurityGroupId,
      securityGroupId: new FabricSecurityGroup(this, "SecurityGroup", network.vpcId).securityGroupId,
      ...(placement === Placement.CLUSTER && { placementGroupName: this.addPlacementGroup() }),
      keyArn: encryptionKey.keyArn,
      tags: plainNodeTags(this, { nodeName: this.node.path, tags }),
    };
  }

  private addPlacementGroup(): string {
    const name = physicalName(NameRule.PLACEMENT_GROUP, this.node.path);
    return new PlacementGroup(this, "PlacementGroup", { name, strategy: "cluster" }).name;
  }
}
