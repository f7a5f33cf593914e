/** A program that prints a token for a cluster, run by Terraform at plan and apply. */
export interface ExecCredential {
  /** Version of the credential protocol. */
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Environment of the program, by name. @default - none beside that of Terraform */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A Kubernetes cluster of any origin, for whoever puts objects into it. Plain data: `eksConnection` and `kubeconfigConnection` make it.
 * Either `host` or `kubeconfigPath` is set.
 */
export interface ClusterConnection {
  /** Minor version of the control plane, such as "1.35". */
  readonly kubernetesVersion: string;
  /**
   * API groups present beyond those that Kubernetes has itself, such as "monitoring.coreos.com". Objects of optional groups are made only
   * when their group is listed.
   */
  readonly apiGroups: readonly string[];
  /** URL of the API server. @default - the kubeconfig's */
  readonly host?: string;
  /** Certificate authority of the API server in base64, as EKS gives it. @default - the kubeconfig's */
  readonly caData?: string;
  /** How a token is got. @default - the kubeconfig's credentials */
  readonly exec?: ExecCredential;
  /** Path of a kubeconfig file. @default - none */
  readonly kubeconfigPath?: string;
  /** Context of the kubeconfig. @default - its current context */
  readonly kubeconfigContext?: string;
}
