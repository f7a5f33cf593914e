import { CapacityKind } from "cdktf-ai-datacenter/contracts";
import { CloudFailure } from "../../../lib/cli/preflight/cloud";
import { type QuotaQuestion, quotaUse } from "../../../lib/cli/preflight/quota-use";
import { ACCOUNT, BLOCK, block, cloud, facts, ID, instance, pool, RESERVED, reservation } from "./fixtures";

const STAGE = { Stage: "prod" };
const P = "L-417A185B";

function use(question: Partial<QuotaQuestion>, vcpus: Record<string, number> = {}) {
  const rest = { code: P, stage: "prod", account: ACCOUNT, pools: [pool()], instances: [], reservations: [] };
  const asked = jest.fn(() => Promise.resolve(new Map(Object.entries(vcpus))));
  return { use: quotaUse({ ...rest, ...question }, cloud({ vcpus: asked })), asked };
}

test("counts on-demand instances of the quota's families, and those of the stage apart", async () => {
  const instances = [
    instance(),
    instance({ instanceType: "p4d.24xlarge", tags: STAGE }),
    instance({ instanceType: "g6e.48xlarge" }),
    instance({ instanceType: "m5.large", tags: STAGE }),
    instance({ lifecycle: "spot" }),
    instance({ lifecycle: "capacity-block" }),
    instance({ tenancy: "host" }),
  ];
  const { use: found, asked } = use({ instances });
  expect(await found).toEqual({ used: 192 + 96, own: 96 });
  expect(asked).not.toHaveBeenCalled();
});

test("takes the vCPUs that an instance was started with over those of its type", async () => {
  expect(await use({ instances: [instance({ vcpus: 96 })] }).use).toEqual({ used: 96, own: 0 });
});

test("asks EC2 once for the types that the catalog does not know", async () => {
  const instances = [
    instance({ instanceType: "p3.2xlarge" }),
    instance({ instanceType: "p3.2xlarge" }),
    instance({ instanceType: "p99.large" }),
  ];
  const { use: found, asked } = use({ instances }, { "p3.2xlarge": 8, "p99.large": 2 });
  expect(await found).toEqual({ used: 18, own: 0 });
  expect(asked.mock.calls).toEqual([[["p3.2xlarge", "p99.large"]]]);
  await expect(use({ instances }, { "p3.2xlarge": 8 }).use).rejects.toThrow(CloudFailure);
});

test("counts what reservations hold free, and as the stage's own what its pools will take of it", async () => {
  const reservations = [
    reservation({ available: 3 }),
    reservation({ id: "cr-1", available: 1 }),
    reservation({ id: "cr-2", owner: "210987654321" }),
    reservation({ id: "cr-3", state: "expired" }),
    reservation({ id: "cr-4", instanceType: "g6e.48xlarge" }),
    block({ id: "cr-5", state: "active", available: 4 }),
  ];
  const pools = [pool(), pool("reserved", { ...RESERVED, maxNodes: 2 })];
  expect(await use({ pools, reservations }).use).toEqual({ used: 4 * 192, own: 2 * 192 });
});

test("counts Spot instances for a quota of Spot instances", async () => {
  const cheap = { name: "cheap", facts: facts({ capacityKind: CapacityKind.SPOT, instanceType: "g6e.48xlarge" }) };
  const instances = [
    instance({ instanceType: "g6e.48xlarge", lifecycle: "spot" }),
    instance({ instanceType: "g6e.48xlarge" }),
  ];
  expect(await use({ code: "L-3819A6DF", pools: [cheap], instances }).use).toEqual({ used: 192, own: 0 });
});

test("counts the blocks of the family that run at the same time", async () => {
  const reservations = [
    block(),
    block({ id: "cr-1", end: new Date("2026-12-02T11:30:00Z"), start: new Date("2026-11-01T11:30:00Z"), total: 1 }),
    block({ id: "cr-2", start: new Date("2026-12-08T11:30:00Z"), end: new Date("2026-12-10T11:30:00Z") }),
    block({ id: "cr-3", instanceType: "p5en.48xlarge" }),
    block({ id: "cr-4", state: "payment-failed" }),
    reservation({ id: "cr-5" }),
  ];
  const pools = [pool("sprint", BLOCK)];
  expect(pools[0]?.facts.reservation).toBe(ID);
  expect(await use({ code: "L-DA6814F2", pools, reservations }).use).toEqual({ used: 5 * 192, own: 4 * 192 });
});
