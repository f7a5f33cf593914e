import {
  ACCELERATOR_PRICE_DATE,
  AcceleratorVendor,
  Architecture,
  CapacityKind,
  CATALOG_DATE,
  CATALOG_SOURCES,
  familyOf,
  INCOMPLETE_INSTANCE_TYPES,
  type IncompleteInstanceType,
  INSTANCE_TYPES,
  type InstanceTypeSpec,
  onDemandUsdPerHour,
} from "cdktf-ai-datacenter/catalog";
import { dataFile } from "./data-file";

const complete = Object.entries(INSTANCE_TYPES);
const incomplete = Object.entries(INCOMPLETE_INSTANCE_TYPES);
const everyRow: readonly (readonly [string, InstanceTypeSpec | IncompleteInstanceType])[] = [
  ...complete,
  ...incomplete,
];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

function spec(instanceType: string): InstanceTypeSpec {
  return INSTANCE_TYPES[instanceType] as InstanceTypeSpec;
}

test("holds all 88 types of the data file, each in one of the two tables", () => {
  const names = dataFile().instanceTypes.map(({ instanceType }) => instanceType);
  expect(names).toHaveLength(88);
  expect(everyRow.map(([name]) => name).sort()).toEqual([...names].sort());
});

test("knows the days of its data", () => {
  expect(CATALOG_DATE).toMatch(DAY);
  expect(ACCELERATOR_PRICE_DATE).toMatch(DAY);
});

/** Names of the rows for which something does not hold. */
function violating<Row>(
  rows: readonly (readonly [string, Row])[],
  holds: (row: Row, name: string) => boolean,
): string[] {
  return rows.filter(([name, row]) => !holds(row, name)).map(([name]) => name);
}

describe("every row", () => {
  test("is found under its name", () => {
    expect(violating(everyRow, (row, name) => row.instanceType === name)).toEqual([]);
    expect(violating(everyRow, (_, name) => /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(name))).toEqual([]);
  });

  test("names sources that exist", () => {
    const known = new Set(Object.keys(CATALOG_SOURCES));
    expect(violating(everyRow, ({ sources = [] }) => sources.length > 0)).toEqual([]);
    expect(violating(everyRow, ({ sources = [] }) => sources.every((key) => known.has(key)))).toEqual([]);
  });

  test("dates its prices, and is sold as what it has a price for", () => {
    const prices = everyRow.flatMap(([name, row]) => (row.prices ?? []).map((price) => [name, price] as const));
    expect(violating(prices, ({ date }) => DAY.test(date))).toEqual([]);
    expect(violating(prices, ({ region }) => /^[a-z]+-[a-z]+-\d$/.test(region))).toEqual([]);
    expect(violating(prices, ({ usdPerHour }) => usdPerHour > 0)).toEqual([]);
    expect(
      violating(everyRow, ({ prices = [], capacityKinds = [] }) =>
        prices.every(({ purchase }) => capacityKinds.includes(purchase)),
      ),
    ).toEqual([]);
  });

  test("names each capacity kind once", () => {
    const kinds: readonly string[] = Object.values(CapacityKind);
    expect(
      violating(everyRow, ({ capacityKinds = [] }) => capacityKinds.every((kind) => kinds.includes(kind))),
    ).toEqual([]);
    expect(
      violating(everyRow, ({ capacityKinds = [] }) => new Set(capacityKinds).size === capacityKinds.length),
    ).toEqual([]);
  });

  test("has images for its CPU and its accelerator only", () => {
    const fitting = (vendor: AcceleratorVendor, cpu: string): string[] => {
      if (vendor === AcceleratorVendor.NVIDIA) return [`AL2023_${cpu}_NVIDIA`, `BOTTLEROCKET_${cpu}_NVIDIA`];
      return vendor === AcceleratorVendor.NEURON ? [`AL2023_${cpu}_NEURON`, `BOTTLEROCKET_${cpu}`] : [];
    };
    expect(
      violating(everyRow, (row) => {
        const vendor = "accelerator" in row ? row.accelerator.vendor : row.acceleratorVendor;
        const images = fitting(vendor, row.architecture === Architecture.ARM64 ? "ARM_64" : "x86_64");
        return (row.amiTypes ?? []).every((amiType) => images.includes(amiType));
      }),
    ).toEqual([]);
  });
});

describe("every complete row", () => {
  test("has whole devices, and numbers that can be", () => {
    const whole = (value: number) => Number.isSafeInteger(value) && value >= 1;
    expect(violating(complete, ({ accelerator: { count } }) => whole(count))).toEqual([]);
    expect(violating(complete, ({ vcpus, memoryMiB }) => whole(vcpus) && whole(memoryMiB))).toEqual([]);
    expect(violating(complete, ({ ipv4PerInterface }) => whole(ipv4PerInterface))).toEqual([]);
    expect(violating(complete, ({ networkGbps }) => networkGbps > 0)).toEqual([]);
    expect(violating(complete, ({ topologyLayers = 3 }) => [3, 4].includes(topologyLayers))).toEqual([]);
  });

  test("has network cards, and a card for each EFA interface", () => {
    expect(violating(complete, ({ networkCards }) => networkCards.length > 0)).toEqual([]);
    expect(violating(complete, ({ networkCards }) => networkCards.every((most) => most >= 1))).toEqual([]);
    expect(
      violating(
        complete,
        ({ networkCards, efaInterfaces, firstEfaCard = 0 }) => efaInterfaces <= networkCards.length - firstEfaCard,
      ),
    ).toEqual([]);
    expect(violating(complete, (row) => row.efaInterfaces > 0 || row.firstEfaCard === undefined)).toEqual([]);
  });

  test("has room for EFA beside the node's own address on card 0", () => {
    const shared = complete.filter(
      ([, { efaInterfaces, firstEfaCard = 0 }]) => efaInterfaces > 0 && firstEfaCard === 0,
    );
    expect(shared.length).toBeGreaterThan(20);
    expect(violating(shared, ({ networkCards: [first = 0] }) => first >= 2)).toEqual([]);
  });

  test("has its interfaces for bandwidth where nothing else is", () => {
    const slots = complete.flatMap(([name, row]) =>
      (row.bandwidthSlots ?? []).map((slot) => [name, { ...slot, most: row.networkCards[slot.card] ?? 0 }] as const),
    );
    expect(violating(slots, ({ card, device, most }) => card > 0 && device === 1 && device < most)).toEqual([]);
    const places = slots.map(([name, { card, device }]) => `${name} ${card}/${device}`);
    expect(new Set(places).size).toBe(places.length);
  });
});

test("an incomplete row says in one sentence what is missing", () => {
  expect(violating(incomplete, ({ reason }) => /^[A-Z].*\.$/.test(reason))).toEqual([]);
});

test("every source can be found again", () => {
  const sources = Object.entries(CATALOG_SOURCES);
  expect(violating(sources, ({ repo, site }) => (repo === undefined) !== (site === undefined))).toEqual([]);
  expect(violating(sources, ({ repo, commit, page }) => Boolean(repo ? commit : page))).toEqual([]);
  expect(violating(sources, ({ repo = "a/b" }) => /^[\w.-]+\/[\w.-]+$/.test(repo))).toEqual([]);
});

test("no source is listed that no row names", () => {
  const named = new Set(everyRow.flatMap(([, { sources }]) => sources ?? []));
  expect(violating(Object.entries(CATALOG_SOURCES), (_, key) => named.has(key))).toEqual([]);
});

// As the EC2 guide and aws/sagemaker-hyperpod-cli constants.py state them.
test.each([
  ["p4d.24xlarge", 4, 4],
  ["p5.48xlarge", 32, 32],
  ["p5en.48xlarge", 16, 16],
  ["p6-b200.48xlarge", 8, 8],
  ["p6-b300.48xlarge", 16, 17],
  ["trn1.32xlarge", 8, 8],
  ["trn2.48xlarge", 16, 16],
  ["g6e.12xlarge", 1, 1],
  ["g6e.48xlarge", 4, 4],
  ["inf2.48xlarge", 0, 1],
])("%s has %i EFA interfaces and %i network cards", (instanceType, efaInterfaces, cards) => {
  expect(spec(instanceType).efaInterfaces).toBe(efaInterfaces);
  expect(spec(instanceType).networkCards).toHaveLength(cards);
});

test("only a p6-b300 has no EFA on its first card", () => {
  expect(complete.filter(([, { firstEfaCard }]) => firstEfaCard !== undefined).map(([name]) => name)).toEqual([
    "p6-b300.48xlarge",
  ]);
});

// The interfaces with an IP address in the layout for most bandwidth, with the node's own.
test.each([
  ["p5.48xlarge", 8],
  ["p5e.48xlarge", 8],
  ["p6-b200.48xlarge", 8],
  ["p6-b300.48xlarge", 17],
])("%s has %i interfaces with an address when it is laid out for bandwidth", (instanceType, interfaces) => {
  expect(spec(instanceType).bandwidthSlots).toHaveLength(interfaces - 1);
});

test("only G7 needs a driver that EKS images lack", () => {
  const needing = complete.filter(([, { minimumDriver }]) => minimumDriver !== undefined);
  expect(new Set(needing.map(([name]) => familyOf(name)))).toEqual(new Set(["g7"]));
  expect(new Set(needing.map(([, { minimumDriver }]) => minimumDriver))).toEqual(new Set([595]));
});

test("onDemandUsdPerHour is the list price of us-east-1, if there is one", () => {
  expect(onDemandUsdPerHour(spec("p5.48xlarge"))).toBe(55.04);
  expect(onDemandUsdPerHour(spec("p5e.48xlarge"))).toBeUndefined();
  const elsewhere = { purchase: CapacityKind.ON_DEMAND, usdPerHour: 1, region: "us-west-2", date: "2026-07-20" };
  const spot = { ...elsewhere, purchase: CapacityKind.SPOT, region: "us-east-1" };
  expect(onDemandUsdPerHour({ ...spec("p5.48xlarge"), prices: [elsewhere, spot] })).toBeUndefined();
  expect(onDemandUsdPerHour({ ...spec("p5.48xlarge"), prices: undefined })).toBeUndefined();
});

test.each([
  ["p5.48xlarge", "p5"],
  ["p6-b200.48xlarge", "p6-b200"],
  ["g4dn.metal", "g4dn"],
])("familyOf %s is %s", (instanceType, family) => {
  expect(familyOf(instanceType)).toBe(family);
});
