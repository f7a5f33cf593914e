import { CapacityKind } from "cdktf-ai-datacenter/contracts";
import { checkBlock } from "../../../lib/cli/preflight/checks/block";
import { checkGroup, usableFor } from "../../../lib/cli/preflight/checks/group";
import { checkIdentity } from "../../../lib/cli/preflight/checks/identity";
import { checkOffering } from "../../../lib/cli/preflight/checks/offering";
import { checkQuota, quotaNeeds, unknownQuota } from "../../../lib/cli/preflight/checks/quota";
import { checkReservation } from "../../../lib/cli/preflight/checks/reservation";
import type { Reservation } from "../../../lib/cli/preflight/cloud";
import { ACCOUNT, BLOCK, block, GROUP, ID, NOW, pool, REGION, RESERVED, reservation, WINDOW, ZONE } from "./fixtures";

describe("identity", () => {
  test("passes the account that the provider takes", () => {
    expect(checkIdentity(ACCOUNT, { accounts: ["210987654321", ACCOUNT] })).toMatchObject({ status: "ok", pools: [] });
  });

  test("warns where the provider takes any", () => {
    expect(checkIdentity(ACCOUNT, { accounts: [] })).toMatchObject({
      status: "warning",
      message: expect.stringContaining("account 123456789012; the provider states no allowed_account_ids") as string,
    });
  });

  test("ends everything in another account", () => {
    expect(() => checkIdentity("210987654321", { accounts: [ACCOUNT] })).toThrow(
      "the credentials are of account 210987654321, and the stage deploys to 123456789012",
    );
  });
});

describe("offering", () => {
  test("passes a type that all zones have", () => {
    expect(checkOffering(pool(), [ZONE, "us-east-1b"], REGION)).toEqual({
      check: "offering",
      pools: ["training"],
      status: "ok",
      message: "p5.48xlarge is offered in us-east-1a",
    });
  });

  test("names the zones that have it when one has not", () => {
    const two = pool("training", { zones: [ZONE, "us-east-1b"] });
    expect(checkOffering(two, ["us-east-1c", ZONE], REGION)).toMatchObject({
      status: "trouble",
      message: "p5.48xlarge is not offered in us-east-1b, but in us-east-1a, us-east-1c",
      remedy: "Choose one of these zones.",
    });
    expect(checkOffering(two, [], REGION)).toMatchObject({
      message: "p5.48xlarge is not offered in us-east-1a, us-east-1b, but in no zone of us-east-1",
      remedy: "Choose another region or type.",
    });
  });

  test.each([RESERVED, BLOCK])("leaves the last word to a reservation: %j", (more) => {
    expect(checkOffering(pool("training", more), [], REGION).status).toBe("warning");
  });
});

describe("quota", () => {
  const need = (...pools: ReturnType<typeof pool>[]) => quotaNeeds(pools)[0] as ReturnType<typeof quotaNeeds>[number];
  const limit = (value: number) => ({ value, isDefault: false });

  test("takes all pools together that count against it, and no others", () => {
    const spot = pool("cheap", { capacityKind: CapacityKind.SPOT, quotaCode: "L-7212CCBC", quotaName: "Spot" });
    const needs = quotaNeeds([pool("a"), spot, pool("b"), pool("c", { quotaCode: undefined })]);
    expect(needs.map(({ code, name, pools }) => [code, name, pools.map((one) => one.name)])).toEqual([
      ["L-417A185B", "Running On-Demand P instances", ["a", "b"]],
      ["L-7212CCBC", "Spot", ["cheap"]],
    ]);
  });

  test("passes when all nodes fit beside what runs, and tells the numbers", () => {
    expect(checkQuota(need(pool()), limit(1152), { used: 384, own: 0 })).toEqual({
      check: "quota",
      pools: ["training"],
      status: "ok",
      message: "Running On-Demand P instances (L-417A185B): limit 1152, used 384, free 768, needed 768 vCPUs",
      figures: { limit: 1152, used: 384, own: 0, free: 768, needed: 768 },
    });
  });

  test("warns when they fit only without the others", () => {
    expect(checkQuota(need(pool()), limit(1151), { used: 384, own: 0 })).toMatchObject({
      status: "warning",
      remedy: expect.stringContaining("Others use 384: the last nodes may not start. Ask for 1152 vCPUs") as string,
    });
  });

  test("does not count the stage's own nodes twice", () => {
    const found = checkQuota(need(pool()), limit(768), { used: 768, own: 768 });
    expect(found).toMatchObject({ status: "ok", figures: { free: 0 } });
    expect(found.message).toContain("used 768, 768 of them by this stage, free 0");
  });

  test("is trouble when they fit in no case: two pools that would each fit do not fit together", () => {
    const two = need(pool("a"), pool("b"));
    expect(checkQuota(two, limit(768), { used: 0, own: 0 })).toMatchObject({
      pools: ["a", "b"],
      status: "trouble",
      message: expect.stringContaining("limit 768, used 0, free 768, needed 1536") as string,
      remedy: "Ask for 1536 vCPUs or more in Service Quotas, or lower maxNodes.",
    });
  });

  test("says when the limit is only what AWS gives everybody", () => {
    const found = checkQuota(need(pool()), { value: 0, isDefault: true }, { used: 0, own: 0 });
    expect(found.message).toContain("limit 0 (AWS's default)");
  });

  test("tells what it did not look at", () => {
    expect(checkQuota(need(pool()), undefined, { used: 0, own: 0 })).toMatchObject({
      status: "warning",
      message: expect.stringMatching(/^not looked at: Service Quotas knows no L-417A185B /) as string,
    });
    expect(unknownQuota(pool("cheap", { capacityKind: CapacityKind.SPOT, quotaCode: undefined }))).toMatchObject({
      status: "warning",
      message: "not looked at: the catalog names no quota of p5.48xlarge by spot",
    });
  });
});

const FULL = { wanted: 4, running: 0 };

describe("reservation", () => {
  const check = (found: Partial<Reservation>, more = {}, demand = FULL) => {
    const reserved = pool("training", { ...RESERVED, ...more });
    return checkReservation({ pool: reserved, reservation: reservation(found) }, demand, NOW);
  };

  test("passes one that takes all nodes", () => {
    expect(check({})).toEqual({
      check: "reservation",
      pools: ["training"],
      status: "ok",
      message: `${ID} (active): 4 of 4 x p5.48xlarge free in us-east-1a`,
      figures: { total: 4, available: 4 },
    });
    expect(check({ placementGroupName: "close" }, { placementGroupName: "close" }).status).toBe("ok");
  });

  test.each<[string, Partial<Reservation>, object]>([
    ["is of p5en.48xlarge, not of p5.48xlarge", { instanceType: "p5en.48xlarge" }, {}],
    ["lies in us-east-1b, and the pool in us-east-1a", { zone: "us-east-1b" }, {}],
    ["lies in us-east-1a, and the pool in us-east-1a, us-east-1b", {}, { zones: [ZONE, "us-east-1b"] }],
    ["is for Windows, and nodes are Linux/UNIX", { platform: "Windows" }, {}],
    ["has dedicated tenancy", { tenancy: "dedicated" }, {}],
    ["takes no nodes any more", { state: "cancelled" }, {}],
    ["takes no nodes any more", { state: "expired" }, {}],
    ["was made in the placement group close, and the pool names none", { placementGroupName: "close" }, {}],
    [
      "was made in the placement group close, and the pool names far",
      { placementGroupName: "close" },
      { placementGroupName: "far" },
    ],
    ["was made in no placement group, and the pool names far", {}, { placementGroupName: "far" }],
    ["holds 3 instances, and maxNodes add up to 4", { total: 3, available: 3 }, {}],
  ])("is trouble: it %s", (text, found, more) => {
    const finding = check(found, more);
    expect(finding.status).toBe("trouble");
    expect(finding.message).toContain(`; it ${text}`);
  });

  test.each<[string, Partial<Reservation>]>([
    [
      "takes nobody before 2026-12-01T00:00:00Z",
      { state: "scheduled", available: 0, start: new Date("2026-12-01T00:00:00Z") },
    ],
    ["has 1 of 4 instances free, and maxNodes add up to 4", { available: 1 }],
    ["ends in 6 days; nodes then go on at the on-demand price", { end: new Date("2026-12-02T11:59:00Z") }],
    ["is open: any instance of the account that matches takes a place in it", { matchCriteria: "open" }],
  ])("is worth a warning: it %s", (text, found) => {
    const finding = check(found);
    expect(finding.status).toBe("warning");
    expect(finding.message).toContain(`; it ${text}`);
  });

  test("lets a far end pass, and states it", () => {
    const finding = check({ end: new Date("2026-12-02T12:00:00Z") });
    expect(finding.status).toBe("ok");
    expect(finding.message).toMatch(/, until 2026-12-02T12:00:00Z$/);
  });

  test("does not take the stage's own nodes for others", () => {
    expect(check({ available: 1 }, {}, { wanted: 4, running: 3 }).status).toBe("ok");
    const finding = check({ available: 1 }, {}, { wanted: 4, running: 2 });
    expect(finding.message).toContain("has 1 of 4 instances free beside 2 nodes of this stage");
  });

  test("tells the whole remedy of a Capacity Block, and nothing else", () => {
    const found = block({ instanceType: "p5en.48xlarge" });
    expect(checkReservation({ pool: pool("training", RESERVED), reservation: found }, FULL, NOW)).toMatchObject({
      status: "trouble",
      message: expect.stringMatching(/; it is a Capacity Block, [^;]*$/) as string,
      remedy: `Use Capacity.block("${ID}", "us-east-1a", { start: "${WINDOW.start}", end: "${WINDOW.end}" }).`,
    });
  });
});

describe("block", () => {
  const check = (found: Partial<Reservation>, demand = FULL) =>
    checkBlock({ pool: pool("sprint", BLOCK), reservation: block(found) }, demand, NOW);

  test.each([
    ["scheduled", 0, "4 x p5.48xlarge"],
    ["active", 4, "4 of 4 x p5.48xlarge free"],
  ])("passes one that is %s", (state, available, count) => {
    expect(check({ state, available })).toEqual({
      check: "block",
      pools: ["sprint"],
      status: "ok",
      message: `${ID} (${state}): ${count} in us-east-1a, ${WINDOW.start} to ${WINDOW.end}`,
      figures: { total: 4, available },
    });
  });

  test.each<[string, Partial<Reservation>]>([
    ["is of p5en.48xlarge", { instanceType: "p5en.48xlarge" }],
    ["lies in us-east-1b", { zone: "us-east-1b" }],
    ["holds 2 instances, and maxNodes add up to 4", { total: 2 }],
    ["takes no nodes any more", { state: "payment-failed" }],
    ["takes no nodes any more", { state: "active", end: NOW }],
    [
      "runs from 2026-12-02T11:30:00Z to 2026-12-08T11:30:00Z, and the pool states 2026-12-01T11:30:00Z",
      { start: new Date("2026-12-02T11:30:00Z") },
    ],
    ["runs from 2026-12-01T11:30:00Z to a time that EC2 does not state", { end: undefined }],
  ])("is trouble: it %s", (text, found) => {
    const finding = check(found);
    expect(finding.status).toBe("trouble");
    expect(finding.message).toContain(`; it ${text}`);
  });

  test("gives the window that EC2 states", () => {
    expect(check({ end: new Date("2026-12-09T11:30:00Z") }).remedy).toBe(
      'Give Capacity.block the window { start: "2026-12-01T11:30:00Z", end: "2026-12-09T11:30:00Z" }.',
    );
  });

  test("warns of a block that is not paid yet, and of one that others run in", () => {
    expect(check({ state: "payment-pending" }).status).toBe("warning");
    expect(check({ state: "active", available: 3 })).toMatchObject({
      status: "warning",
      message: expect.stringContaining("has 3 of 4 instances free") as string,
    });
  });

  test("is trouble when the pool names an On-Demand Capacity Reservation", () => {
    const finding = checkBlock({ pool: pool("sprint", BLOCK), reservation: reservation() }, FULL, NOW);
    expect(finding).toMatchObject({ status: "trouble", remedy: `Use Capacity.reservation("${ID}", "us-east-1a").` });
  });
});

describe("resource group", () => {
  const grouped = pool("training", { ...RESERVED, reservation: GROUP });
  const check = (members: Reservation[], hidden: string[] = [], demand = FULL) =>
    checkGroup({ pool: grouped, members, hidden }, demand);
  const other = reservation({ id: "cr-1", zone: "us-east-1b" });

  test("counts what fits in it", () => {
    const two = [reservation({ total: 2, available: 2 }), reservation({ id: "cr-2", total: 2, available: 2 }), other];
    expect(check(two)).toEqual({
      check: "reservation",
      pools: ["training"],
      status: "ok",
      message: `${GROUP}: 2 of 3 reservations fit, 4 of 4 instances free`,
      figures: { total: 4, available: 4 },
    });
  });

  test("is trouble when nothing fits", () => {
    expect(check([other])).toMatchObject({
      status: "trouble",
      message: expect.stringContaining(
        "it holds nothing that takes the nodes: cr-1 (default, active, p5.48xlarge, us-east-1b)",
      ) as string,
    });
    expect(check([]).message).toContain("it is empty");
  });

  test("warns when the rest would start on demand, when others run in it, and of what it cannot see", () => {
    expect(check([reservation({ total: 3, available: 3 })]).message).toContain(
      "the others start on demand, if EC2 has any",
    );
    expect(check([reservation({ available: 3 })])).toMatchObject({ status: "warning" });
    expect(check([reservation()], ["cr-9"])).toMatchObject({
      status: "warning",
      message: expect.stringContaining("it also holds cr-9, not looked at") as string,
    });
  });

  test("counts reservations of the pool's placement group only, if it names one", () => {
    const close = reservation({ id: "cr-3", placementGroupName: "close" });
    const named = pool("training", { ...RESERVED, reservation: GROUP, placementGroupName: "close" });
    expect(usableFor(named, [reservation(), close])).toEqual([close]);
    expect(usableFor(grouped, [reservation(), close])).toHaveLength(2);
  });

  test("counts no blocks and nothing that is over", () => {
    expect(usableFor(grouped, [block({ state: "active" }), reservation({ state: "expired" })])).toEqual([]);
  });
});
