import { INSTANCE_TYPES, type InstanceTypeSpec } from "cdktf-ai-datacenter/catalog";
import { compileFabric, type FabricInterface, FabricPolicy, type PoolDesign } from "cdktf-ai-datacenter/compute";
import { CapacityKind } from "cdktf-ai-datacenter/contracts";
import * as fc from "fast-check";
import { codesOf } from "./designs";

const WITH_EFA = Object.values(INSTANCE_TYPES).filter(({ efaInterfaces }) => efaInterfaces > 0);
const POLICIES = Object.values(FabricPolicy);

/** A pool as the library compiles it: a training gang with all that it can say of itself. */
function compiled(spec: InstanceTypeSpec, policy: FabricPolicy): PoolDesign {
  const { interfaces, maxPods } = compileFabric({ spec, policy }, "pool");
  return {
    spec,
    listedTypes: [spec.instanceType],
    interfaces,
    zones: ["us-east-1a"],
    maxNodes: 16,
    capacity: {
      kind: spec.capacityKinds.includes(CapacityKind.ON_DEMAND) ? CapacityKind.ON_DEMAND : CapacityKind.SPOT,
    },
    placementGroup: {},
    subnets: [{ zone: "us-east-1a", cidr: "10.0.0.0/16" }],
    maxPods,
    amiType: spec.amiTypes?.[0],
    template: {},
    securityGroup: { fromItself: true, toItself: true },
    plugins: { vpcCni: "v1.22.4-eksbuild.3", efaDevicePlugin: "v0.5.20" },
    workload: { nodes: 16, gang: true },
  };
}

const anyType = fc.constantFrom(...WITH_EFA);
const anyPolicy = fc.constantFrom(...POLICIES);

/** Ways to put an interface where none can be. */
type Move = (spec: InstanceTypeSpec, one: FabricInterface, by: number) => FabricInterface;
const MOVES: readonly Move[] = [
  ({ networkCards }, one, by) => ({ ...one, card: networkCards.length + by }),
  (_, one, by) => ({ ...one, card: -1 - by }),
  ({ networkCards }, one, by) => ({ ...one, device: (networkCards[one.card] ?? 0) + by }),
  (_, one, by) => ({ ...one, device: -1 - by }),
];

describe("the fabric compiler and the rules", () => {
  test.each(WITH_EFA.flatMap((spec) => POLICIES.map((policy) => [spec.instanceType, policy, spec] as const)))(
    "%s laid out for %s breaks no law",
    (_, policy, spec) => {
      expect(codesOf(compiled(spec, policy))).toEqual([]);
    },
  );

  test("agree that an interface beyond its cards is wrong, wherever it stood", () => {
    fc.assert(
      fc.property(
        anyType,
        anyPolicy,
        fc.nat(100),
        fc.constantFrom(...MOVES),
        fc.nat(40),
        (spec, policy, pick, move, by) => {
          const design = compiled(spec, policy);
          const at = pick % design.interfaces.length;
          const interfaces = design.interfaces.map((one, index) => (index === at ? move(spec, one, by) : one));
          expect(codesOf({ ...design, interfaces })).toContain("DEVICE_INDEX_BEYOND_CARD");
        },
      ),
    );
  });

  test("agree that a second interface in one place is wrong, whatever it carries", () => {
    fc.assert(
      fc.property(anyType, anyPolicy, fc.nat(100), fc.nat(100), (spec, policy, from, to) => {
        const design = compiled(spec, policy);
        const [source, target] = [from, to].map((pick) => design.interfaces[pick % design.interfaces.length]);
        if (source === undefined || target === undefined) throw new Error("no interface");
        const twin = { ...target, kind: source.kind };
        expect(codesOf({ ...design, interfaces: [...design.interfaces, twin] })[0]).toBe("INTERFACE_DUPLICATE");
      }),
    );
  });

  test("never throw, whatever interfaces, zones and versions are", () => {
    const anyInterface = fc.record({
      card: fc.oneof(fc.integer(), fc.double()),
      device: fc.oneof(fc.integer(), fc.double()),
      kind: fc
        .constantFrom(...compiled(WITH_EFA[0] as InstanceTypeSpec, FabricPolicy.SAVE_IPS).interfaces)
        .map(({ kind }) => kind),
    });
    const design = fc.record({
      interfaces: fc.array(anyInterface, { maxLength: 40 }),
      zones: fc.array(fc.string(), { maxLength: 3 }),
      maxNodes: fc.oneof(fc.integer(), fc.double()),
      subnets: fc.array(fc.record({ zone: fc.string(), cidr: fc.string() }), { maxLength: 3 }),
      plugins: fc.record({
        vpcCni: fc.string(),
        efaDevicePlugin: fc.string(),
        nvidiaDevicePlugin: fc.string(),
        efaDra: fc.boolean(),
      }),
      topologyLevels: fc.array(fc.string(), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(anyType, design, (spec, more) => {
        expect(() => codesOf({ ...compiled(spec, FabricPolicy.SAVE_IPS), ...more })).not.toThrow();
      }),
    );
  });
});
