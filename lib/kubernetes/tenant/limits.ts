import type { PoolProfile } from "../../contracts";
import { InvalidProps } from "../../core";
import { WholeQuantity } from "../gang/quantity";
import type { KubernetesManifest } from "../manifest";

/** Nodes of a pool that the pods of a namespace may ask for at one time. */
export interface NodeLimit {
  readonly pool: PoolProfile;
  readonly nodes: number;
}

/** Upper bounds of a namespace: they protect the API server and what costs money; nodes are shared out by the queues. */
export interface TenantLimits {
  /** Nodes' worth of accelerators and fabric interfaces, over all pods. @default - not bounded here */
  readonly nodes?: readonly NodeLimit[];
  /** Pods that are not finished. A gang that restarts has its pods twice for a while. @default 2000 */
  readonly pods?: number;
  /** @default 500 */
  readonly jobs?: number;
  /** @default 500 */
  readonly jobSets?: number;
  /** @default 50 */
  readonly persistentVolumeClaims?: number;
  /** Gibibytes that all claims ask for. @default - not bounded */
  readonly storageGiB?: number;
  /** @default 500 */
  readonly configMaps?: number;
  /** @default 100 */
  readonly secrets?: number;
  /** Services; those that make load balancers or open ports of nodes are not allowed at all. @default 500 */
  readonly services?: number;
}

/** @throws InvalidProps QUOTA_INVALID */
export function resourceQuota(namespace: string, limits: TenantLimits, at: string): KubernetesManifest {
  const counts = {
    pods: limits.pods ?? 2000,
    "count/jobs.batch": limits.jobs ?? 500,
    "count/jobsets.jobset.x-k8s.io": limits.jobSets ?? 500,
    persistentvolumeclaims: limits.persistentVolumeClaims ?? 50,
    configmaps: limits.configMaps ?? 500,
    secrets: limits.secrets ?? 100,
    services: limits.services ?? 500,
    "services.loadbalancers": 0,
    "services.nodeports": 0,
    ...acceleratorLimits(limits.nodes ?? [], at),
  };
  const hard = Object.entries(counts).map(([name, count]) => [name, WholeQuantity.count(checked(count, at, name))]);
  const { storageGiB } = limits;
  const storage =
    storageGiB === undefined ? [] : [["requests.storage", gibibytes(checked(storageGiB, at, "storageGiB"))]];
  const texts = [...hard, ...storage].map(([name, quantity]) => [name, String(quantity)]);
  return {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "limits", namespace },
    spec: { hard: Object.fromEntries(texts) },
  };
}

function acceleratorLimits(nodes: readonly NodeLimit[], at: string): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const [index, { pool, nodes: count }] of nodes.entries()) {
    checked(count, at, `nodes[${index}].nodes`);
    const { acceleratorResource, acceleratorsPerNode, fabricResource, fabricInterfacesPerNode } = pool;
    const perNode = [[acceleratorResource, acceleratorsPerNode] as const];
    if (fabricResource !== undefined) perNode.push([fabricResource, fabricInterfacesPerNode]);
    for (const [resource, each] of perNode) {
      const name = `requests.${resource}`;
      sums[name] = (sums[name] ?? 0) + each * count;
    }
  }
  return sums;
}

/** What containers get that ask for nothing. */
export interface ContainerDefaults {
  /** Thousandths of a core to ask for. @default 100 */
  readonly milliCpus?: number;
  /** Memory to ask for in MiB. @default 256 */
  readonly memoryMiB?: number;
  /** Memory limit in MiB. A container that asks for more than this must set its own limit, or it is refused. @default 1024 */
  readonly memoryLimitMiB?: number;
}

/**
 * Defaults, and no maximum: a pod may take a whole node. There is no default limit of cores, which would only slow down a node that idles, and
 * would refuse each container that asks for more.
 * @throws InvalidProps QUOTA_INVALID
 */
export function limitRange(namespace: string, defaults: ContainerDefaults, at: string): KubernetesManifest {
  const { milliCpus = 100, memoryMiB = 256, memoryLimitMiB = 1024 } = defaults;
  for (const [name, value] of Object.entries({ milliCpus, memoryMiB, memoryLimitMiB })) checked(value, at, name);
  if (memoryLimitMiB < memoryMiB) {
    const allowed = `at least memoryMiB, ${memoryMiB}`;
    throw new InvalidProps("QUOTA_INVALID", `${at}.memoryLimitMiB`, { got: memoryLimitMiB, allowed });
  }
  const cpu = milliCpus % 1000 === 0 ? WholeQuantity.count(milliCpus / 1000).toString() : `${milliCpus}m`;
  const memory = (mebibytes: number) => WholeQuantity.mebibytes(mebibytes).toString();
  return {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: { name: "defaults", namespace },
    spec: {
      limits: [
        {
          type: "Container",
          defaultRequest: { cpu, memory: memory(memoryMiB) },
          default: { memory: memory(memoryLimitMiB) },
        },
      ],
    },
  };
}

function gibibytes(count: number): WholeQuantity {
  return WholeQuantity.mebibytes(count * 1024);
}

function checked(value: number, at: string, name: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidProps("QUOTA_INVALID", `${at}.${name}`, { got: value, allowed: "a whole number, 0 or more" });
}
