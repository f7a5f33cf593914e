import type { ClusterConnection } from "../contracts";
import { InvalidProps, whenKnown } from "../core";

export interface EksConnectionProps {
  readonly clusterName: string;
  /** URL of the API server, as EKS gives it. */
  readonly endpoint: string;
  /** Certificate authority of the API server in base64, as EKS gives it. */
  readonly caData: string;
  readonly region: string;
  /** Minor version of the control plane, such as "1.35". */
  readonly kubernetesVersion: string;
  /** API groups present beyond those that Kubernetes has itself. @default - none */
  readonly apiGroups?: readonly string[];
  /** Role whose access entry lets it write objects: the stage's deploy role. @default - the caller's own credentials */
  readonly deployRoleArn?: string;
}

/**
 * An EKS cluster. Tokens last 15 minutes, so none is stored: the provider runs `aws eks get-token` whenever it needs one, which wants the
 * AWS CLI on the machine that runs Terraform.
 * Source: Amazon EKS user guide, "Create kubeconfig file automatically", and AWS CLI reference, `eks get-token`, 2026.
 * @throws InvalidProps KUBERNETES_VERSION_INVALID
 */
export function eksConnection(props: EksConnectionProps): ClusterConnection {
  const { clusterName, region, deployRoleArn } = props;
  const role = deployRoleArn === undefined ? [] : ["--role-arn", deployRoleArn];
  return {
    ...checked(props.kubernetesVersion, props.apiGroups, "eksConnection"),
    host: props.endpoint,
    caData: props.caData,
    exec: {
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: "aws",
      args: ["eks", "get-token", "--cluster-name", clusterName, "--region", region, "--output", "json", ...role],
    },
  };
}

export interface KubeconfigConnectionProps {
  /** Path of the file, as Terraform shall read it. @default "~/.kube/config" */
  readonly path?: string;
  /** @default - the current context of the file */
  readonly context?: string;
  /** Minor version of the control plane, such as "1.35". */
  readonly kubernetesVersion: string;
  /** API groups present beyond those that Kubernetes has itself. @default - none */
  readonly apiGroups?: readonly string[];
}

/**
 * Any cluster that a kubeconfig file reaches: on premises, or of another cloud.
 * @throws InvalidProps KUBERNETES_VERSION_INVALID
 */
export function kubeconfigConnection(props: KubeconfigConnectionProps): ClusterConnection {
  return {
    ...checked(props.kubernetesVersion, props.apiGroups, "kubeconfigConnection"),
    kubeconfigPath: props.path ?? "~/.kube/config",
    ...(props.context !== undefined && { kubeconfigContext: props.context }),
  };
}

function checked(kubernetesVersion: string, apiGroups: readonly string[] = [], at: string) {
  whenKnown(kubernetesVersion, (version) => {
    if (/^1\.\d+$/.test(version)) return;
    const refusal = { got: version, allowed: 'a minor version such as "1.35"' };
    throw new InvalidProps("KUBERNETES_VERSION_INVALID", `${at}.kubernetesVersion`, refusal);
  });
  return { kubernetesVersion, apiGroups: [...new Set(apiGroups)].sort() };
}
