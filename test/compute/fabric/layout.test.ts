import { AcceleratorVendor, Architecture, INSTANCE_TYPES, type InstanceTypeSpec } from "cdktf-ai-datacenter/catalog";
import { Fabric, InterfaceKind, layoutInterfaces, maxPods } from "cdktf-ai-datacenter/compute";
import "cdktf-ai-datacenter/testing/jest";

function spec(instanceType: string): InstanceTypeSpec {
  return INSTANCE_TYPES[instanceType] as InstanceTypeSpec;
}

/** "card/device kind" of every interface. */
function layout(instanceType: string): string[] {
  return layoutInterfaces(spec(instanceType), Fabric.EFA, "pool").map(
    ({ card, device, kind }) => `${card}/${device} ${kind}`,
  );
}

describe("layoutInterfaces", () => {
  test("gives a p5.48xlarge one ENA and 32 EFA-only interfaces, the second slot of card 0 first", () => {
    const interfaces = layout("p5.48xlarge");
    expect(interfaces).toHaveLength(33);
    expect(interfaces.slice(0, 3)).toEqual(["0/0 interface", "0/1 efa-only", "1/0 efa-only"]);
    expect(interfaces.at(-1)).toBe("31/0 efa-only");
  });

  test("leaves card 0 of a p6-b300.48xlarge to ENA, which has no EFA there", () => {
    const interfaces = layout("p6-b300.48xlarge");
    expect(interfaces).toHaveLength(17);
    expect(interfaces.slice(0, 2)).toEqual(["0/0 interface", "1/0 efa-only"]);
    expect(interfaces.at(-1)).toBe("16/0 efa-only");
  });

  // EFA counts as the EC2 guide and aws/sagemaker-hyperpod-cli constants.py state them.
  test.each([
    ["p4d.24xlarge", 4],
    ["p5en.48xlarge", 16],
    ["p6-b200.48xlarge", 8],
    ["trn1.32xlarge", 8],
    ["trn2.48xlarge", 16],
    ["g6e.12xlarge", 1],
    ["g6e.48xlarge", 4],
  ])("gives a %s all of its %i EFA interfaces", (instanceType, count) => {
    expect(layout(instanceType).filter((line) => line.endsWith("efa-only"))).toHaveLength(count);
  });

  test("puts no two interfaces in one place and none beyond what a card holds, for every type of the catalog", () => {
    for (const known of Object.values(INSTANCE_TYPES).filter(({ efaInterfaces }) => efaInterfaces > 0)) {
      const interfaces = layoutInterfaces(known, Fabric.EFA, "pool");
      expect(new Set(interfaces.map(({ card, device }) => `${card}/${device}`)).size).toBe(interfaces.length);
      for (const { card, device } of interfaces) expect(device).toBeLessThan(known.networkCards[card] ?? 0);
      expect(interfaces.filter(({ kind }) => kind === InterfaceKind.ENA)).toEqual([
        { card: 0, device: 0, kind: InterfaceKind.ENA },
      ]);
    }
  });

  test("needs one interface without a fabric", () => {
    expect(layoutInterfaces(spec("p5.48xlarge"), Fabric.NONE, "pool")).toHaveLength(1);
  });

  test("refuses EFA on a type without it, and a specification whose cards cannot hold it", () => {
    expect(() => layout("g6e.xlarge")).toRefuse("EFA_UNSUPPORTED", { path: "pool.fabric" });
    const crowded: InstanceTypeSpec = { ...spec("p5.48xlarge"), networkCards: [1, 1] };
    expect(() => layoutInterfaces(crowded, Fabric.EFA, "pool")).toRefuse("EFA_UNSUPPORTED", {
      path: "pool.specification",
    });
  });
});

describe("maxPods", () => {
  // Karpenter's table: ENI-limited pods, and those left by the layout that saves addresses; EKS allows 110 and 250 at most.
  test.each([
    ["p4d.24xlarge", 250, 250],
    ["p5.48xlarge", 100, 51],
    ["p5en.48xlarge", 198, 149],
    ["p6-b200.48xlarge", 198, 149],
    ["p6-b300.48xlarge", 198, 198],
    ["trn1.32xlarge", 247, 198],
    ["trn2.48xlarge", 100, 51],
    ["g6e.12xlarge", 250, 250],
    ["g6e.48xlarge", 250, 250],
  ])("of %s is %i without EFA and %i with it", (instanceType, plain, withEfa) => {
    const known = spec(instanceType);
    expect(maxPods(known, layoutInterfaces(known, Fabric.NONE, "pool"))).toBe(plain);
    expect(maxPods(known, layoutInterfaces(known, Fabric.EFA, "pool"))).toBe(withEfa);
  });
});

test("maxPods of a small node stays below what EKS allows for few vCPUs", () => {
  const small: InstanceTypeSpec = { ...spec("g6e.xlarge"), networkCards: [8], ipv4PerInterface: 30 };
  expect(maxPods(small, layoutInterfaces(small, Fabric.NONE, "pool"))).toBe(110);
});

describe("the catalog", () => {
  test("names each row by its type and states sane numbers", () => {
    for (const [name, known] of Object.entries(INSTANCE_TYPES)) {
      expect(known.instanceType).toBe(name);
      expect(known.architecture).toBe(Architecture.X86_64);
      expect(known.efaInterfaces + (known.firstEfaCard ?? 0)).toBeLessThanOrEqual(known.networkCards.length);
      expect(Object.values(AcceleratorVendor)).toContain(known.accelerator.vendor);
    }
  });
});
