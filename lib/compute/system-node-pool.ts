import { Architecture } from "../catalog";
import { POOL_LABEL } from "../contracts";
import { NameRule, physicalName } from "../core";
import { Construct, type ITerraformDependable } from "../terraform/cdktf";
import { EksNodeGroup } from "../terraform/aws";
import { SYSTEM_POOL } from "./kubernetes-labels";
import { NodeBootstrap, NodeImage } from "./node-image";
import { nodeLaunchTemplate } from "./node-launch-template";
import type { ResolvedSystemPool } from "./resolve-cluster";
import { scaling } from "./scaling";

export interface SystemNodePoolProps {
  readonly clusterName: string;
  readonly version: string;
  readonly nodeRoleArn: string;
  readonly keyArn: string;
  readonly subnetIds: readonly string[];
  readonly options: ResolvedSystemPool;
  /** What must exist before a node joins. */
  readonly after: readonly ITerraformDependable[];
}

/** Small CPU nodes over all zones, without taints: a cluster whose only nodes are tainted cannot even run its DNS. @internal */
export class SystemNodePool extends Construct {
  public readonly nodeGroup: EksNodeGroup;

  public constructor(scope: Construct, id: string, props: SystemNodePoolProps) {
    super(scope, id);
    const { options } = props;
    const template = nodeLaunchTemplate(this, {
      bootstrap: NodeBootstrap.NODEADM,
      rootVolumeGiB: options.rootVolumeGiB,
      keyArn: props.keyArn,
      nodeName: this.node.path,
    });
    const { scalingConfig, ignoreChanges } = scaling(options);
    this.nodeGroup = new EksNodeGroup(this, "Resource", {
      clusterName: props.clusterName,
      nodeGroupName: physicalName(NameRule.EKS_NODE_GROUP, this.node.path),
      nodeRoleArn: props.nodeRoleArn,
      subnetIds: [...props.subnetIds],
      version: props.version,
      amiType: NodeImage.AL2023.amiType(architectureOf(options.instanceType)),
      capacityType: "ON_DEMAND",
      instanceTypes: [options.instanceType],
      scalingConfig,
      lifecycle: ignoreChanges.length === 0 ? undefined : { ignoreChanges: [...ignoreChanges] },
      updateConfig: { maxUnavailable: 1 },
      nodeRepairConfig: { enabled: true },
      labels: { [POOL_LABEL]: SYSTEM_POOL },
      launchTemplate: { id: template.id, version: `\${${template.fqn}.latest_version}` },
      dependsOn: [...props.after],
    });
  }
}

/** Graviton types carry a "g" behind the generation: m7g, c8gn. */
function architectureOf(instanceType: string): Architecture {
  return /^[a-z]+\d+g[a-z]*\./.test(instanceType) ? Architecture.ARM64 : Architecture.X86_64;
}
