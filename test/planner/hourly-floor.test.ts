import { hourlyFloor, nodeUsdPerHour } from "cdktf-ai-datacenter/planner";

const nothing = { clusters: 0, natGateways: 0, interfaceEndpoints: 0, zones: 3, nodes: [] };

test("counts endpoints by zone, and each NAT gateway with its address", () => {
  const floor = hourlyFloor({ ...nothing, clusters: 1, natGateways: 3, interfaceEndpoints: 2 });
  expect(floor.lines.map(({ name, count }) => [name, count])).toEqual([
    ["EKS control plane", 1],
    ["NAT gateway", 3],
    ["public address of a NAT gateway", 3],
    ["interface endpoint, each zone", 6],
  ]);
  expect(floor.usdPerHour).toBeCloseTo(0.1 + 3 * 0.05 + 6 * 0.01);
});

test("prices floor nodes from the catalog or as told, and names those without a price", () => {
  const floor = hourlyFloor({
    ...nothing,
    nodes: [
      { name: "a", instanceType: "p5.48xlarge", nodes: 2 },
      { name: "b", instanceType: "p5e.48xlarge", nodes: 1 },
      { name: "c", instanceType: "p5e.48xlarge", nodes: 1, usdPerNodeHour: 40 },
      { name: "d", instanceType: "p5.48xlarge", nodes: 0 },
    ],
  });
  expect(floor.usdPerHour).toBeCloseTo(2 * 55.04 + 40);
  expect(floor.unpriced).toEqual(["b (p5e.48xlarge)"]);
  expect(floor.lines).toHaveLength(3);
});

test("knows no price of what EC2 does not list", () => {
  expect(nodeUsdPerHour("p5e.48xlarge")).toBeUndefined();
  expect(nodeUsdPerHour("m7i.large")).toBe(0.1008);
});

test("dates every price that is ours", () => {
  const nodes = [
    { name: "a", instanceType: "p5.48xlarge", nodes: 1 },
    { name: "b", instanceType: "m7i.large", nodes: 1 },
    { name: "c", instanceType: "p5e.48xlarge", nodes: 1, usdPerNodeHour: 40 },
  ];
  const { lines } = hourlyFloor({ ...nothing, clusters: 1, natGateways: 1, interfaceEndpoints: 1, nodes });
  const dated = lines.map(({ priceDate }) => /^\d{4}-\d\d-\d\d$/.test(priceDate ?? ""));
  expect(dated).toEqual([true, true, true, true, true, true, false]);
});
