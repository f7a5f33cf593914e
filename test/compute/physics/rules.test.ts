import { checkPool, lintPool, PHYSICS_RULES, type PoolDesign } from "cdktf-ai-datacenter/compute";
import { ERROR_CODES, type ErrorCode, WARNINGS, type WarningId } from "cdktf-ai-datacenter/core";
import "cdktf-ai-datacenter/testing/jest";

/** Every refusal of the physics rules, in the order in which the rules are judged. */
const REFUSALS: readonly ErrorCode[] = [
  "INTERFACE_DUPLICATE",
  "PRIMARY_INTERFACE_MISSING",
  "EFA_ONLY_PRIMARY",
  "EFA_TWICE_ON_CARD",
  "EFA_UNSUPPORTED",
  "DEVICE_INDEX_BEYOND_CARD",
  "PUBLIC_ADDRESS_UNAVAILABLE",
  "TEMPLATE_NAMES_SUBNET",
  "TEMPLATE_GROUPS_MISPLACED",
  "EFA_GROUP_CLOSED",
  "CAPACITY_KIND_UNSUPPORTED",
  "CAPACITY_CONFLICT",
  "MARKET_TYPE_CONFLICT",
  "BLOCK_LISTS_TYPES",
  "PLACEMENT_GROUP_FOREIGN",
  "EFA_SPANS_ZONES",
  "PLACEMENT_GROUP_SPANS_ZONES",
  "LUSTRE_EFA_BEYOND_ZONE",
  "SUBNET_TOO_SMALL",
  "MAX_PODS_BEYOND_ADDRESSES",
  "CNI_TOO_OLD",
  "PLUGIN_TOO_OLD",
  "PLUGIN_CONFLICT",
  "DRIVER_TOO_OLD",
  "IMAGE_RELEASE_BROKEN",
  "TOPOLOGY_LAYER_UNKNOWN",
];
const WARNED: readonly WarningId[] = ["FABRIC_MISSING", "SPOT_GANG_WITHOUT_CHECKPOINTS"];

const CASES = PHYSICS_RULES.map((rule) => ({ ...rule, rule }));

/** Designs of all rules, that a rule of another kind must not stumble over. */
const DESIGNS: readonly PoolDesign[] = PHYSICS_RULES.flatMap(({ bad, good }) => [bad, good]);

describe("each rule", () => {
  test.each(CASES)("$code: finds its own bad example first, and nothing in the good one", ({ rule, bad, good }) => {
    expect(lintPool(bad)[0]?.rule).toBe(rule);
    expect(lintPool(good)).toEqual([]);
  });

  test.each(CASES)("$code: tells law, source and correction", ({ code, law, source, correction }) => {
    expect(law).toMatch(/^[A-Z].+\.$/);
    expect(source.text).toMatch(/\S.{10,}/);
    expect(source.date).toMatch(/^20\d\d-(0[1-9]|1[0-2])(-([0-2]\d|3[01]))?$/);
    expect(correction).toMatch(/^\S.+[^.]$/);
    expect({ ...ERROR_CODES, ...WARNINGS }).toHaveProperty(code);
  });

  test.each(CASES)("$code: says what is allowed, of a property", ({ rule, bad }) => {
    const { property, allowed } = rule.check(bad) ?? { property: "", allowed: "" };
    expect(property).toMatch(/^[a-z][A-Za-z]+(\.[a-z][A-Za-z]+)?$/);
    expect(allowed).toMatch(/^\S.+[^.]$/);
    expect(allowed).not.toMatch(/undefined|NaN|\[object/);
  });

  test.each(CASES)("$code: never throws, and judges a design the same each time", ({ rule }) => {
    for (const design of DESIGNS) expect(rule.check(design)).toEqual(rule.check(design));
  });
});

describe("checkPool", () => {
  test("knows each code of the rules", () => {
    expect([...new Set(PHYSICS_RULES.map(({ code }) => code))]).toEqual([...REFUSALS, ...WARNED]);
  });

  test.each(REFUSALS)("refuses the bad examples of %s, and names property and source", (code) => {
    for (const rule of PHYSICS_RULES.filter((one) => one.code === code)) {
      const property = rule.check(rule.bad)?.property ?? "";
      expect(() => checkPool(rule.bad, "lab/train")).toRefuse(code, { path: `lab/train.${property}` });
      expect(() => checkPool(rule.bad, "lab/train")).toThrow(rule.source.text);
    }
  });

  test.each(WARNED)("warns of %s, and refuses nothing", (id) => {
    for (const rule of PHYSICS_RULES.filter(({ code }) => code === id)) {
      const [warning, ...more] = checkPool(rule.bad, "lab/train");
      expect(more).toEqual([]);
      expect(warning).toMatchObject({ id });
      expect(warning?.message).toContain(`[${id}] lab/train.`);
    }
  });

  test("passes what no rule finds anything in", () => {
    for (const { good } of PHYSICS_RULES) expect(checkPool(good, "lab/train")).toEqual([]);
  });
});
