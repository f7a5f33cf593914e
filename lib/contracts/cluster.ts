/** An EKS cluster, for whoever makes identities of its workloads. Plain data: it travels between stacks. */
export interface ClusterReference {
  readonly clusterName: string;
  readonly clusterArn: string;
  /** ARN of the IAM OpenID Connect provider of the cluster, for IRSA. @default - none */
  readonly oidcProviderArn?: string;
  /** Issuer of the cluster's service account tokens, `https://…`, for IRSA. @default - none */
  readonly oidcIssuer?: string;
}
