import { AcceleratorVendor, Architecture } from "../../lib/catalog/instance-type";
import { CapacityKind } from "../../lib/contracts";
import { type CatalogData, type CompleteRow, type InstanceRow, inOrder, isComplete, type PriceRow } from "./data";

/** A piece of TypeScript that stands for itself. */
class Code {
  public constructor(public readonly text: string) {}
}

/** The text of lib/catalog/instance-types.generated.ts, before prettier. @param data what `checkedCatalog` let pass */
export function moduleText(data: CatalogData): string {
  const { limitsDate, pricesDate, sources, instanceTypes } = data;
  const rows = inOrder(instanceTypes);
  const complete = rows.filter(isComplete);
  const incomplete = rows.filter((row) => !isComplete(row));
  return `// Generated from tools/catalog/instance-types.json by \`npm run catalog\`; edit the data there.
// Limits of ${limitsDate}, on-demand prices of ${pricesDate}.
import { CapacityKind } from "./capacity-kind";
import { AcceleratorVendor, Architecture, type IncompleteInstanceType, type InstanceTypeSpec } from "./instance-type";
import type { CatalogSource } from "./source";

/** Day of the limits, YYYY-MM-DD. */
export const CATALOG_DATE = ${literal(limitsDate)};

/** Day of the on-demand prices, YYYY-MM-DD. */
export const ACCELERATOR_PRICE_DATE = ${literal(pricesDate)};

/** Where the facts come from, by the keys that rows name. */
export const CATALOG_SOURCES: Readonly<Record<string, CatalogSource>> = ${literal(sources)};

/** Accelerator types by EC2 name. A type that is not here is used by passing its InstanceTypeSpec. */
export const INSTANCE_TYPES: Readonly<Record<string, InstanceTypeSpec>> = ${literal(table(complete, specification))};

/** Types by EC2 name that lack a fact a node depends on. A pool of one needs its InstanceTypeSpec from the user. */
export const INCOMPLETE_INSTANCE_TYPES: Readonly<Record<string, IncompleteInstanceType>> = ${literal(
    table(incomplete, gaps),
  )};
`;
}

function table<Row extends InstanceRow>(
  rows: readonly Row[],
  describe: (row: Row) => Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(rows.map((row) => [row.instanceType, describe(row)]));
}

/** The InstanceTypeSpec of a row. */
function specification(row: CompleteRow): Record<string, unknown> {
  const { accelerator } = row;
  return {
    instanceType: row.instanceType,
    architecture: member("Architecture", Architecture, row.architecture),
    vcpus: row.vcpus,
    memoryMiB: row.memoryMiB,
    accelerator: { ...accelerator, vendor: member("AcceleratorVendor", AcceleratorVendor, accelerator.vendor) },
    networkCards: row.networkCards,
    efaInterfaces: row.efaInterfaces,
    firstEfaCard: row.firstEfaCard,
    bandwidthSlots: row.bandwidthSlots?.map(([card, device]) => ({ card, device })),
    ipv4PerInterface: row.ipv4PerInterface,
    networkGbps: row.networkGbps,
    localNvmeGB: row.localNvmeGB,
    capacityKinds: row.capacityKinds.map(kind),
    prices: row.prices.map(price),
    amiTypes: row.amiTypes,
    topologyLayers: row.topologyLayers,
    minimumDriver: row.minimumDriver,
    sources: row.sources,
  };
}

/** The IncompleteInstanceType of a row. */
function gaps(row: InstanceRow): Record<string, unknown> {
  const { accelerator } = row;
  return {
    instanceType: row.instanceType,
    reason: row.incomplete,
    architecture: row.architecture && member("Architecture", Architecture, row.architecture),
    vcpus: row.vcpus,
    memoryMiB: row.memoryMiB,
    networkGbps: row.networkGbps,
    localNvmeGB: row.localNvmeGB,
    acceleratorVendor: member("AcceleratorVendor", AcceleratorVendor, accelerator.vendor),
    acceleratorName: accelerator.name,
    acceleratorCount: accelerator.count,
    acceleratorResource: accelerator.resource,
    capacityKinds: known(row.capacityKinds.map(kind)),
    prices: known(row.prices.map(price)),
    amiTypes: row.amiTypes,
    topologyLayers: row.topologyLayers,
    sources: row.sources,
  };
}

/** An empty list says that nothing is known, which an incomplete type says by leaving the field out. */
function known<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function kind(value: CapacityKind): Code {
  return member("CapacityKind", CapacityKind, value);
}

function price({ purchase, ...rest }: PriceRow): Record<string, unknown> {
  return { purchase: kind(purchase), ...rest };
}

/** The member of an enum that has a value: `CapacityKind.SPOT`. */
function member(name: string, values: Readonly<Record<string, string>>, value: string): Code {
  const found = Object.entries(values).find(([, each]) => each === value);
  if (!found) throw new Error(`${name} has no value "${value}"`);
  return new Code(`${name}.${found[0]}`);
}

/** A value as TypeScript; fields that are undefined are left out. */
function literal(value: unknown): string {
  if (value instanceof Code) return value.text;
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{ ${fields.map(([key, each]) => `${JSON.stringify(key)}: ${literal(each)}`).join(", ")} }`;
}
