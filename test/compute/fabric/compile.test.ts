import { INSTANCE_TYPES, type InstanceTypeSpec } from "cdktf-ai-datacenter/catalog";
import {
  addressNeeds,
  compileFabric,
  Fabric,
  type FabricInterface,
  FabricPolicy,
  fabricPodRequests,
  InterfaceKind,
  maxPods,
  nodeClassInterfaces,
  subnetAddresses,
  subnetPrefix,
} from "cdktf-ai-datacenter/compute";
import "cdktf-ai-datacenter/testing/jest";
import { GOLDEN } from "./golden";

function spec(instanceType: string): InstanceTypeSpec {
  return INSTANCE_TYPES[instanceType] as InstanceTypeSpec;
}

function compile(instanceType: string, policy?: FabricPolicy) {
  return compileFabric({ spec: spec(instanceType), policy }, "pool");
}

describe("compileFabric", () => {
  test("gives one answer for every target", () => {
    const fabric = compile("p5.48xlarge");
    expect(fabric).toMatchObject({
      fabric: Fabric.EFA,
      policy: FabricPolicy.SAVE_IPS,
      efaInterfaces: 32,
      maxPods: 51,
      ipsPerNode: 1,
      heldPerNode: 50,
      podRequests: {
        resources: { "nvidia.com/gpu": "8", "vpc.amazonaws.com/efa": "32", "hugepages-2Mi": "5120Mi" },
        sharedMemoryMiB: 1024 * 1024,
      },
    });
    expect(fabric.interfaces).toHaveLength(33);
  });

  // Addresses as the EC2 guide counts them: 8 for P5, 17 for P6-B300.
  test.each([
    ["p5.48xlarge", 40, 8],
    ["p5e.48xlarge", 40, 8],
    ["p6-b200.48xlarge", 16, 8],
    ["p6-b300.48xlarge", 33, 17],
  ])("gives a %s %i interfaces and %i addresses for bandwidth", (type, interfaces, ips) => {
    const fabric = compile(type, FabricPolicy.BANDWIDTH);
    expect(fabric.interfaces).toHaveLength(interfaces);
    expect(fabric.ipsPerNode).toBe(ips);
    expect(fabric.efaInterfaces).toBe(spec(type).efaInterfaces);
  });

  test("needs no fabric for a type without EFA", () => {
    expect(compile("g6e.xlarge")).toMatchObject({ fabric: Fabric.NONE, efaInterfaces: 0, ipsPerNode: 1 });
  });

  test("takes the user's own interfaces at their word", () => {
    const interfaces = [
      { card: 0, device: 0, kind: InterfaceKind.ENA },
      { card: 3, device: 0, kind: InterfaceKind.EFA },
    ];
    const fabric = compileFabric({ spec: spec("p5.48xlarge"), interfaces }, "pool");
    expect(fabric).toMatchObject({ interfaces, efaInterfaces: 1, ipsPerNode: 2, maxPods: 100 });
  });
});

describe("maxPods", () => {
  // Limits of Karpenter's table before the caps of EKS: 110 pods below 30 vCPUs, 250 above.
  test.each(Object.entries(GOLDEN))("of %s is what its addresses and EKS allow", (name, { pods, vcpus }) => {
    expect(compile(name).maxPods).toBe(Math.min(pods, vcpus < 30 ? 110 : 250));
  });

  test.each([
    ["p5.48xlarge", 100],
    ["p5en.48xlarge", 198],
    ["trn1.32xlarge", 247],
    ["g6e.xlarge", 58],
  ])("of %s is %i without EFA", (name, pods) => {
    const { interfaces } = compileFabric({ spec: spec(name), fabric: Fabric.NONE }, "pool");
    expect(maxPods(spec(name), interfaces)).toBe(pods);
  });

  test("of a small node stays below what EKS allows for few vCPUs, from 30 on for many", () => {
    const roomy = { ...spec("g6e.xlarge"), networkCards: [8], ipv4PerInterface: 30 };
    const primary = [{ card: 0, device: 0, kind: InterfaceKind.ENA }];
    expect(maxPods({ ...roomy, vcpus: 29 }, primary)).toBe(110);
    expect(maxPods({ ...roomy, vcpus: 30 }, primary)).toBe(234);
  });

  test("does not count interfaces of other cards, nor those with EFA that have an address", () => {
    const at = (card: number, kind: InterfaceKind): FabricInterface => ({ card, device: 1, kind });
    const type = { ...spec("p5.48xlarge"), networkCards: [2, 2] };
    expect(maxPods(type, [at(1, InterfaceKind.EFA_ONLY)])).toBe(100);
    expect(maxPods(type, [at(0, InterfaceKind.EFA)])).toBe(100);
    expect(maxPods(type, [at(0, InterfaceKind.EFA_ONLY)])).toBe(51);
    expect(maxPods({ ...type, networkCards: [] }, [at(0, InterfaceKind.EFA_ONLY)])).toBe(2);
  });
});

describe("addresses", () => {
  test("count one interface that is kept warm beside the primary, where the card has a slot for it", () => {
    expect(compile("p5.48xlarge").heldPerNode).toBe(50);
    expect(compile("p4d.24xlarge").heldPerNode).toBe(100);
    expect(compile("p5.48xlarge", FabricPolicy.BANDWIDTH).heldPerNode).toBe(57);
    const { interfaces } = compile("p4d.24xlarge");
    expect(addressNeeds(spec("p4d.24xlarge"), interfaces, true)).toEqual({ ipsPerNode: 1, heldPerNode: 50 });
    expect(addressNeeds(spec("g6e.xlarge"), [{ card: 0, device: 0, kind: InterfaceKind.ENA }])).toEqual({
      ipsPerNode: 1,
      heldPerNode: 30,
    });
  });

  test("of a subnet include the five that AWS keeps", () => {
    expect(subnetAddresses(50, 4)).toBe(205);
    expect(subnetPrefix(205)).toBe(24);
    expect(subnetPrefix(256)).toBe(24);
    expect(subnetPrefix(257)).toBe(23);
    expect(subnetPrefix(3)).toBe(28);
  });
});

describe("pod requests", () => {
  test("share out whole EFA interfaces with the accelerators", () => {
    expect(fabricPodRequests(spec("p5.48xlarge"), 32, 2)).toEqual({
      resources: { "nvidia.com/gpu": "2", "vpc.amazonaws.com/efa": "8", "hugepages-2Mi": "5120Mi" },
      sharedMemoryMiB: 262144,
    });
    expect(fabricPodRequests(spec("g6e.48xlarge"), 4, 1).resources).toEqual({ "nvidia.com/gpu": "1" });
    expect(fabricPodRequests(spec("g6e.48xlarge"), 4, 3).resources).toMatchObject({ "vpc.amazonaws.com/efa": "1" });
  });

  test("ask for no fabric where there is none, and for no accelerator that is not wanted or not known", () => {
    expect(fabricPodRequests(spec("g6e.xlarge"), 0).resources).toEqual({ "nvidia.com/gpu": "1" });
    expect(fabricPodRequests(spec("p5.48xlarge"), 32, 0)).toEqual({ resources: {}, sharedMemoryMiB: 0 });
    const { accelerator, ...rest } = spec("p5.48xlarge");
    const nameless = { ...rest, accelerator: { ...accelerator, resource: undefined } };
    expect(fabricPodRequests(nameless, 0).resources).toEqual({});
    const fractional = { ...rest, accelerator: { ...accelerator, count: 0 } };
    expect(fabricPodRequests(fractional, 1, 0).sharedMemoryMiB).toBe(1024 * 1024);
  });
});

describe("the interfaces of a Karpenter node class", () => {
  test("are those of the launch template", () => {
    expect(nodeClassInterfaces(compile("p5.48xlarge").interfaces, "pool").slice(0, 3)).toEqual([
      { networkCardIndex: 0, deviceIndex: 0, interfaceType: "interface" },
      { networkCardIndex: 0, deviceIndex: 1, interfaceType: "efa-only" },
      { networkCardIndex: 1, deviceIndex: 0, interfaceType: "efa-only" },
    ]);
  });

  test("cannot be of a kind that Karpenter does not know", () => {
    const old = [{ card: 0, device: 0, kind: InterfaceKind.EFA }];
    expect(() => nodeClassInterfaces(old, "pool.interfaces")).toRefuse("INTERFACE_KIND_UNSUPPORTED", { got: "efa" });
  });
});
