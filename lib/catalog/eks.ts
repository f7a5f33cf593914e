/** The EKS add-ons that a cluster gets, by the name EKS knows them under. */
export type EksAddonName =
  "vpc-cni" | "kube-proxy" | "eks-pod-identity-agent" | "coredns" | "aws-ebs-csi-driver" | "eks-node-monitoring-agent";

/** One Kubernetes minor version on EKS. */
export interface EksVersion {
  /** Last day of standard support, YYYY-MM-DD; afterwards the control plane costs six times as much. */
  readonly standardSupportEnds: string;
  /** Add-on versions, each of which was seen offered for this version. */
  readonly addons: Readonly<Record<EksAddonName, string>>;
}

/**
 * Kubernetes versions on EKS, as of 2026-09-26.
 * Sources: Amazon EKS user guide, "Understand the Kubernetes version lifecycle on EKS"; add-on builds as listed by
 * DescribeAddonVersions between 2026-08-20 and 2026-09-26; aws/eks-node-monitoring-agent CHANGELOG (v1.7.0, 2026-08-04).
 */
export const EKS_VERSIONS: Readonly<Record<string, EksVersion>> = {
  "1.34": {
    standardSupportEnds: "2026-12-02",
    addons: {
      "vpc-cni": "v1.22.4-eksbuild.3",
      "kube-proxy": "v1.34.6-eksbuild.21",
      "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
      coredns: "v1.12.4-eksbuild.29",
      "aws-ebs-csi-driver": "v1.65.0-eksbuild.1",
      "eks-node-monitoring-agent": "v1.7.0-eksbuild.1",
    },
  },
  "1.35": {
    standardSupportEnds: "2027-03-27",
    addons: {
      "vpc-cni": "v1.22.4-eksbuild.3",
      "kube-proxy": "v1.35.3-eksbuild.21",
      "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
      coredns: "v1.13.2-eksbuild.21",
      "aws-ebs-csi-driver": "v1.63.1-eksbuild.1",
      "eks-node-monitoring-agent": "v1.7.0-eksbuild.1",
    },
  },
  "1.36": {
    standardSupportEnds: "2027-08-02",
    addons: {
      "vpc-cni": "v1.22.4-eksbuild.3",
      "kube-proxy": "v1.36.0-eksbuild.17",
      "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
      coredns: "v1.14.3-eksbuild.14",
      "aws-ebs-csi-driver": "v1.65.0-eksbuild.1",
      "eks-node-monitoring-agent": "v1.7.2-eksbuild.1",
    },
  },
};
