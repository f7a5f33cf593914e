import { POOL_LABEL, type PoolProfile, type PoolTaint } from "../../contracts";
import type { KubernetesManifest } from "../manifest";

/** A plain object of a manifest. */
export type Fields = Readonly<Record<string, unknown>>;

/** What differs between the DaemonSets of this room. */
export interface DaemonSetParts {
  readonly name: string;
  readonly namespace: string;
  /** Pools on whose nodes it runs, and on no others. */
  readonly pools: readonly PoolProfile[];
  readonly containers: readonly Fields[];
  /** @default - none */
  readonly initContainers?: readonly Fields[];
  readonly volumes: readonly Fields[];
  /** Beside the pools' label. @default - none */
  readonly nodeExpressions?: readonly Fields[];
  /** What the pod's specification has beside that: `hostNetwork`, `serviceAccountName`. @default - nothing */
  readonly pod?: Fields;
}

/** Labels of an object of a component, and of its pods. */
export function componentLabels(name: string): Readonly<Record<string, string>> {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "aidc" };
}

/**
 * A DaemonSet that runs on the nodes of its pools only, whatever their taints. A tenth of the pods is replaced at a time: one after the
 * other takes hours on a thousand nodes.
 */
export function daemonSet(parts: DaemonSetParts): KubernetesManifest {
  const { name, namespace, pools, containers, initContainers, volumes } = parts;
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name, namespace, labels: componentLabels(name) },
    spec: {
      selector: { matchLabels: { "app.kubernetes.io/name": name } },
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "10%" } },
      template: {
        metadata: { labels: componentLabels(name) },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          priorityClassName: "system-node-critical",
          securityContext: { seccompProfile: { type: "RuntimeDefault" } },
          affinity: poolAffinity(pools, parts.nodeExpressions),
          tolerations: poolTolerations(pools),
          initContainers,
          containers,
          volumes,
          ...parts.pod,
        },
      },
    },
  };
}

function poolAffinity(pools: readonly PoolProfile[], more: readonly Fields[] = []): Fields {
  const matchExpressions = [isIn(POOL_LABEL, namesOf(pools)), ...more];
  return {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } },
  };
}

/** @param values in any order and number */
export function isIn(key: string, values: readonly string[]): Fields {
  return { key, operator: "In", values: [...new Set(values)].sort() };
}

/** Names of pools, sorted. */
export function namesOf(pools: readonly PoolProfile[]): readonly string[] {
  return [...new Set(pools.map(({ poolName }) => poolName))].sort();
}

/** Exactly the pools' taints, each once, sorted: a toleration of everything would outlive what the taint was set for. */
function poolTolerations(pools: readonly PoolProfile[]): readonly Fields[] {
  const byText = new Map(pools.flatMap(({ taints }) => taints.map((taint) => [textOf(taint), taint] as const)));
  return [...byText]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { key, value, effect }]) =>
      value === undefined ? { key, operator: "Exists", effect } : { key, operator: "Equal", value, effect },
    );
}

function textOf({ key, value = "", effect }: PoolTaint): string {
  return JSON.stringify([key, value, effect]);
}

/**
 * What a container of a device plugin may do: be root, as the kubelet's sockets are, and nothing that root may do beyond that.
 * @param capabilities that are kept @default - none
 */
export function rootWithoutPowers(capabilities: readonly string[] = []): Fields {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"], ...(capabilities.length > 0 && { add: capabilities }) },
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: false,
    runAsUser: 0,
  };
}

/** @param cpu requested; no limit, which would throttle the program when it starts */
export function resources(cpu: string, memory: string, memoryLimit: string): Fields {
  return {
    requests: { cpu, memory, "ephemeral-storage": "16Mi" },
    limits: { memory: memoryLimit, "ephemeral-storage": "256Mi" },
  };
}

export const TMP_VOLUME = { name: "tmp", emptyDir: { sizeLimit: "64Mi" } };
export const TMP_MOUNT = { name: "tmp", mountPath: "/tmp" };

/** The folder in which kubelets and device plugins meet. */
export const DEVICE_PLUGINS_MOUNT = { name: "device-plugins", mountPath: "/var/lib/kubelet/device-plugins" };
export const DEVICE_PLUGINS_VOLUME = {
  name: "device-plugins",
  hostPath: { path: "/var/lib/kubelet/device-plugins", type: "Directory" },
};

/** An environment variable that the kubelet fills in. */
export function fieldVariable(name: string, fieldPath: string): Fields {
  return { name, valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } } };
}
