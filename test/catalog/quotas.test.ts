import { CapacityKind, INSTANCE_TYPES, vcpuQuotaOf } from "cdktf-ai-datacenter/catalog";

// As the quotas page of the EC2 instance types guide names them.
test.each([
  ["p5.48xlarge", CapacityKind.ON_DEMAND, "L-417A185B", "Running On-Demand P instances"],
  ["p6-b300.48xlarge", CapacityKind.ON_DEMAND, "L-417A185B", "Running On-Demand P instances"],
  ["g6e.xlarge", CapacityKind.ON_DEMAND, "L-DB2E81BA", "Running On-Demand G and VT instances"],
  ["vt1.3xlarge", CapacityKind.ON_DEMAND, "L-DB2E81BA", "Running On-Demand G and VT instances"],
  ["vt1.3xlarge", CapacityKind.SPOT, "L-3819A6DF", "All G and VT Spot Instance Requests"],
  ["inf2.xlarge", CapacityKind.ON_DEMAND, "L-1945791B", "Running On-Demand Inf instances"],
  ["trn1.32xlarge", CapacityKind.ON_DEMAND, "L-2C3B7624", "Running On-Demand Trn instances"],
  ["dl2q.24xlarge", CapacityKind.ON_DEMAND, "L-6E869C2A", "Running On-Demand DL instances"],
  ["p5.48xlarge", CapacityKind.RESERVATION, "L-417A185B", "Running On-Demand P instances"],
  ["p4de.24xlarge", CapacityKind.SPOT, "L-7212CCBC", "All P4, P3 and P2 Spot Instance Requests"],
  ["p5.48xlarge", CapacityKind.BLOCK, "L-DA6814F2", "Concurrent P5 Capacity Blocks per account"],
  ["p5en.48xlarge", CapacityKind.BLOCK, "L-4F9BB70B", "Concurrent P5en Capacity Blocks per account"],
  ["trn2.48xlarge", CapacityKind.BLOCK, "L-64569A79", "Concurrent Trn2 Capacity Blocks per account"],
  ["g6e.xlarge", CapacityKind.SPOT, "L-3819A6DF", "All G and VT Spot Instance Requests"],
  ["inf2.xlarge", CapacityKind.SPOT, "L-B5D1601B", "All Inf Spot Instance Requests"],
  ["trn1.32xlarge", CapacityKind.SPOT, "L-6B0D517C", "All Trn Spot Instance Requests"],
  ["dl2q.24xlarge", CapacityKind.SPOT, "L-85EED4F7", "All DL Spot Instance Requests"],
])("%s as %s counts against %s", (instanceType, kind, code, name) => {
  const quota = vcpuQuotaOf(instanceType, kind);
  expect(quota).toMatchObject({ code, name });
  expect(quota?.source.date).toMatch(/^\d{4}/);
});

test("a Capacity Block never counts against an on-demand quota", () => {
  for (const instanceType of Object.keys(INSTANCE_TYPES)) {
    const onDemand = vcpuQuotaOf(instanceType, CapacityKind.ON_DEMAND);
    const block = vcpuQuotaOf(instanceType, CapacityKind.BLOCK);
    if (block) expect(block.code).not.toBe(onDemand?.code);
  }
});

// Sources disagree, or the page lists none.
test.each([
  ["p5.48xlarge", CapacityKind.SPOT],
  ["p6-b200.48xlarge", CapacityKind.SPOT],
  ["p4de.24xlarge", CapacityKind.BLOCK],
  ["p6-b300.48xlarge", CapacityKind.BLOCK],
  ["g6e.xlarge", CapacityKind.BLOCK],
  ["gr6.4xlarge", CapacityKind.ON_DEMAND],
  ["u-p5.48xlarge", CapacityKind.ON_DEMAND],
  ["metal", CapacityKind.ON_DEMAND],
])("knows no quota of %s as %s", (instanceType, kind) => {
  expect(vcpuQuotaOf(instanceType, kind)).toBeUndefined();
});

test("knows the on-demand quota of every type of the catalog but GR6, whose letters no quota names", () => {
  const unknown = Object.keys(INSTANCE_TYPES).filter((name) => !vcpuQuotaOf(name, CapacityKind.ON_DEMAND));
  expect(unknown).toEqual(["gr6.4xlarge", "gr6.8xlarge"]);
});

test.each(["m7i.large", "constructor.large", "", "48xlarge"])("knows no quota for %j", (instanceType) => {
  for (const kind of Object.values(CapacityKind)) expect(vcpuQuotaOf(instanceType, kind)).toBeUndefined();
});
