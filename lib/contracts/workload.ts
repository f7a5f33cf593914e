/** The Kubernetes side of a workload's identity. */
export interface ServiceIdentity {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Annotations that the service account needs, by key; empty with EKS Pod Identity. */
  readonly annotations: Readonly<Record<string, string>>;
}
