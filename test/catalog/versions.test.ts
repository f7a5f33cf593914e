import { compareVersions } from "cdktf-ai-datacenter/catalog";
import * as fc from "fast-check";
import { compareNumbers, numbersIn } from "../../lib/catalog/versions";

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

test.each([
  ["v1.2.3", [1, 2, 3]],
  ["1.35", [1, 35]],
  ["1.13.2-eksbuild.21", [1, 13, 2]],
  ["1.32.4-dispatcher", [1, 32, 4]],
  ["go1.27rc1", [1, 27]],
  ["go1.26.8 X:nodwarf5", [1, 26, 8]],
  ["devel go1.28-3f1a9c2b Tue Nov 24", [1, 28]],
  ["v3.19.0+g3d8990f", [3, 19, 0]],
  ["20", undefined],
  ["no version is set", undefined],
  ["", undefined],
])("finds the first dotted version in %j", (text, numbers) => {
  expect(numbersIn(text)).toEqual(numbers);
});

test.each([
  [[1, 26, 8], [1, 26, 6], 1],
  [[1, 26], [1, 26, 6], -1],
  [[1, 27], [1, 26, 6], 1],
  [[1, 10, 0], [1, 10], 0],
  [[1, 10, 1], [1, 10], 1],
  [[20, 20, 2], [20], 1],
  [[18, 20, 2], [20], -1],
  [[], [20], -1],
  [[1, 0], [], 1],
])("compares the numbers %j with %j", (a, b, order) => {
  expect(compareNumbers(a, b)).toBe(order);
});
