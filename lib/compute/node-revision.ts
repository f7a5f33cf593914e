import type { Construct, TerraformResourceLifecycle } from "../terraform/cdktf";
import { TerraformData } from "../terraform/terraform-data";
import type { EksNodeGroupConfig, LaunchTemplate } from "../terraform/aws";
import { Updates } from "./pool-options";

/** What the nodes of a managed pool are made from. */
export interface NodeSources {
  readonly template: LaunchTemplate;
  /** Kubernetes version, or its token. */
  readonly kubernetesVersion: string;
  /** EKS image release. @default - left to EKS */
  readonly amiRelease?: string;
  readonly updates: Updates;
  readonly revision: string;
}

/** The same, as a node group takes it. */
export interface NodeGroupSources extends Pick<EksNodeGroupConfig, "version" | "releaseVersion" | "launchTemplate"> {
  /** Attributes that are left as they are. */
  readonly ignoreChanges: readonly string[];
  readonly replaceTriggeredBy?: TerraformResourceLifecycle["replaceTriggeredBy"];
}

/**
 * What a node group is told to make its nodes from. A rolling pool gets the newest of everything. A held one gets what was newest
 * when its revision was set: a `terraform_data` keeps it in the state, takes no notice of changes, and is made anew, with the newest,
 * when the revision changes. Tags are held with it, so that a changed tag plans no change of the group.
 */
export function nodeSources(scope: Construct, sources: NodeSources): NodeGroupSources {
  const { template, kubernetesVersion, amiRelease, updates, revision } = sources;
  const newest = `\${${template.fqn}.latest_version}`;
  if (updates === Updates.ROLL) {
    return {
      version: kubernetesVersion,
      launchTemplate: { id: template.id, version: newest },
      ignoreChanges: [],
    };
  }
  const held = new TerraformData(scope, "Revision", {
    input: { templateVersion: newest, kubernetesVersion, amiRelease: amiRelease ?? "" },
    triggersReplace: { revision },
    lifecycle: { ignoreChanges: ["input"] },
  });
  const output = `${held.fqn}.output`;
  return {
    version: `\${${output}.kubernetesVersion}`,
    // A release that was written down after the revision was set counts from the next one on.
    releaseVersion: amiRelease && `\${${output}.amiRelease == "" ? null : ${output}.amiRelease}`,
    launchTemplate: { id: template.id, version: `\${${output}.templateVersion}` },
    ignoreChanges: ["tags", "tags_all"],
    // The framework would write an expression here, and Terraform wants the bare address.
    replaceTriggeredBy:
      updates === Updates.REPLACE ? [`${held.terraformResourceType}.${held.friendlyUniqueId}`] : undefined,
  };
}
