import type { InstanceTypeSpec } from "cdktf-ai-datacenter/catalog";
import { CapacityKind } from "cdktf-ai-datacenter/contracts";
import { codesOf, efa, efaOnly, firstOf, knownType, plain, primaryInterface, soundDesign, TOKEN } from "./designs";

describe("the VPC CNI", () => {
  const efaOnlyInterfaces = [primaryInterface, efaOnly(1, 0)];
  const twoEfa = [efa(0, 0), efa(1, 1)];
  const oneEfa = [efa(0, 0)];

  test.each([
    ["v1.18.4", efaOnlyInterfaces, ["CNI_TOO_OLD"]],
    ["v1.18.5-eksbuild.1", efaOnlyInterfaces, []],
    ["1.18.5", efaOnlyInterfaces, []],
    ["1.9.0", efaOnlyInterfaces, ["CNI_TOO_OLD"]],
    ["v1.7.9", twoEfa, ["CNI_TOO_OLD"]],
    ["v1.7.10", twoEfa, []],
    ["v1.7.9", oneEfa, []],
    ["v1.0.0", [plain(0, 0), plain(1, 0)], []],
    ["latest", efaOnlyInterfaces, []],
    [TOKEN, efaOnlyInterfaces, []],
    [undefined, efaOnlyInterfaces, []],
  ])("%s beside %j: %j", (vpcCni, interfaces, codes) => {
    expect(codesOf(soundDesign("p5.48xlarge", { interfaces, plugins: { vpcCni } }))).toEqual(codes);
  });

  test("is told with the least version", () => {
    expect(firstOf(soundDesign("p5.48xlarge", { plugins: { vpcCni: "v1.12.0" } }))).toMatchObject({
      property: "plugins.vpcCni",
      got: "v1.12.0",
      allowed: "1.18.5 or newer with these interfaces",
    });
  });
});

describe("the EFA device plugin", () => {
  test.each([
    ["p6-b200.48xlarge", "v0.5.9", ["PLUGIN_TOO_OLD"]],
    ["p6-b200.48xlarge", "v0.5.10", []],
    ["p6-b200.48xlarge", "0.6", []],
    ["p6-b200.48xlarge", "main", []],
    ["p6-b200.48xlarge", undefined, []],
    ["p5.48xlarge", "v0.3.0", []],
  ])("on %s, %s: %j", (instanceType, efaDevicePlugin, codes) => {
    expect(codesOf(soundDesign(instanceType, { plugins: { efaDevicePlugin } }))).toEqual(codes);
  });

  test("does not matter to nodes without EFA", () => {
    const interfaces = [primaryInterface];
    expect(codesOf(soundDesign("p6-b200.48xlarge", { interfaces, plugins: { efaDevicePlugin: "0.5.9" } }))).toEqual([]);
  });

  test("is told with the least version", () => {
    expect(firstOf(soundDesign("p6-b200.48xlarge", { plugins: { efaDevicePlugin: "0.5.9" } }))).toMatchObject({
      property: "plugins.efaDevicePlugin",
      got: "0.5.9",
      allowed: "0.5.10 or newer on p6-b200",
    });
  });

  test("is one of two that may drive EFA", () => {
    const both = { efaDevicePlugin: "0.5.20", efaDra: true };
    expect(codesOf(soundDesign("p5.48xlarge", { plugins: both }))).toEqual(["PLUGIN_CONFLICT"]);
    expect(codesOf(soundDesign("p5.48xlarge", { plugins: { ...both, efaDra: false } }))).toEqual([]);
    expect(codesOf(soundDesign("p5.48xlarge", { plugins: { efaDra: true } }))).toEqual([]);
    expect(codesOf(soundDesign("g6e.xlarge", { plugins: both }))).toEqual([]);
  });
});

describe("the NVIDIA device plugin", () => {
  const nvidia = { nvidiaDevicePlugin: "0.18.0" };

  test.each([
    ["BOTTLEROCKET_x86_64_NVIDIA", ["PLUGIN_CONFLICT"]],
    ["BOTTLEROCKET_ARM_64_NVIDIA", ["PLUGIN_CONFLICT"]],
    ["BOTTLEROCKET_x86_64", []],
    ["AL2023_x86_64_NVIDIA", []],
    ["CUSTOM", []],
    [undefined, []],
  ])("on %s: %j", (amiType, codes) => {
    expect(codesOf(soundDesign("g6e.xlarge", { amiType, plugins: nvidia }))).toEqual(codes);
    expect(codesOf(soundDesign("g6e.xlarge", { amiType, plugins: {} }))).toEqual([]);
  });

  test.each([
    ["0.18.9", undefined, []],
    ["0.19.0", undefined, ["PLUGIN_CONFLICT"]],
    ["v0.19.2", undefined, ["PLUGIN_CONFLICT"]],
    ["0.19.3", undefined, []],
    ["0.20.0", undefined, []],
    ["0.19.0", false, []],
    ["0.18.0", true, ["PLUGIN_CONFLICT"]],
    ["0.20.0", true, ["PLUGIN_CONFLICT"]],
    ["main", undefined, []],
    [undefined, true, []],
  ])("%s with mofed %s, beside the EFA plugin or DRANET: %j", (nvidiaDevicePlugin, nvidiaMofed, codes) => {
    const plugins = { nvidiaDevicePlugin, nvidiaMofed };
    const beside = (efaDriver: object) =>
      codesOf(soundDesign("p5.48xlarge", { plugins: { ...plugins, ...efaDriver } }));
    expect(beside({ efaDevicePlugin: "0.5.20" })).toEqual(codes);
    expect(beside({ efaDra: true })).toEqual(codes);
    expect(beside({ efaDra: false })).toEqual([]);
    expect(beside({})).toEqual([]);
    const efaPlugin = { ...plugins, efaDevicePlugin: "0.5.20" };
    expect(codesOf(soundDesign("g6e.xlarge", { plugins: efaPlugin }))).toEqual([]);
  });

  test("is told with its setting, or with its default", () => {
    const plugins = { efaDevicePlugin: "0.5.20", nvidiaDevicePlugin: "0.19.1" };
    expect(firstOf(soundDesign("p5.48xlarge", { plugins }))).toMatchObject({
      property: "plugins.nvidiaMofed",
      got: "the default of 0.19.1, true",
      allowed: "false beside what drives EFA",
    });
    expect(firstOf(soundDesign("p5.48xlarge", { plugins: { ...plugins, nvidiaMofed: true } }))?.got).toBe(true);
  });
});

describe("the driver", () => {
  test.each([
    ["g7.12xlarge", 594, ["DRIVER_TOO_OLD"]],
    ["g7.12xlarge", 595, []],
    ["g7.12xlarge", 600, []],
    ["g7.12xlarge", undefined, []],
    ["p5.48xlarge", 470, []],
  ])("of %s, %s: %j", (instanceType, nvidiaDriver, codes) => {
    expect(codesOf(soundDesign(instanceType, { plugins: { nvidiaDriver } }))).toEqual(codes);
  });

  test("is told with the least branch", () => {
    expect(firstOf(soundDesign("g7.12xlarge", { plugins: { nvidiaDriver: 580 } }))).toMatchObject({
      property: "image",
      got: "driver 580",
      allowed: "595 or newer for g7.12xlarge",
    });
  });
});

describe("the image release", () => {
  test.each([
    ["AL2023_x86_64_NVIDIA", "1.35.4-20260930", ["IMAGE_RELEASE_BROKEN"]],
    ["AL2023_ARM_64_NVIDIA", "al2023@v20261003", ["IMAGE_RELEASE_BROKEN"]],
    ["AL2023_x86_64_NVIDIA", "1.35.4-20261012", []],
    // The day counts as a whole: these end as a replaced one does.
    ["AL2023_x86_64_NVIDIA", "1.35.4-20260923", []],
    ["AL2023_x86_64_NVIDIA", "1.35.4-20250930", []],
    ["AL2023_x86_64_NVIDIA", "al2023@latest", []],
    ["AL2023_x86_64_NVIDIA", "1.35.4-20261003-1", []],
    ["AL2023_x86_64_NVIDIA", undefined, []],
    ["BOTTLEROCKET_x86_64_NVIDIA", "20261003", []],
    [undefined, "1.35.4-20261003", []],
  ])("of %s, %s: %j", (amiType, imageRelease, codes) => {
    expect(codesOf(soundDesign("p5.48xlarge", { amiType, imageRelease }))).toEqual(codes);
  });
});

describe("the topology", () => {
  const layer = (number: number | string) => `topology.k8s.aws/network-node-layer-${number}`;

  test.each([
    ["p5.48xlarge", layer(1), []],
    ["p5.48xlarge", layer(3), []],
    ["p5.48xlarge", layer(4), ["TOPOLOGY_LAYER_UNKNOWN"]],
    ["p5.48xlarge", layer(0), ["TOPOLOGY_LAYER_UNKNOWN"]],
    ["p5.48xlarge", layer(10), ["TOPOLOGY_LAYER_UNKNOWN"]],
    ["p6-b200.48xlarge", layer(4), []],
    ["p6-b200.48xlarge", layer(5), ["TOPOLOGY_LAYER_UNKNOWN"]],
    ["p5.48xlarge", "topology.k8s.aws/zone-id", []],
    ["p5.48xlarge", `x${layer(4)}`, []],
    ["p5.48xlarge", layer("4x"), []],
  ])("of %s with %s: %j", (instanceType, level, codes) => {
    const topologyLevels = [layer(1), level, "kubernetes.io/hostname"];
    expect(codesOf(soundDesign(instanceType, { topologyLevels }))).toEqual(codes);
  });

  test("is not judged of a type whose layers are not known", () => {
    const spec: InstanceTypeSpec = { ...knownType("p5.48xlarge"), topologyLayers: undefined };
    expect(codesOf(soundDesign("p5.48xlarge", { spec, topologyLevels: [layer(9)] }))).toEqual([]);
  });

  test("is told with the layers that there are", () => {
    expect(firstOf(soundDesign("p5.48xlarge", { topologyLevels: [layer(3), layer(4)] }))).toMatchObject({
      got: layer(4),
      allowed: "layers 1 to 3 of p5.48xlarge, and kubernetes.io/hostname last",
    });
  });
});

describe("a gang", () => {
  test.each([
    [1, true, []],
    [2, true, ["FABRIC_MISSING"]],
    [2, false, []],
  ])("of %d nodes, %s, without a fabric: %j", (nodes, gang, codes) => {
    const workload = { nodes, gang };
    expect(codesOf(soundDesign("p5.48xlarge", { interfaces: [primaryInterface], workload }))).toEqual(codes);
    expect(codesOf(soundDesign("g6e.xlarge", { workload }))).toEqual(codes);
    expect(codesOf(soundDesign("p5.48xlarge", { workload }))).toEqual([]);
  });

  test("is told whether the fabric is off or the type has none", () => {
    const workload = { nodes: 8, gang: true };
    expect(firstOf(soundDesign("p5.48xlarge", { interfaces: [primaryInterface], workload }))).toMatchObject({
      property: "fabric",
      got: "none",
      allowed: "efa: p5.48xlarge has it",
    });
    const single = soundDesign("g6e.12xlarge", { interfaces: [primaryInterface], workload });
    expect(firstOf(single)?.property).toBe("fabric");
    expect(firstOf(soundDesign("g6e.xlarge", { workload }))).toMatchObject({
      property: "workload.nodes",
      got: 8,
      allowed: "1 on g6e.xlarge, which has no EFA",
    });
  });

  test.each([
    [CapacityKind.SPOT, true, false, ["SPOT_GANG_WITHOUT_CHECKPOINTS"]],
    [CapacityKind.SPOT, true, true, []],
    [CapacityKind.SPOT, true, undefined, []],
    [CapacityKind.SPOT, false, false, []],
    [CapacityKind.ON_DEMAND, true, false, []],
  ])("on %s capacity, %s, with checkpoints %s: %j", (kind, gang, checkpoints, codes) => {
    const workload = { nodes: 4, gang, checkpoints };
    expect(codesOf(soundDesign("p4d.24xlarge", { capacity: { kind }, workload }))).toEqual(codes);
  });

  test("on spot capacity is told what it lacks", () => {
    const workload = { nodes: 4, gang: true, checkpoints: false };
    const capacity = { kind: CapacityKind.SPOT };
    expect(firstOf(soundDesign("p4d.24xlarge", { capacity, workload }))).toEqual({
      property: "workload.checkpoints",
      got: false,
      allowed: "checkpoints at an interval",
    });
  });
});
