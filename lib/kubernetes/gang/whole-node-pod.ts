import type { PoolProfile } from "../../contracts";
import { InvalidProps } from "../../core";
import { hugePageResources, wholeNodeShare } from "./node-share";
import { WholeQuantity } from "./quantity";

/** What runs in a pod that takes a whole node. */
export interface WholeNodePodOptions {
  /** Image, as the registry calls it. */
  readonly image: string;
  /** @default - the image's entry point */
  readonly command?: readonly string[];
  /** @default - the image's */
  readonly args?: readonly string[];
  /** Environment, by name. @default - none beside the image's */
  readonly env?: Readonly<Record<string, string>>;
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
}

/** Name of the container, for `kubectl logs`. */
export const GANG_CONTAINER = "main";

/**
 * The spec of a pod that takes a whole node of a pool: on its nodes, with all of its accelerators, fabric interfaces and huge pages, and what
 * `wholeNodeShare` leaves of cores and memory. Requests are the limits, so the pod is the last to be evicted.
 *
 * It passes the Pod Security level "restricted". Huge pages are also mounted, at /dev/hugepages, for programs that want files.
 * @param at path of the construct, for messages
 * @throws InvalidProps GANG_INVALID, QUANTITY_INVALID
 */
export function wholeNodePodSpec(
  pool: PoolProfile,
  options: WholeNodePodOptions,
  at: string,
): Readonly<Record<string, unknown>> {
  const { userId = 1000, groupId = 1000, volumes = [], volumeMounts = [], scratchGiB = 50 } = options;
  for (const [name, value] of Object.entries({ userId, groupId, scratchGiB })) checkPositive(value, `${at}.${name}`);
  const own = ownVolumes(pool, scratchGiB);
  const resources = podResources(pool, at);
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
        command: options.command,
        args: options.args,
        env: environment(options.env),
        resources: { requests: resources, limits: resources },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [...own.map(({ name, mountPath }) => ({ name, mountPath })), ...volumeMounts],
      },
    ],
    volumes: [...own.map(({ name, emptyDir }) => ({ name, emptyDir })), ...volumes],
  };
}

function podResources(pool: PoolProfile, at: string): Readonly<Record<string, string>> {
  const { cpus, memoryMiB } = wholeNodeShare(pool, at);
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

function environment(env: Readonly<Record<string, string>> = {}): readonly unknown[] | undefined {
  const names = Object.keys(env).sort();
  return names.length === 0 ? undefined : names.map((name) => ({ name, value: env[name] }));
}

function checkPositive(value: number, at: string): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new InvalidProps("GANG_INVALID", at, { got: value, allowed: "a whole number from 1 up" });
}
