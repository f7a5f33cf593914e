import type { PoolProfile } from "../../contracts";
import { firstDuplicate, InvalidProps } from "../../core";
import { refuseLiterals } from "../secrets/secret-names";
import type { SecretRef } from "../secrets/secret-ref";
import { hugePageResources, type NodeShare, wholeNodeShare } from "./node-share";
import { WholeQuantity } from "./quantity";

/** What runs in a pod that takes a whole node. */
export interface WholeNodePodOptions {
  /** Image, as the registry calls it. */
  readonly image: string;
  /** @default - the image's entry point */
  readonly command?: readonly string[];
  /** @default - the image's */
  readonly args?: readonly string[];
  /** Environment, by name, over the pool's `fabricEnvironment`. @default - none beside that and the image's */
  readonly env?: Readonly<Record<string, string>>;
  /** Environment that tells the pod about itself, by name: a field path of it. Stands before what may refer to it. @default - none */
  readonly fieldEnv?: Readonly<Record<string, string>>;
  /** Environment that comes from Kubernetes Secrets, by name. @default - none */
  readonly secretEnv?: Readonly<Record<string, SecretRef>>;
  /** Ports, by name. @default - none is told */
  readonly ports?: Readonly<Record<string, number>>;
  /** Whether the end of the log tells why the container failed, where it left no termination message. @default false */
  readonly logsAsTerminationMessage?: boolean;
  /** Service account of the pod's namespace. @default "default" */
  readonly serviceAccount?: string;
  /** User that the processes run as, never 0. @default 1000 */
  readonly userId?: number;
  /** Group that owns the volumes. @default 1000 */
  readonly groupId?: number;
  /** Seconds to save and leave in. @default 120 */
  readonly gracePeriodSeconds?: number;
  /** Gibibytes of the node's disk at /tmp, the only place to write beside volumes. @default 50 */
  readonly scratchGiB?: number;
  /** Volumes beside shared memory, huge pages and /tmp. @default - none */
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
  /** Where they are mounted. @default - nowhere */
  readonly volumeMounts?: readonly Readonly<Record<string, unknown>>[];
  /** Secrets as files, by the directory that holds each: see `SecretRef.filePath`. @default - none */
  readonly secretFiles?: Readonly<Record<string, SecretRef>>;
  /** Cores and memory left free on each node, such as `objectVolumeShare` for each S3 volume. @default - none */
  readonly reserve?: NodeShare;
}

/** Name of the container, for `kubectl logs`. */
export const GANG_CONTAINER = "main";

/**
 * The spec of a pod that takes a whole node of a pool: on its nodes, with all of its accelerators, fabric interfaces and huge pages, and what
 * `wholeNodeShare` leaves of cores and memory. Requests are the limits, so the pod is the last to be evicted.
 *
 * It passes the Pod Security level "restricted". Huge pages are also mounted, at /dev/hugepages, for programs that want files.
 * @param at path of the construct, for messages
 * @throws InvalidProps GANG_INVALID, QUANTITY_INVALID; SECRET_IN_PROPS for a token among environment and arguments; SECRET_USE_UNSUPPORTED,
 * SECRET_NAME_INVALID
 */
export function wholeNodePodSpec(
  pool: PoolProfile,
  options: WholeNodePodOptions,
  at: string,
): Readonly<Record<string, unknown>> {
  const { userId = 1000, groupId = 1000, volumes = [], volumeMounts = [], scratchGiB = 50 } = options;
  for (const [name, value] of Object.entries({ userId, groupId, scratchGiB })) checkPositive(value, `${at}.${name}`);
  const { command, args, secretFiles = {} } = options;
  const env = { ...pool.fabricEnvironment, ...options.env };
  refuseLiterals({ command, args, env }, at);
  const own = ownVolumes(pool, scratchGiB);
  const secrets = Object.keys(secretFiles).sort();
  const resources = podResources(pool, options.reserve, at);
  return {
    nodeSelector: pool.nodeSelector,
    tolerations: pool.taints.map(({ key, value, effect }) =>
      value === undefined ? { key, operator: "Exists", effect } : { key, operator: "Equal", value, effect },
    ),
    restartPolicy: "Never",
    serviceAccountName: options.serviceAccount,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: options.gracePeriodSeconds ?? 120,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: userId,
      runAsGroup: groupId,
      fsGroup: groupId,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name: GANG_CONTAINER,
        image: options.image,
        command,
        args,
        env: environment(options, env, at),
        ports: options.ports && containerPorts(options.ports),
        ...(options.logsAsTerminationMessage === true ? LOGS_AS_MESSAGE : {}),
        resources: { requests: resources, limits: resources },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [
          ...own.map(({ name, mountPath }) => ({ name, mountPath })),
          ...volumeMounts,
          ...secrets.map((mountPath) => secretFiles[mountPath]?.mount(mountPath)),
        ],
      },
    ],
    volumes: [...own.map(({ name, emptyDir }) => ({ name, emptyDir })), ...volumes, ...secretVolumes(secretFiles)],
  };
}

function podResources(pool: PoolProfile, reserve: NodeShare | undefined, at: string): Readonly<Record<string, string>> {
  const { cpus, memoryMiB } = wholeNodeShare(pool, at, reserve);
  const asked = Object.entries(pool.wholeNodeResources).map(([name, text]) => [
    name,
    WholeQuantity.parse(text, `${at}.wholeNodeResources`).toString(),
  ]);
  return {
    cpu: WholeQuantity.count(cpus).toString(),
    memory: WholeQuantity.mebibytes(memoryMiB).toString(),
    ...(Object.fromEntries(asked) as Record<string, string>),
  };
}

interface OwnVolume {
  readonly name: string;
  readonly mountPath: string;
  readonly emptyDir: Readonly<Record<string, string>>;
}

function ownVolumes(pool: PoolProfile, scratchGiB: number): readonly OwnVolume[] {
  const shared = WholeQuantity.mebibytes(pool.sharedMemoryMiBPerNode).toString();
  const scratch = WholeQuantity.mebibytes(scratchGiB * 1024).toString();
  const pages = hugePageResources(pool).map((resource) => {
    const size = resource.slice("hugepages-".length);
    const mountPath = size === "2Mi" ? "/dev/hugepages" : `/dev/${resource.toLowerCase()}`;
    return { name: resource.toLowerCase(), mountPath, emptyDir: { medium: `HugePages-${size}` } };
  });
  return [
    { name: "shared-memory", mountPath: "/dev/shm", emptyDir: { medium: "Memory", sizeLimit: shared } },
    { name: "scratch", mountPath: "/tmp", emptyDir: { sizeLimit: scratch } },
    ...pages,
  ];
}

function environment(
  { secretEnv = {}, fieldEnv = {} }: WholeNodePodOptions,
  env: Readonly<Record<string, string>>,
  at: string,
): readonly unknown[] | undefined {
  const names = [...Object.keys(env), ...Object.keys(secretEnv)].sort();
  const twice = firstDuplicate([...names, ...Object.keys(fieldEnv)]);
  if (twice !== undefined) {
    const member = twice in secretEnv ? "secretEnv" : "fieldEnv";
    throw new InvalidProps("GANG_INVALID", `${at}.${member}`, { got: twice, allowed: "names that env has not" });
  }
  const fields = Object.entries(fieldEnv).sort(([a], [b]) => (a < b ? -1 : 1));
  const variables = [
    ...fields.map(([name, fieldPath]) => ({ name, valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } } })),
    ...names.map((name) => secretEnv[name]?.envVar(name) ?? { name, value: env[name] }),
  ];
  return variables.length === 0 ? undefined : variables;
}

function containerPorts(ports: Readonly<Record<string, number>>): readonly unknown[] {
  const sorted = Object.entries(ports).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([name, containerPort]) => ({ name, containerPort, protocol: "TCP" }));
}

const LOGS_AS_MESSAGE = {
  terminationMessagePath: "/dev/termination-log",
  terminationMessagePolicy: "FallbackToLogsOnError",
};

/** One secret may be mounted in two places; it is one volume. */
function secretVolumes(secretFiles: Readonly<Record<string, SecretRef>>): readonly Readonly<Record<string, unknown>>[] {
  const volumes = Object.values(secretFiles).map((secret) => secret.volume());
  const byName = new Map(volumes.map((volume) => [String(volume.name), volume]));
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, volume]) => volume);
}

function checkPositive(value: number, at: string): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new InvalidProps("GANG_INVALID", at, { got: value, allowed: "a whole number from 1 up" });
}
