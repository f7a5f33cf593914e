import {
  type CapacityKind,
  INCOMPLETE_INSTANCE_TYPES,
  type IncompleteInstanceType,
  type InstancePrice,
  INSTANCE_TYPES,
  type InstanceTypeSpec,
} from "../catalog";
import { compileFabric } from "../compute/fabric/compile";
import { type FabricPolicy } from "../compute/fabric/fabric";

/** An interface in the words of the EC2 API. */
export interface ReportedInterface {
  readonly networkCardIndex: number;
  readonly deviceIndex: number;
  readonly interfaceType: string;
}

/** What `aidc instance` tells of a type. What is not known is null, or an empty list. */
export interface InstanceReport {
  readonly type: string;
  /** Why the facts are not enough for a pool; absent where they are. */
  readonly incomplete?: string;
  readonly accelerator: {
    readonly name: string;
    readonly count: number | null;
    /** Memory of one device. */
    readonly memoryGiB: number | null;
    readonly resource: string | null;
  };
  readonly vcpus: number | null;
  readonly memoryMiB: number | null;
  readonly efaMax: number | null;
  readonly interfaces: readonly ReportedInterface[];
  /** Addresses of a node's own interfaces, before any pod. */
  readonly ipsPerNode: number | null;
  readonly maxPods: number | null;
  /** 0 where there is none. */
  readonly localNvmeGB: number | null;
  readonly prices: readonly InstancePrice[];
  readonly capacityKinds: readonly CapacityKind[];
  readonly sources: readonly string[];
}

/** Every type of the catalog, by name. */
export const KNOWN_TYPES: readonly string[] = [
  ...Object.keys(INSTANCE_TYPES),
  ...Object.keys(INCOMPLETE_INSTANCE_TYPES),
].sort();

/** What the catalog and the fabric compiler know of a type; undefined for one that they do not. */
export function reportInstance(type: string, policy: FabricPolicy): InstanceReport | undefined {
  if (Object.hasOwn(INSTANCE_TYPES, type)) return complete(INSTANCE_TYPES[type] as InstanceTypeSpec, policy);
  if (!Object.hasOwn(INCOMPLETE_INSTANCE_TYPES, type)) return undefined;
  return incomplete(INCOMPLETE_INSTANCE_TYPES[type] as IncompleteInstanceType);
}

function complete(spec: InstanceTypeSpec, policy: FabricPolicy): InstanceReport {
  const { interfaces, ipsPerNode, maxPods } = compileFabric({ spec, policy }, spec.instanceType);
  const { name, count, memoryMiBEach, resource = null } = spec.accelerator;
  return {
    type: spec.instanceType,
    accelerator: { name, count, memoryGiB: memoryMiBEach === undefined ? null : gib(memoryMiBEach), resource },
    vcpus: spec.vcpus,
    memoryMiB: spec.memoryMiB,
    efaMax: spec.efaInterfaces,
    interfaces: interfaces.map(({ card, device, kind }) => ({
      networkCardIndex: card,
      deviceIndex: device,
      interfaceType: kind,
    })),
    ipsPerNode,
    maxPods,
    localNvmeGB: spec.localNvmeGB ?? 0,
    prices: spec.prices ?? [],
    capacityKinds: spec.capacityKinds,
    sources: spec.sources ?? [],
  };
}

function incomplete(type: IncompleteInstanceType): InstanceReport {
  const { acceleratorName: name, acceleratorCount: count = null, acceleratorResource: resource = null } = type;
  return {
    type: type.instanceType,
    incomplete: type.reason,
    accelerator: { name, count, memoryGiB: null, resource },
    vcpus: type.vcpus ?? null,
    memoryMiB: type.memoryMiB ?? null,
    efaMax: null,
    interfaces: [],
    ipsPerNode: null,
    maxPods: null,
    localNvmeGB: type.localNvmeGB ?? null,
    prices: type.prices ?? [],
    capacityKinds: type.capacityKinds ?? [],
    sources: type.sources,
  };
}

function gib(mib: number): number {
  return Math.round((mib / 1024) * 10) / 10;
}

/** The names of the catalog that are nearest to what was typed, the nearest first. */
export function nearestTypes(typed: string, count = 3): string[] {
  const distances = KNOWN_TYPES.map((name) => ({ name, distance: editDistance(typed.toLowerCase(), name) }));
  return distances
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name);
}

/** Letters to insert, delete or change (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [line, letter] of [...a].entries()) {
    const next = [line + 1];
    for (const [column, other] of [...b].entries()) {
      const changed = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
