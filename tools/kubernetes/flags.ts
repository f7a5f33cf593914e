import { join } from "node:path";

/** Where the files of a control plane lie, and its ports. */
export interface Layout {
  readonly folder: string;
  readonly ports: {
    readonly etcd: number;
    readonly etcdPeer: number;
    readonly api: number;
    readonly controllerManager: number;
    readonly scheduler: number;
  };
  readonly token: string;
  readonly caFile: string;
  readonly certificate: string;
  readonly key: string;
  readonly serviceAccountKey: string;
  readonly tokens: string;
  readonly auditPolicy: string;
  readonly auditLog: string;
  readonly kubeconfig: string;
  readonly schedulerConfig: string;
}

export function etcdFlags({ folder, ports }: Layout): readonly string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return [
    `--data-dir=${join(folder, "etcd")}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // Nothing of a test cluster shall outlive a crash.
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
}

export function apiServerFlags(layout: Layout): readonly string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${layout.ports.etcd}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${layout.ports.api}`,
    `--tls-cert-file=${layout.certificate}`,
    `--tls-private-key-file=${layout.key}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${layout.serviceAccountKey}`,
    `--service-account-signing-key-file=${layout.serviceAccountKey}`,
    `--token-auth-file=${layout.tokens}`,
    "--authorization-mode=Node,RBAC",
    "--anonymous-auth=false",
    "--service-cluster-ip-range=10.96.0.0/16",
    // As on EKS: Pod Security decides, not the server as a whole.
    "--allow-privileged=true",
    "--endpoint-reconciler-type=none",
    // For logs; this machine cannot resolve names of nodes.
    "--kubelet-preferred-address-types=InternalIP",
    `--audit-policy-file=${layout.auditPolicy}`,
    `--audit-log-path=${layout.auditLog}`,
    // What was answered has been written.
    "--audit-log-mode=blocking",
    // A thousand nodes come at once; the limit is there to save a shared server.
    "--max-requests-inflight=2000",
    "--max-mutating-requests-inflight=1000",
  ];
}

export function controllerManagerFlags(layout: Layout): readonly string[] {
  return [
    `--kubeconfig=${layout.kubeconfig}`,
    "--authentication-skip-lookup",
    "--bind-address=127.0.0.1",
    `--secure-port=${layout.ports.controllerManager}`,
    "--leader-elect=false",
    `--service-account-private-key-file=${layout.serviceAccountKey}`,
    `--root-ca-file=${layout.caFile}`,
    "--use-service-account-credentials=true",
    "--kube-api-qps=1000",
    "--kube-api-burst=2000",
    // A busy machine delays the fake kubelet; no test is about nodes that fall silent.
    "--node-monitor-grace-period=10m",
    "--concurrent-job-syncs=20",
    // A quota over a kind that came after it is counted at the next round; five minutes by default.
    "--resource-quota-sync-period=10s",
  ];
}

export function schedulerConfig(layout: Layout): object {
  return {
    apiVersion: "kubescheduler.config.k8s.io/v1",
    kind: "KubeSchedulerConfiguration",
    clientConnection: { kubeconfig: layout.kubeconfig, qps: 1000, burst: 2000 },
    leaderElection: { leaderElect: false },
  };
}
