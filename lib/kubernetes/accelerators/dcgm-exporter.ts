import type { PoolProfile } from "../../contracts";
import type { KubernetesManifest } from "../manifest";
import {
  componentLabels,
  daemonSet,
  type Fields,
  fieldVariable,
  resources,
  rootWithoutPowers,
  TMP_MOUNT,
  TMP_VOLUME,
} from "./daemon-set";
import { countersFile } from "./gpu-counters";

export interface DcgmExporterParts {
  readonly namespace: string;
  readonly pools: readonly PoolProfile[];
  readonly image: string;
  readonly runtimeClassName?: string;
  /** Whether metrics are published that profile the GPUs. */
  readonly profiling: boolean;
  /** Port of the node's own DCGM host engine. @default - the exporter's pods run one each */
  readonly hostEnginePort?: number;
  /** Whether some nodes give GPUs to unprivileged containers by volume mounts alone, as Bottlerocket does. */
  readonly devicesByMount: boolean;
  /** Whether the cluster has the Prometheus operator's resources. */
  readonly monitored: boolean;
}

const NAME = "dcgm-exporter";
const PORT = 9400;
const COUNTERS = "/etc/dcgm-exporter/aidc";

/**
 * Publishes metrics of NVIDIA GPUs, by pod, on port 9400.
 *
 * It runs as root, as the kubelet's socket for pods' devices is root's, with every capability dropped; SYS_ADMIN is kept only where it
 * profiles with an engine of its own. Source: NVIDIA/dcgm-exporter `deployment/values.yaml` and `docker/Dockerfile` of 4.6.0-4.8.3, 2026.
 */
export function dcgmExporter(parts: DcgmExporterParts): readonly KubernetesManifest[] {
  const { namespace, profiling, monitored } = parts;
  const metadata = { name: NAME, namespace, labels: componentLabels(NAME) };
  const counters = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { ...metadata, name: `${NAME}-counters` },
    data: { "counters.csv": countersFile(profiling) },
  };
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: {
      clusterIP: "None",
      ports: [{ name: "metrics", port: PORT, protocol: "TCP", targetPort: PORT }],
      selector: { "app.kubernetes.io/name": NAME },
    },
  };
  return [counters, exporter(parts), service, ...(monitored ? [serviceMonitor(namespace)] : [])];
}

function exporter(parts: DcgmExporterParts): KubernetesManifest {
  const { namespace, pools, hostEnginePort, profiling, devicesByMount, runtimeClassName } = parts;
  const remote = hostEnginePort === undefined ? [] : ["-r", `$(NODE_IP):${hostEnginePort}`];
  const probe = { httpGet: { path: "/health", port: PORT, scheme: "HTTP" }, initialDelaySeconds: 45 };
  return daemonSet({
    name: NAME,
    namespace,
    pools,
    pod: { runtimeClassName },
    containers: [
      {
        name: "exporter",
        image: parts.image,
        args: ["-f", `${COUNTERS}/counters.csv`, ...remote],
        env: [
          { name: "DCGM_EXPORTER_KUBERNETES", value: "true" },
          { name: "DCGM_EXPORTER_LISTEN", value: `:${PORT}` },
          fieldVariable("NODE_IP", "status.hostIP"),
          fieldVariable("NODE_NAME", "spec.nodeName"),
        ],
        ports: [{ name: "metrics", containerPort: PORT, protocol: "TCP" }],
        livenessProbe: { ...probe, periodSeconds: 5 },
        readinessProbe: probe,
        resources: resources("100m", "128Mi", "1Gi"),
        securityContext: rootWithoutPowers(profiling && hostEnginePort === undefined ? ["SYS_ADMIN"] : []),
        volumeMounts: [
          { name: "pod-resources", mountPath: "/var/lib/kubelet/pod-resources", readOnly: true },
          { name: "counters", mountPath: COUNTERS, readOnly: true },
          ...(devicesByMount ? [ALL_DEVICES_MOUNT] : []),
          TMP_MOUNT,
        ],
      },
    ],
    volumes: [
      { name: "pod-resources", hostPath: { path: "/var/lib/kubelet/pod-resources" } },
      { name: "counters", configMap: { name: `${NAME}-counters` } },
      ...(devicesByMount ? [ALL_DEVICES_VOLUME] : []),
      TMP_VOLUME,
    ],
  });
}

/**
 * How a container asks for all GPUs where the runtime does not honour NVIDIA_VISIBLE_DEVICES; other runtimes take no notice of it.
 * Source: bottlerocket.dev, "settings.nvidia-container-runtime", 1.54; bottlerocket-os/bottlerocket #3992, 2024-05.
 */
const ALL_DEVICES_MOUNT = { name: "all-devices", mountPath: "/var/run/nvidia-container-devices/all", readOnly: true };
const ALL_DEVICES_VOLUME = { name: "all-devices", hostPath: { path: "/dev/null", type: "CharDevice" } };

/** Intervals of the chart. */
function serviceMonitor(namespace: string): KubernetesManifest {
  const endpoint: Fields = { port: "metrics", path: "/metrics", interval: "30s", scrapeTimeout: "25s" };
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata: { name: NAME, namespace, labels: componentLabels(NAME) },
    spec: {
      endpoints: [endpoint],
      namespaceSelector: { matchNames: [namespace] },
      selector: { matchLabels: { "app.kubernetes.io/name": NAME } },
    },
  };
}
