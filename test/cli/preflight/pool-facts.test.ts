import { readPoolFacts, UnreadableFacts } from "../../../lib/cli/preflight/pool-facts";
import { BLOCK, facts, RESERVED, stackJson, WINDOW } from "./fixtures";

const read = (pools: unknown) => readPoolFacts(stackJson(pools as Record<string, unknown>) as Record<string, unknown>);

test("reads every pool as it stands", () => {
  const pools = { training: facts({ placementGroupName: "close", ...RESERVED }), sprint: facts(BLOCK) };
  expect(read(pools)).toEqual([
    { name: "training", facts: pools.training },
    { name: "sprint", facts: pools.sprint },
  ]);
});

test.each([[{}], [{ "//": { metadata: {} } }], [{ "//": "a comment" }], [{ "//": { aidc: {} } }]])(
  "finds no pools in a stack that tells of none: %j",
  (json) => {
    expect(readPoolFacts(json)).toEqual([]);
  },
);

const { instanceType, ...nameless } = facts();

test.each<[string, unknown]>([
  [".training.instanceType: got nothing; allowed: a string that is not empty", nameless],
  [`.training.instanceType: got ["${instanceType}"]`, { ...facts(), instanceType: [instanceType] }],
  [".training.vcpusPerNode: got 0", facts({ vcpusPerNode: 0 })],
  [".training.minNodes: got -1", facts({ minNodes: -1 })],
  ['.training.maxNodes: got "${var.nodes}"; allowed: a whole number from 0', { ...facts(), maxNodes: "${var.nodes}" }],
  [".training.maxNodes: got 1.5", facts({ maxNodes: 1.5 })],
  [".training.maxNodes: got 1; allowed: at least minNodes, 2", facts({ minNodes: 2, maxNodes: 1 })],
  [".training.zones: got []", facts({ zones: [] })],
  ['.training.zones: got "us-east-1a"', { ...facts(), zones: "us-east-1a" }],
  [
    '.training.capacityKind: got "free"; allowed: on-demand, spot, reservation, block',
    { ...facts(), capacityKind: "free" },
  ],
  [".training.reservation: got nothing; allowed: an id", { ...facts(RESERVED), reservation: undefined }],
  ['.training.reservation: got "cr-1"', facts({ reservation: "cr-1" })],
  [".training.window: got nothing", { ...facts(BLOCK), window: undefined }],
  [".training.window: got", facts({ window: WINDOW })],
  [".training.window: got", facts({ ...BLOCK, window: { ...WINDOW, end: "next week" } })],
  [".training.window: got", { ...facts(BLOCK), window: { ...WINDOW, until: WINDOW.end } }],
  [".training.quotaCode: got 5", { ...facts(), quotaCode: 5 }],
  ['.training.colour: got "red"; allowed: a fact that this release knows', { ...facts(), colour: "red" }],
  [".training: got null", null],
])("refuses what this release does not write: %s", (message, training) => {
  expect(() => read({ training })).toThrow(UnreadableFacts);
  expect(() => read({ training })).toThrow(`"//".aidc.pools${message}`);
});

test("refuses pools that are no pools", () => {
  expect(() => read(["training"])).toThrow('"//".aidc.pools: got ["training"]; allowed: pools by their names');
});
