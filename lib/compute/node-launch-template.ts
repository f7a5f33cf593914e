import { NameRule, physicalName } from "../core";
import { type Construct } from "../terraform/cdktf";
import { LaunchTemplate, type LaunchTemplateBlockDeviceMappings, type LaunchTemplateConfig } from "../terraform/aws";
import { NodeBootstrap } from "./node-image";
import { nodeTags } from "./node-tags";

export interface NodeLaunchTemplateProps {
  readonly bootstrap: NodeBootstrap;
  /** Size of the volume that holds images, pods and logs. */
  readonly rootVolumeGiB: number;
  /** Key of the root volume. */
  readonly keyArn: string;
  /** Shown as the name of instances and volumes. */
  readonly nodeName: string;
  /** More tags of instances, volumes and interfaces. @default - none beside the stack's */
  readonly tags?: Readonly<Record<string, string>>;
  /** Base64-encoded. @default - none */
  readonly userData?: string;
}

/**
 * The launch template of managed nodes: encrypted root volume, IMDSv2 only and one hop (so pods use their own identities, never
 * the node's), detailed monitoring, no SSH key, no subnet (the node group chooses it, and EKS refuses one here).
 * @internal
 */
export function nodeLaunchTemplate(
  scope: Construct,
  props: NodeLaunchTemplateProps,
  more: Partial<LaunchTemplateConfig> = {},
): LaunchTemplate {
  const tags = nodeTags(scope, props);
  return new LaunchTemplate(scope, "LaunchTemplate", {
    name: physicalName(NameRule.LAUNCH_TEMPLATE, scope.node.path),
    updateDefaultVersion: true,
    ebsOptimized: "true",
    userData: props.userData,
    metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    monitoring: { enabled: true },
    blockDeviceMappings: volumes(props),
    tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
    ...more,
  });
}

/** Bottlerocket keeps its system on a small first volume and everything that grows on a second one. */
function volumes({ bootstrap, rootVolumeGiB, keyArn }: NodeLaunchTemplateProps): LaunchTemplateBlockDeviceMappings[] {
  const volume = (deviceName: string, volumeSize?: number) => ({
    deviceName,
    ebs: { volumeSize, volumeType: "gp3", encrypted: "true", kmsKeyId: keyArn, deleteOnTermination: "true" },
  });
  if (bootstrap === NodeBootstrap.NODEADM) return [volume("/dev/xvda", rootVolumeGiB)];
  return [volume("/dev/xvda"), volume("/dev/xvdb", rootVolumeGiB)];
}
