import type { EksAddonName } from "../catalog";
import type { ClusterReference } from "../contracts";
import { awsManagedPolicyArn } from "../core";
import { type IEncryptionKey, WorkloadIdentity } from "../security";
import { Construct, type ITerraformDependable } from "../terraform/cdktf";
import { EksAddon } from "../terraform/aws";
import { jsonText } from "../terraform/json-text";
import type { ClusterProps } from "./cluster-props";
import { coreDnsBeside } from "./coredns-configuration";

export interface ClusterAddonsProps {
  readonly cluster: ClusterReference;
  readonly versions: Readonly<Record<EksAddonName, string>>;
  readonly configuration?: ClusterProps["addonConfiguration"];
  readonly encryptionKey: IEncryptionKey;
  readonly permissionsBoundaryArn?: string;
}

const NAMESPACE = "kube-system";

/** What a node needs to get a network and pods to get identities; installed before the first node. @internal */
export class BootstrapAddons extends Construct {
  public readonly all: readonly ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: ClusterAddonsProps) {
    super(scope, id);
    const agent = addAddon(this, props, "eks-pod-identity-agent");
    const proxy = addAddon(this, props, "kube-proxy");
    const identity = new WorkloadIdentity(this, "CniIdentity", {
      cluster: props.cluster,
      namespace: NAMESPACE,
      serviceAccount: "aws-node",
      managedPolicyArns: [awsManagedPolicyArn(this, "AmazonEKS_CNI_Policy")],
      permissionsBoundaryArn: props.permissionsBoundaryArn,
    });
    // The add-on's schema takes booleans as strings. Source: DescribeAddonConfiguration of vpc-cni, EKS user guide, 2026.
    const cni = addAddon(this, props, "vpc-cni", { enableNetworkPolicy: "true" }, identity.ready);
    this.all = [agent, proxy, cni, ...identity.ready];
  }
}

/** What runs as ordinary pods, and so waits for the system pool. @internal */
export class WorkloadAddons extends Construct {
  public constructor(scope: Construct, id: string, props: ClusterAddonsProps, systemPool: ITerraformDependable) {
    super(scope, id);
    addAddon(this, props, "coredns", coreDnsBeside(props.configuration?.coredns), [systemPool]);
    // Its DCGM server tolerates nothing by itself. On tainted accelerator nodes it would then be missing, which the agent reports as
    // broken hardware, and node repair would replace healthy nodes. Source: aws/containers-roadmap#2567, 2026.
    const tolerant = { dcgmAgent: { tolerations: [{ operator: "Exists" }] } };
    addAddon(this, props, "eks-node-monitoring-agent", tolerant, [systemPool]);
    const identity = new WorkloadIdentity(this, "EbsCsiIdentity", {
      cluster: props.cluster,
      namespace: NAMESPACE,
      serviceAccount: "ebs-csi-controller-sa",
      managedPolicyArns: [awsManagedPolicyArn(this, "AmazonEBSCSIDriverPolicyV2")],
      permissionsBoundaryArn: props.permissionsBoundaryArn,
    });
    props.encryptionKey.grants.attachVolumes(identity);
    addAddon(this, props, "aws-ebs-csi-driver", undefined, [systemPool, ...identity.ready]);
  }
}

function addAddon(
  scope: Construct,
  props: ClusterAddonsProps,
  addonName: EksAddonName,
  ours: Readonly<Record<string, unknown>> = {},
  dependsOn: readonly ITerraformDependable[] = [],
): EksAddon {
  const configuration = { ...ours, ...props.configuration?.[addonName] };
  return new EksAddon(scope, addonName, {
    clusterName: props.cluster.clusterName,
    addonName,
    addonVersion: props.versions[addonName],
    configurationValues: Object.keys(configuration).length === 0 ? undefined : jsonText(configuration),
    resolveConflictsOnCreate: "OVERWRITE",
    resolveConflictsOnUpdate: "OVERWRITE",
    dependsOn: dependsOn.length > 0 ? [...dependsOn] : undefined,
  });
}
