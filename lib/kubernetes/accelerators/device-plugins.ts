import type { PoolProfile } from "../../contracts";
import type { KubernetesManifest } from "../manifest";
import {
  componentLabels,
  daemonSet,
  DEVICE_PLUGINS_MOUNT,
  DEVICE_PLUGINS_VOLUME,
  type Fields,
  fieldVariable,
  isIn,
  resources,
  rootWithoutPowers,
  TMP_MOUNT,
  TMP_VOLUME,
} from "./daemon-set";

/** What every device plugin is made of. */
export interface PluginParts {
  readonly namespace: string;
  readonly pools: readonly PoolProfile[];
  /** Reference of the image. */
  readonly image: string;
}

/**
 * Offers NVIDIA GPUs as "nvidia.com/gpu". The variable MOFED_ENABLED is false whatever the version: with it the plugin would hand every
 * verbs device to every GPU pod, and those belong to the EFA device plugin.
 * Source: NVIDIA/k8s-device-plugin v0.19.3 `deployments/static/nvidia-device-plugin.yml` and its chart's DaemonSet, 2026-06-17.
 */
export function nvidiaDevicePlugin(parts: PluginParts, runtimeClassName?: string): KubernetesManifest {
  const name = "nvidia-device-plugin";
  return daemonSet({
    ...parts,
    name,
    pod: { runtimeClassName },
    containers: [
      {
        name,
        image: parts.image,
        command: ["nvidia-device-plugin"],
        env: [
          { name: "FAIL_ON_INIT_ERROR", value: "true" },
          { name: "MOFED_ENABLED", value: "false" },
          { name: "NVIDIA_DRIVER_CAPABILITIES", value: "compute,utility" },
          { name: "NVIDIA_VISIBLE_DEVICES", value: "all" },
        ],
        resources: resources("50m", "128Mi", "512Mi"),
        securityContext: rootWithoutPowers(),
        volumeMounts: [DEVICE_PLUGINS_MOUNT, TMP_MOUNT],
      },
    ],
    volumes: [DEVICE_PLUGINS_VOLUME, TMP_VOLUME],
  });
}

/** How the EFA device plugin runs: it looks at Neuron devices as well, which takes all of a node's privileges. */
export interface EfaPluginOptions {
  readonly name: string;
  readonly privileged: boolean;
  /** Whether the nodes have Neuron devices. */
  readonly neuron: boolean;
}

/**
 * Offers EFA interfaces as "vpc.amazonaws.com/efa", on the instance types of its pools only.
 *
 * The chart runs it privileged since it aligns EFA with Neuron devices (aws/eks-charts #1245); on GPU nodes it works without, with all
 * capabilities dropped, as the chart had it before and as NVIDIA's recipes run v0.5.18 on p5 (NVIDIA/aicr #872, 2026-05-13).
 * Source: aws/eks-charts `stable/aws-efa-k8s-device-plugin`, chart v0.5.30, 2026-06.
 */
export function efaDevicePlugin(parts: PluginParts, options: EfaPluginOptions): KubernetesManifest {
  const { name, privileged, neuron } = options;
  const neuronMount = { name: "neuron-tools", mountPath: "/opt/aws/neuron/" };
  const neuronVolume = { name: "neuron-tools", hostPath: { path: "/opt/aws/neuron/", type: "DirectoryOrCreate" } };
  return daemonSet({
    ...parts,
    name,
    nodeExpressions: [
      isIn(
        "node.kubernetes.io/instance-type",
        parts.pools.map(({ instanceType }) => instanceType),
      ),
    ],
    pod: { hostNetwork: true },
    containers: [
      {
        name: "aws-efa-device-plugin",
        image: parts.image,
        resources: resources("10m", "32Mi", "128Mi"),
        securityContext: privileged ? PRIVILEGED : rootWithoutPowers(),
        volumeMounts: [
          DEVICE_PLUGINS_MOUNT,
          { name: "infiniband", mountPath: "/dev/infiniband/" },
          ...(neuron ? [neuronMount] : []),
          TMP_MOUNT,
        ],
      },
    ],
    volumes: [
      DEVICE_PLUGINS_VOLUME,
      { name: "infiniband", hostPath: { path: "/dev/infiniband/" } },
      ...(neuron ? [neuronVolume] : []),
      TMP_VOLUME,
    ],
  });
}

const PRIVILEGED: Fields = {
  allowPrivilegeEscalation: true,
  privileged: true,
  readOnlyRootFilesystem: true,
  runAsNonRoot: false,
  runAsUser: 0,
};

/**
 * Offers Trainium and Inferentia as "aws.amazon.com/neuron" and "aws.amazon.com/neuroncore", with the account it reads nodes and pods by.
 * Source: aws-neuron/neuron-helm-charts `charts/neuron-helm-chart` 14049c20 (values) and 7324cd0e (templates), 2026.
 */
export function neuronDevicePlugin(parts: PluginParts): readonly KubernetesManifest[] {
  const name = "neuron-device-plugin";
  const { namespace } = parts;
  const labels = componentLabels(name);
  const plugin = daemonSet({
    ...parts,
    name,
    pod: { automountServiceAccountToken: true, serviceAccountName: name },
    containers: [
      {
        name,
        image: parts.image,
        env: [
          { name: "KUBECONFIG", value: "/etc/kubernetes/kubelet.conf" },
          fieldVariable("NODE_NAME", "spec.nodeName"),
        ],
        resources: resources("10m", "64Mi", "256Mi"),
        securityContext: rootWithoutPowers(),
        volumeMounts: [
          DEVICE_PLUGINS_MOUNT,
          { name: "run", mountPath: "/run" },
          { name: "aws-config", mountPath: "/opt/aws", readOnly: true },
          TMP_MOUNT,
        ],
      },
    ],
    volumes: [
      DEVICE_PLUGINS_VOLUME,
      { name: "run", hostPath: { path: "/run" } },
      { name: "aws-config", hostPath: { path: "/opt/aws" } },
      TMP_VOLUME,
    ],
  });
  const account = {
    kind: "ServiceAccount",
    metadata: { name, namespace, labels },
    automountServiceAccountToken: false,
  };
  return [
    { apiVersion: "v1", ...account },
    { apiVersion: RBAC, kind: "ClusterRole", metadata: { name, labels }, rules: NEURON_RULES },
    {
      apiVersion: RBAC,
      kind: "ClusterRoleBinding",
      metadata: { name, labels },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
    plugin,
  ];
}

const RBAC = "rbac.authorization.k8s.io/v1";

/** The rules of the chart. `nodes/proxy` lets its holder ask kubelets for their pods, and run commands in them: keep the account to the plugin. */
const NEURON_RULES: readonly Fields[] = [
  { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  { apiGroups: [""], resources: ["pods"], verbs: ["update", "patch", "get", "list", "watch"] },
  { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch", "update"] },
  { apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get", "list"] },
];
