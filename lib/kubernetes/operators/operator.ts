import { HELM_CHARTS, type HelmChart } from "../../catalog";

/** A controller that the library installs by its Helm chart, with what it adds to a cluster's API. */
export class Operator {
  public static readonly KARPENTER = new Operator("karpenter", HELM_CHARTS.karpenter, "kube-system", [
    "karpenter.sh",
    "karpenter.k8s.aws",
  ]);
  public static readonly KUEUE = new Operator("kueue", HELM_CHARTS.kueue, "kueue-system", ["kueue.x-k8s.io"]);
  public static readonly JOBSET = new Operator("jobset", HELM_CHARTS.jobSet, "jobset-system", ["jobset.x-k8s.io"]);
  public static readonly LEADER_WORKER_SET = new Operator("lws", HELM_CHARTS.leaderWorkerSet, "lws-system", [
    "leaderworkerset.x-k8s.io",
  ]);
  public static readonly KEDA = new Operator("keda", HELM_CHARTS.keda, "keda", ["keda.sh"]);
  public static readonly EXTERNAL_SECRETS = new Operator(
    "external-secrets",
    HELM_CHARTS.externalSecrets,
    "external-secrets",
    ["external-secrets.io"],
  );
  /** FSx for Lustre. Volumes that exist need nothing more; a storage class does: the role of `fsx-csi-controller-sa` makes file systems. */
  public static readonly FSX_CSI = new Operator("aws-fsx-csi-driver", HELM_CHARTS.fsxCsi, "kube-system", []);
  /** Mountpoint for Amazon S3. It runs one pod for each volume of a node, in the namespace `mount-s3`. */
  public static readonly MOUNTPOINT_S3_CSI = new Operator(
    "aws-mountpoint-s3-csi-driver",
    HELM_CHARTS.mountpointS3Csi,
    "kube-system",
    ["s3.csi.aws.com"],
  );
  /** Mounts secrets as files; from AWS Secrets Manager with `SECRETS_STORE_AWS` beside it. */
  public static readonly SECRETS_STORE_CSI = new Operator(
    "secrets-store-csi-driver",
    HELM_CHARTS.secretsStoreCsi,
    "kube-system",
    ["secrets-store.csi.x-k8s.io"],
  );
  public static readonly SECRETS_STORE_AWS = new Operator(
    "secrets-store-csi-driver-provider-aws",
    HELM_CHARTS.secretsStoreAws,
    "kube-system",
    [],
  );

  private constructor(
    /** Name of the Helm release. */
    public readonly name: string,
    public readonly chart: HelmChart,
    /** Namespace that it runs in. */
    public readonly namespace: string,
    /** API groups that are present once it is installed: for `ClusterConnection.apiGroups` of later stacks. */
    public readonly apiGroups: readonly string[],
  ) {}
}

/** API groups that some operators bring, sorted. */
export function apiGroupsOf(operators: readonly Operator[]): readonly string[] {
  return [...new Set(operators.flatMap(({ apiGroups }) => apiGroups))].sort();
}
