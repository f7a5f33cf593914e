import { compareVersions } from "cdktf-ai-datacenter/catalog";
import * as fc from "fast-check";

const version = fc.array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 5 });

test.each([
  ["1.9", "1.10", -1],
  ["1.10.0", "1.9.9", 1],
  ["1.6", "1.6.0", 0],
  ["v0.5.10", "0.5.9", 1],
  ["v1.22.4-eksbuild.3", "1.22.4", 0],
  ["5.74.0+build", "v5.74", 0],
  ["2", "10", -1],
])("compares %s with %s as %i", (a, b, order) => {
  expect(compareVersions(a, b)).toBe(order);
});

test.each(["", "latest", "1.x", "1..2", ".1", "1.", "v", "vv1", " 1", "1.2 3"])("refuses %j", (wrong) => {
  expect(() => compareVersions(wrong, "1")).toThrow(RangeError);
  expect(() => compareVersions("1", wrong)).toThrow(/is no dotted version/);
});

test("is an order: the same forwards and backwards, and transitive", () => {
  fc.assert(
    fc.property(version, version, version, (x, y, z) => {
      const [a, b, c] = [x.join("."), y.join("."), z.join(".")];
      expect(compareVersions(a, b)).toBe(-compareVersions(b, a) + 0);
      expect(compareVersions(a, a)).toBe(0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});

test("goes by the first number that differs, whatever follows", () => {
  fc.assert(
    fc.property(version, version, version, fc.nat({ max: 99 }), (head, x, y, low) => {
      const before = [...head, low, ...x].join(".");
      const after = [...head, low + 1, ...y].join(".");
      expect(compareVersions(before, after)).toBe(-1);
    }),
  );
});

test("ignores a leading v, zeros at the end and what follows a dash", () => {
  fc.assert(
    fc.property(version, fc.nat({ max: 3 }), (numbers, zeros) => {
      const plain = numbers.join(".");
      expect(compareVersions(`v${plain}${".0".repeat(zeros)}-eksbuild.7`, plain)).toBe(0);
    }),
  );
});

test("a missing number is zero, on either side", () => {
  expect(compareVersions("1.2", "1.2.1")).toBeLessThan(0);
  expect(compareVersions("1.2.1", "1.2")).toBeGreaterThan(0);
  expect(compareVersions("1.2", "1.2.0")).toBe(0);
});
