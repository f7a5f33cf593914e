import type { DesignCapacity } from "cdktf-ai-datacenter/compute";
import { CapacityKind } from "cdktf-ai-datacenter/contracts";
import { codesOf, exampleBlock, exampleReservation, firstOf, knownType, soundDesign, TOKEN } from "./designs";

const GROUP_ARN = "arn:aws-us-gov:resource-groups:us-gov-west-1:123456789012:group/gpus";

function withCapacity(more: Partial<DesignCapacity>, base: DesignCapacity = exampleReservation) {
  return soundDesign("p5.48xlarge", { capacity: { ...base, ...more } });
}

describe("how a type is sold", () => {
  test("is told for blocks, where it is known at all", () => {
    const notSold = soundDesign("g6e.48xlarge", { capacity: exampleBlock });
    expect(codesOf(notSold)).toEqual(["CAPACITY_KIND_UNSUPPORTED"]);
    expect(firstOf(notSold)).toMatchObject({
      property: "capacity",
      got: "block",
      allowed: "on-demand, spot, reservation for g6e.48xlarge",
    });
    const spec = { ...knownType("g6e.48xlarge"), capacityKinds: [] };
    expect(codesOf(soundDesign("g6e.48xlarge", { spec, capacity: exampleBlock }))).toEqual([]);
  });

  test.each([
    [exampleBlock, [CapacityKind.ON_DEMAND], ["CAPACITY_KIND_UNSUPPORTED"]],
    [exampleBlock, [CapacityKind.BLOCK], []],
    [exampleReservation, [CapacityKind.BLOCK], ["CAPACITY_KIND_UNSUPPORTED"]],
    [exampleReservation, [CapacityKind.RESERVATION], []],
    [{ kind: CapacityKind.ON_DEMAND }, [CapacityKind.BLOCK], ["CAPACITY_KIND_UNSUPPORTED"]],
    [{ kind: CapacityKind.ON_DEMAND }, [CapacityKind.ON_DEMAND], []],
    // That no price is known does not say that there is none.
    [{ kind: CapacityKind.SPOT }, [CapacityKind.BLOCK], []],
  ])("is held against what the type says: %j of %j", (capacity, capacityKinds, codes) => {
    const spec = { ...knownType("p5.48xlarge"), capacityKinds };
    expect(codesOf(soundDesign("p5.48xlarge", { spec, capacity }))).toEqual(codes);
  });
});

describe("what reserved capacity is found by", () => {
  test.each([
    ["cr-01234567", []],
    ["cr-0123456789abcdef0", []],
    [TOKEN, []],
    ["cr-0123456", ["CAPACITY_CONFLICT"]],
    ["cr-0123456789ABCDEF0", ["CAPACITY_CONFLICT"]],
    ["my cr-0123456789abcdef0", ["CAPACITY_CONFLICT"]],
    ["cr-0123456789abcdef0 ", ["CAPACITY_CONFLICT"]],
    ["", ["CAPACITY_CONFLICT"]],
    [undefined, ["CAPACITY_CONFLICT"]],
  ])("%j: %j, for reservations and blocks", (reservation, codes) => {
    expect(codesOf(withCapacity({ reservation }))).toEqual(codes);
    expect(codesOf(withCapacity({ reservation }, exampleBlock))).toEqual(codes);
  });

  test("is a resource group for reservations, and not for a block", () => {
    expect(codesOf(withCapacity({ reservation: GROUP_ARN }))).toEqual([]);
    const block = withCapacity({ reservation: GROUP_ARN }, exampleBlock);
    expect(codesOf(block)).toEqual(["CAPACITY_CONFLICT"]);
    expect(firstOf(block)?.allowed).toBe("a reservation id (cr-…)");
    expect(
      codesOf(withCapacity({ reservation: "arn:aws:ec2:us-east-1:123456789012:capacity-reservation/cr-1" })),
    ).toEqual(["CAPACITY_CONFLICT"]);
    expect(firstOf(withCapacity({ reservation: "p5s" }))?.allowed).toContain("or the ARN of a resource group");
  });

  test("is a resource group for a block of UltraServers too", () => {
    for (const instanceType of ["p6e-gb200.36xlarge", "trn2u.48xlarge"]) {
      const spec = { ...knownType("p5.48xlarge"), instanceType };
      const capacity = { ...exampleBlock, reservation: GROUP_ARN };
      expect(codesOf(soundDesign("p5.48xlarge", { spec, capacity }))).toEqual([]);
      expect(codesOf(soundDesign("p5.48xlarge", { spec, capacity: { ...capacity, reservation: "x" } }))).toEqual([
        "CAPACITY_CONFLICT",
      ]);
    }
  });

  test("is nothing that other capacity needs", () => {
    expect(codesOf(withCapacity({ reservation: undefined }, { kind: CapacityKind.ON_DEMAND }))).toEqual([]);
  });
});

describe("the zone of reserved capacity", () => {
  test.each([
    ["us-east-1a", ["us-east-1a"], []],
    ["us-east-1a", ["us-east-1b"], ["CAPACITY_CONFLICT"]],
    [undefined, ["us-east-1b"], []],
    [TOKEN, ["us-east-1b"], []],
    ["us-east-1a", [TOKEN], []],
    ["us-east-1a", ["#{TfToken[TOKEN.8]}"], []],
  ])("%s, for nodes in %j: %j", (zone, zones, codes) => {
    expect(codesOf(soundDesign("p5.48xlarge", { zones, capacity: { ...exampleReservation, zone } }))).toEqual(codes);
  });

  test("is told before EFA and placement groups complain of two zones", () => {
    const zones = ["us-east-1a", "us-east-1b"];
    const design = soundDesign("p5.48xlarge", { zones, capacity: exampleReservation });
    expect(codesOf(design)).toEqual(["CAPACITY_CONFLICT", "EFA_SPANS_ZONES"]);
    expect(firstOf(design)).toMatchObject({
      property: "zones",
      got: zones,
      allowed: "the zone of the capacity, us-east-1a",
    });
  });
});

describe("the market type", () => {
  const onDemand = { kind: CapacityKind.ON_DEMAND };
  const spot = { kind: CapacityKind.SPOT };

  test.each([
    [exampleBlock, "capacity-block", []],
    [exampleBlock, "spot", ["MARKET_TYPE_CONFLICT"]],
    [exampleBlock, undefined, ["MARKET_TYPE_CONFLICT"]],
    [exampleReservation, undefined, []],
    [exampleReservation, "capacity-block", ["MARKET_TYPE_CONFLICT"]],
    [onDemand, undefined, []],
    [onDemand, "spot", ["MARKET_TYPE_CONFLICT"]],
    [onDemand, "capacity-block", ["MARKET_TYPE_CONFLICT"]],
    [spot, undefined, []],
    [spot, "spot", ["MARKET_TYPE_CONFLICT"]],
  ])("of $kind capacity, %s: %j", (capacity, marketType, codes) => {
    expect(codesOf(withCapacity({ marketType }, capacity))).toEqual(codes);
  });

  test("is told with what belongs there", () => {
    expect(firstOf(withCapacity({ marketType: undefined }, exampleBlock))?.allowed).toBe("capacity-block");
    expect(firstOf(withCapacity({ marketType: "spot" }))?.allowed).toBe("no market type with reservation capacity");
  });
});

describe("listed types", () => {
  test.each([
    [exampleBlock, ["p5.48xlarge"], ["BLOCK_LISTS_TYPES"]],
    [exampleBlock, [], []],
    [exampleBlock, undefined, []],
    [exampleReservation, ["p5.48xlarge"], []],
  ])("of $kind capacity, %j: %j", (capacity, listedTypes, codes) => {
    expect(codesOf(soundDesign("p5.48xlarge", { capacity, listedTypes }))).toEqual(codes);
  });
});

describe("the placement group", () => {
  const foreign = ["PLACEMENT_GROUP_FOREIGN"];

  test.each([
    ["none around a reservation of none", undefined, undefined, []],
    ["the pool's own around a reservation of none", undefined, {}, foreign],
    ["a named one around a reservation of none", undefined, { name: "a" }, foreign],
    ["the one of the reservation", "a", { name: "a" }, []],
    ["another than that of the reservation", "a", { name: "b" }, foreign],
    ["the pool's own around a reservation of a group", "a", {}, foreign],
    ["none around a reservation of a group", "a", undefined, foreign],
    ["one that is known after apply", "a", { name: TOKEN }, []],
    ["one that may be that of the reservation", TOKEN, { name: "a" }, []],
  ])("%s", (_, reservationPlacementGroup, placementGroup, codes) => {
    const capacity = { ...exampleReservation, reservationPlacementGroup };
    expect(codesOf(soundDesign("p5.48xlarge", { capacity, placementGroup }))).toEqual(codes);
  });

  test("never stands around a block", () => {
    const block = { ...exampleBlock, reservationPlacementGroup: "a" };
    expect(codesOf(soundDesign("p5.48xlarge", { capacity: block, placementGroup: { name: "a" } }))).toEqual(foreign);
    expect(codesOf(soundDesign("p5.48xlarge", { capacity: block }))).toEqual([]);
    expect(firstOf(soundDesign("p5.48xlarge", { capacity: exampleBlock, placementGroup: {} }))).toMatchObject({
      property: "placement",
      got: "the pool's own group",
      allowed: "no placement group around a block",
    });
  });

  test("is told by name", () => {
    const capacity = { ...exampleReservation, reservationPlacementGroup: "a" };
    expect(firstOf(soundDesign("p5.48xlarge", { capacity, placementGroup: { name: "b" } }))).toMatchObject({
      got: "b",
      allowed: "a",
    });
    expect(firstOf(soundDesign("p5.48xlarge", { capacity }))?.got).toBe("no placement group");
  });

  test("is the pool's own business without reserved capacity", () => {
    for (const kind of [CapacityKind.ON_DEMAND, CapacityKind.SPOT]) {
      expect(codesOf(soundDesign("p5.48xlarge", { capacity: { kind }, placementGroup: {} }))).toEqual([]);
    }
  });
});
