import { join } from "node:path";

/** Version of the control plane, of kubectl and of the libraries in all the programs. The version of go/go.mod, and that of the stages. */
export const KUBERNETES_VERSION = "1.35.4";

/** The programs of a test cluster. The value is the name of the file. */
export enum Program {
  ETCD = "etcd",
  API_SERVER = "kube-apiserver",
  CONTROLLER_MANAGER = "kube-controller-manager",
  SCHEDULER = "kube-scheduler",
  KUBECTL = "kubectl",
  JOBSET = "jobset",
  KUEUE = "kueue",
  LEADER_WORKER_SET = "lws",
  /** Karpenter's own core with its provider of fake nodes. */
  KARPENTER_KWOK = "karpenter-kwok",
  /** Ours: nodes become Ready, pods run and go. */
  FAKE_KUBELET = "fake-kubelet",
  /** Ours: `helm template` without a cluster, with the code of Helm. */
  HELM_RENDER = "helm-render",
  /** Ours: certificates for webhooks on loopback. */
  CERTIFICATES = "certificates",
  /** Ours: ends a program when its parent is gone. */
  TETHERED = "tethered",
}

/** The charts that lie in the modules of the operators. The value is the name of the folder. */
export enum OperatorChart {
  JOBSET = "jobset",
  KUEUE = "kueue",
  LEADER_WORKER_SET = "lws",
  /** Karpenter for AWS: the chart that the operators' stack installs. */
  KARPENTER = "karpenter",
  /** Its CRDs. */
  KARPENTER_CRD = "karpenter-crd",
}

/** The address of the Terraform provider that applies any Kubernetes object, and its version in go/go.mod. */
export const KUBECTL_PROVIDER = { source: "gavinbunney/kubectl", version: "1.19.0" } as const;

/** What `buildKubernetes` made: a folder that needs neither Go nor network. */
export class KubernetesBinaries {
  public constructor(public readonly folder: string) {}

  public program(program: Program): string {
    return join(this.folder, "bin", program);
  }

  /** Folder of a chart, unpacked. */
  public chart(chart: OperatorChart): string {
    return join(this.folder, "charts", chart);
  }

  /** Folder with the CRDs of Karpenter's core and of its provider of fake nodes, of the version that KARPENTER_KWOK is. */
  public get karpenterKwokCrds(): string {
    return join(this.folder, "crds", "karpenter-kwok");
  }

  /** For `terraform init -plugin-dir`: holds the provider gavinbunney/kubectl, and nothing else. */
  public get pluginDirectory(): string {
    return join(this.folder, "plugins");
  }
}
