import { INSTANCE_TYPES, type InstanceTypeSpec } from "cdktf-ai-datacenter/catalog";
import {
  Capacity,
  capacityWindow,
  type GpuNodePoolOptions,
  InstanceTypePlace,
  KarpenterCapacityType,
  Placement,
  resolveGpuNodePool,
} from "cdktf-ai-datacenter/compute";
import { CapacityKind } from "cdktf-ai-datacenter/contracts";
import "cdktf-ai-datacenter/testing/jest";

const WINDOW = { start: "2026-12-01T11:30:00Z", end: "2026-12-08T11:30:00Z" };
const inOneZone = { zones: ["us-east-1a"] };

function resolve(options: Partial<GpuNodePoolOptions>) {
  const pool = { instanceType: "p5.48xlarge", maxNodes: 4, ...options };
  const subnets = [{ zone: "us-east-1a" }, { zone: "us-east-1b" }];
  return resolveGpuNodePool("train", pool, { subnets }, "stack/train");
}

describe("a Capacity Block", () => {
  const capacity = Capacity.block("cr-0123456789abcdef0", "us-east-1a", WINDOW);

  test("decides market, place of the type, zone and times", () => {
    const { capacity: decided, profile } = resolve({ capacity });
    expect(decided).toEqual({
      kind: CapacityKind.BLOCK,
      nodeGroupCapacityType: "CAPACITY_BLOCK",
      marketType: "capacity-block",
      instanceTypePlace: InstanceTypePlace.LAUNCH_TEMPLATE,
      reservationTarget: { reservationId: "cr-0123456789abcdef0" },
      zone: "us-east-1a",
      placementGroupName: undefined,
      mayHavePlacementGroup: false,
      karpenterCapacityType: KarpenterCapacityType.RESERVED,
      nodes: undefined,
      window: {
        start: "2026-12-01T11:30:00Z",
        drainFrom: "2026-12-08T10:50:00Z",
        reclaimFrom: "2026-12-08T11:00:00Z",
        end: "2026-12-08T11:30:00Z",
      },
    });
    expect(profile).toMatchObject({ capacityKind: CapacityKind.BLOCK, capacityWindow: decided.window, minNodes: 0 });
  });

  test("leaves an UltraServer an hour to go", () => {
    const window = capacityWindow(WINDOW, true, "pool");
    expect(window).toMatchObject({ drainFrom: "2026-12-08T10:20:00Z", reclaimFrom: "2026-12-08T10:30:00Z" });
  });

  test.each([
    ["p6e-gb200.36xlarge", "10:30"],
    ["trn2u.48xlarge", "10:30"],
    ["trn2.48xlarge", "11:00"],
    ["p6-b200.48xlarge", "11:00"],
    // Names of families that hold the letters of an UltraServer's, and are none.
    ["gp6e.48xlarge", "11:00"],
    ["xtrn2u.48xlarge", "11:00"],
  ])("is of UltraServers by the family of its type: %s goes at %s", (instanceType, time) => {
    const specification = { ...(INSTANCE_TYPES["p5.48xlarge"] as InstanceTypeSpec), instanceType };
    const { window } = resolve({ instanceType, specification, capacity }).capacity;
    expect(window?.reclaimFrom).toBe(`2026-12-08T${time}:00Z`);
  });

  test("keeps no floor of nodes, which could not start before it does", () => {
    const floor = { capacity, minNodes: 1, acceptHourlyCost: 100 };
    expect(() => resolve(floor)).toRefuse("CAPACITY_CONFLICT", { path: "stack/train.minNodes", got: 1 });
  });

  test.each([
    [{ start: "2026-12-01", end: "2026-12-08T11:30:00Z" }, "stack/train.capacity.window.start"],
    [{ start: "2026-12-01T11:30:00Z", end: "2026-12-08T11:30:00+01:00" }, "stack/train.capacity.window.end"],
    [{ start: "2026-11-31T11:30:00Z", end: "2026-12-08T11:30:00Z" }, "stack/train.capacity.window.start"],
    [{ start: "2026-12-08T11:30:00Z", end: "2026-12-01T11:30:00Z" }, "stack/train.capacity.window"],
    [{ start: "2026-12-01T11:30:00Z", end: "2026-12-01T12:10:00Z" }, "stack/train.capacity.window"],
  ])("refuses the window %j", (window, path) => {
    const strange = Capacity.block("cr-0123456789abcdef0", "us-east-1a", window);
    expect(() => resolve({ capacity: strange })).toRefuse("CAPACITY_WINDOW_INVALID", { path });
  });

  test("may be a minute longer than its drain time", () => {
    const window = { start: "2026-12-01T11:30:00Z", end: "2026-12-01T12:11:00Z" };
    const short = Capacity.block("cr-0123456789abcdef0", "us-east-1a", window);
    expect(resolve({ capacity: short }).capacity.window?.drainFrom).toBe("2026-12-01T11:31:00Z");
  });
});

describe("a reservation", () => {
  test("made in a placement group starts its nodes there, and is the pool's no further", () => {
    const options = { placementGroupName: "reserved-p5" };
    const pool = resolve({ capacity: Capacity.reservation("cr-0123456789abcdef0", "us-east-1a", options) });
    expect(pool.placement).toBe(Placement.NONE);
    expect(pool.capacity).toMatchObject({
      placementGroupName: "reserved-p5",
      nodeGroupCapacityType: "ON_DEMAND",
      instanceTypePlace: InstanceTypePlace.NODE_GROUP,
      karpenterCapacityType: KarpenterCapacityType.RESERVED,
    });
    expect(pool.capacity.marketType).toBeUndefined();
  });
});

describe("static capacity", () => {
  test("is a number of nodes that are always there", () => {
    const pool = resolve({ capacity: Capacity.static(3), maxNodes: undefined, acceptHourlyCost: 166, ...inOneZone });
    expect(pool).toMatchObject({ minNodes: 3, maxNodes: 3, desiredNodes: 3 });
    expect(pool.profile).toMatchObject({ minNodes: 3, maxNodes: 3, capacityKind: CapacityKind.ON_DEMAND });
  });

  test("refuses another number beside it, and its cost until it is accepted", () => {
    const capacity = Capacity.static(3);
    expect(() => resolve({ capacity, ...inOneZone })).toRefuse("POOL_SIZE_INVALID", { path: "stack/train" });
    const given = { capacity, maxNodes: 3, minNodes: 1, acceptHourlyCost: 166, ...inOneZone };
    expect(() => resolve(given)).toRefuse("POOL_SIZE_INVALID");
    expect(() => resolve({ capacity, maxNodes: 3, ...inOneZone })).toRefuse("HOURLY_COST_NOT_ACCEPTED");
    expect(() => resolve({ capacity: Capacity.static(0), maxNodes: undefined })).toRefuse("POOL_SIZE_INVALID");
  });

  test("is the only one that needs no maxNodes", () => {
    expect(() => resolve({ maxNodes: undefined, ...inOneZone })).toRefuse("POOL_SIZE_INVALID");
  });
});
