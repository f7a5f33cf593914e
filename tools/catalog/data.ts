import type { CatalogSource } from "../../lib/catalog/source";
import { AcceleratorVendor, Architecture, familyOf } from "../../lib/catalog/instance-type";
import { CapacityKind } from "../../lib/contracts";
import {
  type Check,
  date,
  exactly,
  listOf,
  nonNegativeInteger,
  oneOf,
  positive,
  positiveInteger,
  recordOf,
  text,
} from "./checks";

/** A list price as the data file states it. */
export interface PriceRow {
  readonly purchase: CapacityKind;
  readonly usdPerHour: number;
  readonly region: string;
  readonly date: string;
}

/** An accelerator as the data file states it. */
export interface AcceleratorRow {
  readonly vendor: AcceleratorVendor;
  readonly name: string;
  readonly count?: number;
  readonly memoryMiBEach?: number;
  readonly resource?: string;
}

/** An instance type as the data file states it. Only a row with `incomplete` may lack what a specification needs. */
export interface InstanceRow {
  readonly instanceType: string;
  /** What is missing or in conflict, as one sentence. */
  readonly incomplete?: string;
  readonly architecture?: Architecture;
  readonly vcpus?: number;
  readonly memoryMiB?: number;
  readonly accelerator: AcceleratorRow;
  readonly networkCards?: readonly number[];
  readonly efaInterfaces?: number;
  readonly firstEfaCard?: number;
  /** Pairs of network card and device index. */
  readonly bandwidthSlots?: readonly (readonly [card: number, device: number])[];
  readonly ipv4PerInterface?: number;
  readonly networkGbps?: number;
  readonly localNvmeGB?: number;
  readonly capacityKinds: readonly CapacityKind[];
  readonly prices: readonly PriceRow[];
  readonly amiTypes?: readonly string[];
  readonly topologyLayers?: number;
  readonly minimumDriver?: number;
  readonly sources: readonly string[];
}

/** The data file, tools/catalog/instance-types.json. */
export interface CatalogData {
  /** Day of the limits, YYYY-MM-DD. */
  readonly limitsDate: string;
  /** Day of the on-demand prices, YYYY-MM-DD. */
  readonly pricesDate: string;
  readonly sources: Readonly<Record<string, CatalogSource>>;
  readonly instanceTypes: readonly InstanceRow[];
}

/** What a complete row must state. */
export const NEEDED = [
  "architecture",
  "vcpus",
  "memoryMiB",
  "networkCards",
  "efaInterfaces",
  "ipv4PerInterface",
  "networkGbps",
] as const satisfies readonly (keyof InstanceRow)[];

/** A row that states all a specification needs. */
export type CompleteRow = InstanceRow &
  Required<Pick<InstanceRow, (typeof NEEDED)[number]>> & {
    readonly accelerator: AcceleratorRow & Required<Pick<AcceleratorRow, "count">>;
  };

const source = exactly(
  { facts: text, date },
  { repo: text, commit: text, path: text, site: text, page: text },
) satisfies Check;

const price = exactly({ purchase: oneOf(CapacityKind), usdPerHour: positive, region: text, date: date });

const accelerator = exactly(
  { vendor: oneOf(AcceleratorVendor), name: text },
  { count: nonNegativeInteger, memoryMiBEach: positiveInteger, resource: text },
);

const row = exactly(
  {
    instanceType: text,
    accelerator,
    capacityKinds: listOf(oneOf(CapacityKind)),
    prices: listOf(price),
    sources: listOf(text),
  },
  {
    incomplete: text,
    architecture: oneOf(Architecture),
    vcpus: positiveInteger,
    memoryMiB: positiveInteger,
    networkCards: listOf(positiveInteger),
    efaInterfaces: nonNegativeInteger,
    firstEfaCard: nonNegativeInteger,
    bandwidthSlots: listOf(listOf(nonNegativeInteger)),
    ipv4PerInterface: positiveInteger,
    networkGbps: positive,
    localNvmeGB: positive,
    amiTypes: listOf(text),
    topologyLayers: positiveInteger,
    minimumDriver: positiveInteger,
  },
);

const shape = exactly({ limitsDate: date, pricesDate: date, sources: recordOf(source), instanceTypes: listOf(row) });

/**
 * The data, if it holds together.
 * @throws Error that names the row, the field and what is wrong
 */
export function checkedCatalog(data: unknown): CatalogData {
  shape(data, "catalog");
  const catalog = data as CatalogData;
  for (const [key, { repo, site }] of Object.entries(catalog.sources)) {
    if ((repo === undefined) === (site === undefined)) {
      throw new Error(`sources.${key}: names either a repo or a site`);
    }
  }
  const seen = new Set<string>();
  for (const entry of catalog.instanceTypes) {
    const { instanceType } = entry;
    if (seen.has(instanceType)) throw new Error(`${instanceType}: stated twice`);
    seen.add(instanceType);
    checkSources(entry, catalog.sources);
    if (entry.incomplete === undefined) checkComplete(entry);
    checkNetwork(entry);
    checkPurchases(entry);
    checkImages(entry);
  }
  return catalog;
}

/** Whether a row of checked data states all a specification needs. */
export function isComplete(entry: InstanceRow): entry is CompleteRow {
  return entry.incomplete === undefined;
}

/** By family, then by size; never by the language of the machine. */
export function inOrder(rows: readonly InstanceRow[]): InstanceRow[] {
  return [...rows].sort(
    (a, b) =>
      byText(familyOf(a.instanceType), familyOf(b.instanceType)) ||
      (a.vcpus ?? 0) - (b.vcpus ?? 0) ||
      byText(a.instanceType, b.instanceType),
  );
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function checkSources({ instanceType, sources }: InstanceRow, known: CatalogData["sources"]): void {
  if (sources.length === 0) throw new Error(`${instanceType}.sources: a row needs a source`);
  for (const key of sources) {
    if (!Object.hasOwn(known, key)) throw new Error(`${instanceType}.sources: no source is called "${key}"`);
  }
}

function checkComplete(entry: InstanceRow): void {
  const missing = NEEDED.filter((field) => entry[field] === undefined);
  if (missing.length > 0) {
    throw new Error(`${entry.instanceType}: lacks ${missing.join(", ")}; state them, or say why in "incomplete"`);
  }
  if (!entry.accelerator.count) {
    throw new Error(`${entry.instanceType}.accelerator.count: a complete row has whole devices`);
  }
}

function checkNetwork(entry: InstanceRow): void {
  const { instanceType, networkCards: cards, efaInterfaces = 0, firstEfaCard = 0, bandwidthSlots = [] } = entry;
  if (cards === undefined) return;
  if (cards.length === 0) throw new Error(`${instanceType}.networkCards: a node has at least one`);
  if (efaInterfaces > cards.length - firstEfaCard) {
    throw new Error(
      `${instanceType}.efaInterfaces: ${efaInterfaces} do not fit on ${cards.length} cards from card ${firstEfaCard}`,
    );
  }
  // The device of card 0 that the node's own address is on, and the EFA interfaces in the layout that saves addresses.
  const taken = new Set(["0/0", ...efaSlots(firstEfaCard, efaInterfaces)]);
  for (const pair of bandwidthSlots) {
    const [card, device] = pair;
    const at = `${instanceType}.bandwidthSlots: ${pair.join("/")}`;
    if (pair.length !== 2) throw new Error(`${at} is no pair of card and device`);
    if (device >= (cards[card] ?? 0)) throw new Error(`${at} is beyond what the card holds`);
    if (taken.has(pair.join("/"))) throw new Error(`${at} is taken`);
    taken.add(pair.join("/"));
  }
}

/** EFA sits beside the node's address on card 0, and on device 0 of each further card. */
function efaSlots(firstCard: number, count: number): string[] {
  return Array.from({ length: count }, (_, at) => (firstCard + at === 0 ? "0/1" : `${firstCard + at}/0`));
}

function checkPurchases({ instanceType, prices, capacityKinds }: InstanceRow): void {
  if (new Set(capacityKinds).size < capacityKinds.length) {
    throw new Error(`${instanceType}.capacityKinds: one stands twice`);
  }
  const seen = new Set<string>();
  for (const { purchase, region } of prices) {
    if (!capacityKinds.includes(purchase)) {
      throw new Error(`${instanceType}.prices: a price for ${purchase}, which is not among its capacityKinds`);
    }
    const key = `${purchase} in ${region}`;
    if (seen.has(key)) throw new Error(`${instanceType}.prices: two prices for ${key}`);
    seen.add(key);
  }
}

/** How the AMI types for a vendor end; Bottlerocket's plain image carries the Neuron driver. */
const IMAGES: Partial<Record<AcceleratorVendor, RegExp>> = {
  [AcceleratorVendor.NVIDIA]: /^(AL2023|BOTTLEROCKET)_(x86_64|ARM_64)_NVIDIA$/,
  [AcceleratorVendor.NEURON]: /^(AL2023_(x86_64|ARM_64)_NEURON|BOTTLEROCKET_(x86_64|ARM_64))$/,
};

function checkImages({ instanceType, architecture, accelerator: { vendor }, amiTypes = [] }: InstanceRow): void {
  const cpu = architecture === Architecture.ARM64 ? "_ARM_64" : "_x86_64";
  for (const amiType of amiTypes) {
    if (!IMAGES[vendor]?.test(amiType) || !amiType.includes(cpu)) {
      throw new Error(`${instanceType}.amiTypes: ${amiType} does not fit ${vendor} on ${architecture ?? "its CPU"}`);
    }
  }
}
