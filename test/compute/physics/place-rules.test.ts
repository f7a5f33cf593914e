import type { InstanceTypeSpec } from "cdktf-ai-datacenter/catalog";
import { codesOf, efa, efaOnly, firstOf, knownType, plain, primaryInterface, soundDesign, TOKEN } from "./designs";

const [A, B, C] = ["us-east-1a", "us-east-1b", "us-east-1c"] as const;

describe("zones", () => {
  test("of EFA nodes are one", () => {
    expect(codesOf(soundDesign("p5.48xlarge", { zones: [A] }))).toEqual([]);
    expect(codesOf(soundDesign("p5.48xlarge", { zones: [A, B] }))).toEqual(["EFA_SPANS_ZONES"]);
    expect(codesOf(soundDesign("p5.48xlarge", { zones: [A, B], interfaces: [primaryInterface] }))).toEqual([]);
  });

  test("of a placement group are one, and EFA is told first", () => {
    expect(codesOf(soundDesign("g6e.xlarge", { zones: [A], placementGroup: {} }))).toEqual([]);
    expect(codesOf(soundDesign("g6e.xlarge", { zones: [A, B], placementGroup: {} }))).toEqual([
      "PLACEMENT_GROUP_SPANS_ZONES",
    ]);
    expect(codesOf(soundDesign("p5.48xlarge", { zones: [A, B], placementGroup: {} }))).toEqual([
      "EFA_SPANS_ZONES",
      "PLACEMENT_GROUP_SPANS_ZONES",
    ]);
  });

  test.each([
    [true, A, []],
    [true, B, ["LUSTRE_EFA_BEYOND_ZONE"]],
    [false, B, []],
    [true, TOKEN, []],
  ])("of a Lustre file system, EFA %s, in %s: %j", (withEfa, zone, codes) => {
    expect(codesOf(soundDesign("p5.48xlarge", { lustre: { efa: withEfa, zone } }))).toEqual(codes);
  });

  test("of a Lustre file system with EFA do not matter to nodes without, and are told with those of the nodes", () => {
    const lustre = { efa: true, zone: C };
    expect(codesOf(soundDesign("g6e.xlarge", { zones: [A, B], lustre }))).toEqual([]);
    expect(codesOf(soundDesign("p5.48xlarge", { zones: [TOKEN], lustre }))).toEqual([]);
    expect(codesOf(soundDesign("p5.48xlarge", { zones: [A, C], lustre }))).toContain("LUSTRE_EFA_BEYOND_ZONE");
    expect(firstOf(soundDesign("p5.48xlarge", { lustre }))).toMatchObject({
      property: "lustre.zone",
      got: C,
      allowed: `the zone of the nodes, ${A}`,
    });
  });
});

describe("subnets", () => {
  // A P5 that saves addresses holds 50; one that spends them holds 100 on card 0, and one for each further address.
  const p5 = (nodes: number, cidr: string | undefined, zones: readonly string[] = [A]) =>
    soundDesign("p5.48xlarge", { maxNodes: nodes, zones, subnets: zones.map((zone) => ({ zone, cidr })) });

  test.each([
    [2, "10.0.0.0/25", []],
    [3, "10.0.0.0/25", ["SUBNET_TOO_SMALL"]],
    [5, "10.0.0.0/24", []],
    [6, "10.0.0.0/24", ["SUBNET_TOO_SMALL"]],
    [1, "10.0.0.0/28", ["SUBNET_TOO_SMALL"]],
    [1, "10.0.0.0/31", ["SUBNET_TOO_SMALL"]],
    [1, "10.0.0.0/26", []],
    [1310, "10.0.0.0/16", []],
    [1311, "10.0.0.0/16", ["SUBNET_TOO_SMALL"]],
  ])("hold %d P5 in %s: %j", (nodes, cidr, codes) => {
    expect(codesOf(p5(nodes, cidr))).toEqual(codes);
  });

  test("may be exactly full, five addresses being AWS' own", () => {
    const spec: InstanceTypeSpec = { ...knownType("g6e.xlarge"), networkCards: [1], ipv4PerInterface: 27 };
    const full = (nodes: number) =>
      soundDesign("g6e.xlarge", { spec, maxNodes: nodes, subnets: [{ zone: A, cidr: "10.0.0.0/27" }] });
    expect(codesOf(full(1))).toEqual([]);
    expect(codesOf(full(2))).toEqual(["SUBNET_TOO_SMALL"]);
    const oneMore: InstanceTypeSpec = { ...spec, ipv4PerInterface: 28 };
    expect(codesOf({ ...full(1), spec: oneMore })).toEqual(["SUBNET_TOO_SMALL"]);
  });

  test("of several zones hold a share each, rounded up", () => {
    const g6e = (nodes: number, zones: readonly string[]) =>
      soundDesign("g6e.xlarge", {
        zones,
        maxNodes: nodes,
        subnets: zones.map((zone) => ({ zone, cidr: "10.0.0.0/25" })),
      });
    // 30 addresses a node, and 123 of a /25 that are free: four nodes in each.
    expect(codesOf(g6e(4, [A]))).toEqual([]);
    expect(codesOf(g6e(5, [A]))).toEqual(["SUBNET_TOO_SMALL"]);
    expect(codesOf(g6e(8, [A, B]))).toEqual([]);
    expect(codesOf(g6e(9, [A, B]))).toEqual(["SUBNET_TOO_SMALL"]);
    expect(codesOf(g6e(12, [A, B, C]))).toEqual([]);
    expect(codesOf(g6e(13, [A, B, C]))).toEqual(["SUBNET_TOO_SMALL"]);
  });

  test("of one zone add up, each without the five addresses of its own", () => {
    const two = (cidr: string) =>
      soundDesign("p5.48xlarge", {
        maxNodes: 4,
        subnets: [
          { zone: A, cidr: "10.0.0.0/25" },
          { zone: A, cidr },
        ],
      });
    expect(codesOf(two("10.0.0.128/25"))).toEqual([]);
    expect(codesOf(two("10.0.0.128/26"))).toEqual(["SUBNET_TOO_SMALL"]);
    expect(firstOf(two("10.0.0.128/26"))?.got).toBe("10.0.0.0/25, 10.0.0.128/26 in us-east-1a, 192 addresses");
  });

  test("are told with what would do", () => {
    expect(firstOf(p5(6, "10.0.0.0/24"))).toEqual({
      property: "subnets",
      got: "10.0.0.0/24 in us-east-1a, 256 addresses",
      allowed: "at most 5 nodes in the zone, which hold 50 addresses each, or a /23 for the 305 addresses of 6 nodes",
    });
    expect(firstOf(p5(1311, "10.0.0.0/16"))?.allowed).toBe(
      "at most 1310 nodes in the zone, which hold 50 addresses each",
    );
    expect(firstOf(p5(1310, "10.0.0.0/17"))?.allowed).toContain("or a /16 for the 65505 addresses of 1310 nodes");
  });

  test("are judged in each zone of the pool, and nowhere else", () => {
    const subnets = [
      { zone: A, cidr: "10.0.0.0/16" },
      { zone: B, cidr: "10.1.0.0/28" },
    ];
    const inZones = (zones: readonly string[]) => codesOf(soundDesign("g6e.xlarge", { zones, subnets }));
    expect(inZones([A])).toEqual([]);
    expect(inZones([A, B])).toEqual(["SUBNET_TOO_SMALL"]);
    expect(inZones([A, C])).toEqual([]);
  });

  test.each([[undefined], [TOKEN], ["10.0.0.1/24"], ["fd00::/64"]])("are not judged if their range is %s", (cidr) => {
    expect(codesOf(p5(10_000, cidr))).toEqual([]);
    const known = { zone: A, cidr: "10.0.0.0/28" };
    expect(codesOf(soundDesign("p5.48xlarge", { subnets: [known, { zone: A, cidr }] }))).toEqual([]);
  });

  test("are not judged if none is known", () => {
    expect(codesOf(soundDesign("p5.48xlarge", { maxNodes: 10_000 }))).toEqual([]);
    expect(codesOf(soundDesign("p5.48xlarge", { maxNodes: 10_000, subnets: [] }))).toEqual([]);
  });

  test("hold more nodes where pods have subnets of their own", () => {
    const nodes = (podsElsewhere: boolean) =>
      codesOf(soundDesign("g6e.xlarge", { maxNodes: 8, podsElsewhere, subnets: [{ zone: A, cidr: "10.0.0.0/25" }] }));
    expect(nodes(false)).toEqual(["SUBNET_TOO_SMALL"]);
    expect(nodes(true)).toEqual([]);
  });

  test("hold fewer nodes with more addresses each", () => {
    const subnets = [{ zone: A, cidr: "10.0.0.0/24" }];
    const withAddresses = [efa(0, 0), ...Array.from({ length: 31 }, (_, index) => efa(index + 1, 1))];
    const nodes = (maxNodes: number) =>
      codesOf(soundDesign("p5.48xlarge", { maxNodes, subnets, interfaces: withAddresses }));
    expect(nodes(1)).toEqual([]);
    expect(nodes(2)).toEqual(["SUBNET_TOO_SMALL"]);
  });
});

describe("pods", () => {
  test.each([
    [51, []],
    [52, ["MAX_PODS_BEYOND_ADDRESSES"]],
    [undefined, []],
  ])("of a P5 with EFA on card 0, %s: %j", (maxPods, codes) => {
    expect(codesOf(soundDesign("p5.48xlarge", { maxPods }))).toEqual(codes);
  });

  test.each([
    [100, []],
    [101, ["MAX_PODS_BEYOND_ADDRESSES"]],
  ])("of a P5 without EFA on card 0, %d: %j", (maxPods, codes) => {
    expect(codesOf(soundDesign("p5.48xlarge", { maxPods, interfaces: [plain(0, 0), efaOnly(1, 0)] }))).toEqual(codes);
  });

  test("are told with the most that can get an address", () => {
    expect(firstOf(soundDesign("p5.48xlarge", { maxPods: 100 }))).toMatchObject({
      property: "maxPods",
      got: 100,
      allowed: "at most 51 on p5.48xlarge with these interfaces",
    });
  });
});
