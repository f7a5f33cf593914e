import type { InstanceTypeSpec } from "cdktf-ai-datacenter/catalog";
import { codesOf, efa, efaOnly, firstOf, knownType, plain, primaryInterface, soundDesign } from "./designs";

describe("places", () => {
  // A card of a P5 holds two interfaces, and there are 32 of them.
  test.each([
    [1, 0, []],
    [1, 1, []],
    [1, 2, ["DEVICE_INDEX_BEYOND_CARD"]],
    [1, -1, ["DEVICE_INDEX_BEYOND_CARD"]],
    [1, 0.5, ["DEVICE_INDEX_BEYOND_CARD"]],
    [1, Number.NaN, ["DEVICE_INDEX_BEYOND_CARD"]],
    [31, 1, []],
    [32, 0, ["DEVICE_INDEX_BEYOND_CARD"]],
    [0.5, 0, ["DEVICE_INDEX_BEYOND_CARD"]],
  ])("card %d, device %d of a P5: %j", (card, device, codes) => {
    expect(codesOf(soundDesign("p5.48xlarge", { interfaces: [primaryInterface, efaOnly(card, device)] }))).toEqual(
      codes,
    );
  });

  test("are told with what is there", () => {
    const beyondDevice = soundDesign("p5.48xlarge", { interfaces: [primaryInterface, plain(3, 4)] });
    expect(firstOf(beyondDevice)).toMatchObject({
      property: "interfaces",
      got: "card 3, device 4",
      allowed: "device 0 to 1 on card 3 of p5.48xlarge",
    });
    const beyondCard = soundDesign("g6e.24xlarge", { interfaces: [primaryInterface, plain(2, 0)] });
    expect(firstOf(beyondCard)?.allowed).toBe("card 0 to 1 of g6e.24xlarge");
    const single: InstanceTypeSpec = { ...knownType("p5.48xlarge"), networkCards: [1] };
    expect(firstOf(soundDesign("p5.48xlarge", { spec: single, interfaces: [plain(0, 0), plain(0, 1)] }))?.allowed).toBe(
      "device 0 on card 0 of p5.48xlarge",
    );
    expect(firstOf(soundDesign("p5.48xlarge", { spec: single, interfaces: [plain(0, 0), plain(1, 0)] }))?.allowed).toBe(
      "card 0 of p5.48xlarge",
    );
  });

  test("are not judged of a type whose cards are not known", () => {
    const spec: InstanceTypeSpec = { ...knownType("p5.48xlarge"), networkCards: [] };
    expect(codesOf(soundDesign("p5.48xlarge", { spec, interfaces: [primaryInterface, efaOnly(40, 9)] }))).toEqual([]);
  });

  test("are taken once, whatever stands there", () => {
    const twice = soundDesign("p5.48xlarge", {
      interfaces: [primaryInterface, plain(1, 1), efaOnly(1, 1)],
    });
    expect(codesOf(twice)).toEqual(["INTERFACE_DUPLICATE"]);
    expect(firstOf(twice)?.got).toBe("two interfaces at card 1, device 1");
    expect(codesOf(soundDesign("p5.48xlarge", { interfaces: [plain(0, 0), plain(0, 1), plain(1, 0)] }))).toEqual([]);
  });
});

describe("the primary interface", () => {
  test.each([
    [[], "no interface"],
    [[plain(0, 1)], "no interface at card 0 / device 0"],
    [[plain(1, 0)], "no interface at card 0 / device 0"],
  ])("must be there: %j", (interfaces, got) => {
    const design = soundDesign("p5.48xlarge", { interfaces });
    expect(codesOf(design)).toEqual(["PRIMARY_INTERFACE_MISSING"]);
    expect(firstOf(design)?.got).toBe(got);
  });

  test("may come last, and may carry EFA beside IP", () => {
    expect(codesOf(soundDesign("p5.48xlarge", { interfaces: [efaOnly(1, 0), primaryInterface] }))).toEqual([]);
    expect(codesOf(soundDesign("p5.48xlarge", { interfaces: [efa(0, 0)] }))).toEqual([]);
  });

  test("is never EFA-only, which is fine anywhere else", () => {
    expect(codesOf(soundDesign("p5.48xlarge", { interfaces: [efaOnly(0, 0)] }))).toEqual(["EFA_ONLY_PRIMARY"]);
    expect(codesOf(soundDesign("p5.48xlarge", { interfaces: [plain(0, 0), efaOnly(0, 1)] }))).toEqual([]);
    expect(codesOf(soundDesign("p5.48xlarge", { interfaces: [plain(0, 0), efaOnly(1, 0)] }))).toEqual([]);
  });
});

describe("EFA", () => {
  test("stands once on a card, beside plain interfaces", () => {
    const twice = soundDesign("p5en.48xlarge", { interfaces: [plain(0, 0), efa(1, 0), plain(1, 1), efaOnly(1, 2)] });
    expect(codesOf(twice)).toEqual(["EFA_TWICE_ON_CARD"]);
    expect(firstOf(twice)?.got).toBe("EFA at devices 0 and 2 of card 1");
    const besideOthers = [plain(0, 0), efaOnly(0, 1), efa(1, 0), efaOnly(2, 1), efaOnly(1, 2), efaOnly(3, 0)];
    expect(firstOf(soundDesign("p5en.48xlarge", { interfaces: besideOthers }))?.got).toBe(
      "EFA at devices 0 and 2 of card 1",
    );
    const onBoth = [plain(0, 0), efaOnly(0, 1), plain(1, 1), efaOnly(1, 0)];
    expect(codesOf(soundDesign("p5en.48xlarge", { interfaces: onBoth }))).toEqual([]);
  });

  test("is not had at all by some types, which is told before where it stands", () => {
    const onNone = soundDesign("g6e.xlarge", {
      interfaces: [plain(0, 0), efaOnly(0, 1), efaOnly(0, 2), efaOnly(7, 0)],
    });
    expect(codesOf(onNone)).toEqual(["EFA_UNSUPPORTED", "DEVICE_INDEX_BEYOND_CARD"]);
    expect(firstOf(onNone)).toMatchObject({
      got: "3 EFA interfaces",
      allowed: "plain interfaces: g6e.xlarge has no EFA",
    });
    expect(firstOf(soundDesign("g6e.xlarge", { interfaces: [efa(0, 0)] }))?.got).toBe("1 EFA interface");
    expect(codesOf(soundDesign("g6e.xlarge", { interfaces: [plain(0, 0), plain(0, 1)] }))).toEqual([]);
  });

  test("begins at card 1 of a P6-B300", () => {
    const b300 = (card: number, device: number) =>
      soundDesign("p6-b300.48xlarge", { interfaces: [plain(0, 0), efaOnly(card, device)] });
    expect(firstOf(b300(0, 1))).toMatchObject({
      got: "EFA on card 0",
      allowed: "EFA on cards 1 to 16 of p6-b300.48xlarge",
    });
    expect(codesOf(b300(1, 0))).toEqual([]);
    expect(codesOf(b300(16, 0))).toEqual([]);
  });

  test("is not there more often than the type has it", () => {
    const spec: InstanceTypeSpec = { ...knownType("g6e.48xlarge"), efaInterfaces: 2 };
    const on = (cards: number) => [plain(0, 0), ...Array.from({ length: cards }, (_, card) => efaOnly(card, 1))];
    expect(codesOf(soundDesign("g6e.48xlarge", { spec, interfaces: on(2) }))).toEqual([]);
    const third = soundDesign("g6e.48xlarge", { spec, interfaces: on(3) });
    expect(codesOf(third)).toEqual(["EFA_UNSUPPORTED"]);
    expect(firstOf(third)).toMatchObject({ got: "3 EFA interfaces", allowed: "at most 2 on g6e.48xlarge" });
  });
});

describe("the launch template", () => {
  test("gets a public address for a single interface only", () => {
    const template = { publicAddress: true };
    const single = soundDesign("g6e.12xlarge", { interfaces: [efa(0, 0)], template });
    expect(codesOf(single)).toEqual([]);
    const two = soundDesign("g6e.12xlarge", { interfaces: [plain(0, 0), plain(0, 1)], template });
    expect(codesOf(two)).toEqual(["PUBLIC_ADDRESS_UNAVAILABLE"]);
    expect(firstOf(two)?.got).toBe("a public address for a node with 2 interfaces");
  });

  test("may have its groups outside where it need not list its only interface", () => {
    const template = { namesGroupsOutside: true };
    expect(codesOf(soundDesign("g6e.xlarge", { template }))).toEqual([]);
    expect(codesOf(soundDesign("g6e.12xlarge", { interfaces: [efa(0, 0)], template }))).toEqual([
      "TEMPLATE_GROUPS_MISPLACED",
    ]);
    expect(codesOf(soundDesign("g6e.xlarge", { interfaces: [plain(0, 0), plain(0, 1)], template }))).toEqual([
      "TEMPLATE_GROUPS_MISPLACED",
    ]);
  });

  test("is not judged by what is not known of it", () => {
    const template = { namesGroupsOutside: true, publicAddress: true };
    expect(codesOf(soundDesign("g6e.xlarge", { interfaces: [], template }))).toEqual(["PRIMARY_INTERFACE_MISSING"]);
    expect(codesOf(soundDesign("p5.48xlarge", { template: {} }))).toEqual([]);
  });
});

describe("the security group", () => {
  test.each([
    [true, true, []],
    [true, false, ["EFA_GROUP_CLOSED"]],
    [false, true, ["EFA_GROUP_CLOSED"]],
    [false, false, ["EFA_GROUP_CLOSED"]],
  ])("from itself %s, to itself %s: %j with EFA, and nothing without", (fromItself, toItself, codes) => {
    const securityGroup = { fromItself, toItself };
    expect(codesOf(soundDesign("p5.48xlarge", { securityGroup }))).toEqual(codes);
    expect(codesOf(soundDesign("g6e.xlarge", { securityGroup }))).toEqual([]);
  });
});
