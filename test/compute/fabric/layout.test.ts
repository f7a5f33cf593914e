import fc from "fast-check";
import { INSTANCE_TYPES, type InstanceTypeSpec } from "cdktf-ai-datacenter/catalog";
import {
  Fabric,
  type FabricInterface,
  FabricPolicy,
  InterfaceKind,
  layoutInterfaces,
} from "cdktf-ai-datacenter/compute";
import "cdktf-ai-datacenter/testing/jest";
import { GOLDEN } from "./golden";

const EFA_TYPES = Object.values(INSTANCE_TYPES).filter(({ efaInterfaces }) => efaInterfaces > 0);
const POLICIES = Object.values(FabricPolicy);

function spec(instanceType: string): InstanceTypeSpec {
  return INSTANCE_TYPES[instanceType] as InstanceTypeSpec;
}

/** "kind card/device" of every interface, sorted: the order of a list has no meaning to EC2. */
function places(interfaces: readonly FabricInterface[]): string[] {
  return interfaces.map(({ card, device, kind }) => `${kind} ${card}/${device}`).sort();
}

function expanded(ranges: readonly string[]): string[] {
  return ranges
    .flatMap((range) => {
      const [, kind, from = "", to = from, device] = /^(\S+) (\d+)(?:-(\d+))?\/(\d+)$/.exec(range) ?? [];
      return Array.from({ length: Number(to) - Number(from) + 1 }, (_, at) => `${kind} ${Number(from) + at}/${device}`);
    })
    .sort();
}

test("every EFA type of the catalog has a golden layout, and the reverse", () => {
  expect(EFA_TYPES.map(({ instanceType }) => instanceType).sort()).toEqual(Object.keys(GOLDEN).sort());
});

describe.each(EFA_TYPES.map((type) => [type.instanceType, type] as const))("%s", (name, type) => {
  test.each(POLICIES)("is laid out for %s as the facts state", (policy) => {
    const interfaces = layoutInterfaces(type, Fabric.EFA, policy, "pool");
    expect(places(interfaces)).toEqual(expanded(GOLDEN[name]?.[policy] ?? []));
    expect(interfaces[0]).toEqual({ card: 0, device: 0, kind: InterfaceKind.ENA });
  });

  test("lists its layout for bandwidth exactly where the guide does", () => {
    expect(type.bandwidthSlots !== undefined).toBe(GOLDEN[name]?.basis === "guide");
  });
});

describe("a layout", () => {
  test("leaves card 0 of a p6-b300.48xlarge to ENA, which has no EFA there", () => {
    const interfaces = layoutInterfaces(spec("p6-b300.48xlarge"), Fabric.EFA, FabricPolicy.SAVE_IPS, "pool");
    expect(interfaces).toHaveLength(17);
    expect(interfaces.filter(({ card }) => card === 0)).toEqual([{ card: 0, device: 0, kind: InterfaceKind.ENA }]);
  });

  test("adds no second interface to a card that holds one", () => {
    const narrow: InstanceTypeSpec = {
      ...spec("p5en.48xlarge"),
      networkCards: [2, 1, 2],
      efaInterfaces: 3,
      bandwidthSlots: undefined,
    };
    const interfaces = layoutInterfaces(narrow, Fabric.EFA, FabricPolicy.BANDWIDTH, "pool");
    expect(places(interfaces)).toEqual([
      "efa-only 0/1",
      "efa-only 1/0",
      "efa-only 2/0",
      "interface 0/0",
      "interface 2/1",
    ]);
  });

  test("is one interface without a fabric", () => {
    const interfaces = layoutInterfaces(spec("p5.48xlarge"), Fabric.NONE, FabricPolicy.BANDWIDTH, "pool");
    expect(interfaces).toEqual([{ card: 0, device: 0, kind: InterfaceKind.ENA }]);
  });

  test("is refused for a type without EFA, and for one whose cards are not known", () => {
    const lay = (type: InstanceTypeSpec) => () => layoutInterfaces(type, Fabric.EFA, FabricPolicy.SAVE_IPS, "pool");
    expect(lay(spec("g6e.xlarge"))).toRefuse("EFA_UNSUPPORTED", { path: "pool.fabric", got: "g6e.xlarge" });
    const unknown = { ...spec("p5.48xlarge"), networkCards: [] };
    expect(lay(unknown)).toRefuse("NETWORK_CARDS_UNKNOWN", { path: "pool.specification" });
  });
});

/** Types that do not exist, with cards of 2 to 8 interfaces. */
const anyType = fc
  .record({
    cards: fc.array(fc.integer({ min: 2, max: 8 }), { minLength: 1, maxLength: 40 }),
    firstEfaCard: fc.constantFrom(0, 1),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ cards, firstEfaCard, share }): InstanceTypeSpec => {
    const networkCards = firstEfaCard < cards.length ? cards : [...cards, 2];
    const most = networkCards.length - firstEfaCard;
    const efaInterfaces = 1 + Math.floor(share * (most - 1));
    return { ...spec("p5en.48xlarge"), networkCards, firstEfaCard, efaInterfaces, bandwidthSlots: undefined };
  });

test.each(POLICIES)(
  "laid out for %s, any type has distinct places within its cards, one primary, and all its EFA",
  (policy) => {
    fc.assert(
      fc.property(anyType, (type) => {
        const interfaces = layoutInterfaces(type, Fabric.EFA, policy, "pool");
        expect(new Set(interfaces.map(({ card, device }) => `${card}/${device}`)).size).toBe(interfaces.length);
        for (const { card, device } of interfaces) expect(device).toBeLessThan(type.networkCards[card] ?? 0);
        const primaries = interfaces.filter(({ card, device }) => card === 0 && device === 0);
        expect(primaries).toEqual([{ card: 0, device: 0, kind: InterfaceKind.ENA }]);
        const efaCards = interfaces.filter(({ kind }) => kind === InterfaceKind.EFA_ONLY).map(({ card }) => card);
        expect(new Set(efaCards).size).toBe(type.efaInterfaces);
        expect(efaCards).toHaveLength(type.efaInterfaces);
        expect(Math.min(...efaCards)).toBe(type.firstEfaCard);
      }),
      { numRuns: 300 },
    );
  },
);
