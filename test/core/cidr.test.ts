import { formatCidr, overlaps, parseCidr, subBlock } from "cdktf-ai-datacenter/core";
import "cdktf-ai-datacenter/testing/jest";
import fc from "fast-check";

const block = fc
  .record({ address: fc.nat(2 ** 32 - 1), prefix: fc.integer({ min: 0, max: 32 }) })
  .map(({ address, prefix }) => ({ base: address - (address % 2 ** (32 - prefix)), prefix }));
const size = ({ prefix }: { prefix: number }) => 2 ** (32 - prefix);

test.each([
  "10.0.0.0",
  "10.0.0.0/33",
  "256.0.0.0/8",
  "10.0.0.1/16",
  "10.0/16",
  "010.0.0.0/16",
  "10.0.0.0/016",
  "",
  "::/0",
])("refuses %j", (text) => {
  expect(() => parseCidr(text, "test/Network.cidr")).toRefuse("CIDR_INVALID", { path: "test/Network.cidr", got: text });
});

test("reads what it writes", () => {
  expect(parseCidr("10.0.64.0/18", "x")).toEqual({ base: 10 * 2 ** 24 + 64 * 2 ** 8, prefix: 18 });
  fc.assert(fc.property(block, (one) => expect(parseCidr(formatCidr(one), "x")).toEqual(one)));
});

test("cuts a block into blocks that lie inside and follow each other", () => {
  const cut = fc.record({ block, more: fc.nat(6) }).filter((c) => c.block.prefix + c.more <= 32);
  fc.assert(
    fc.property(cut, ({ block: whole, more }) => {
      const parts = Array.from({ length: 2 ** more }, (_, index) => subBlock(whole, whole.prefix + more, index));
      expect(parts[0]?.base).toBe(whole.base);
      for (const [index, part] of parts.entries()) {
        expect(overlaps(part, whole)).toBe(true);
        expect(part.base + size(part)).toBe(parts[index + 1]?.base ?? whole.base + size(whole));
      }
    }),
  );
});

test("sees an overlap exactly where two blocks share an address", () => {
  fc.assert(
    fc.property(block, block, (a, b) => {
      const shared = a.base < b.base + size(b) && b.base < a.base + size(a);
      expect([overlaps(a, b), overlaps(b, a)]).toEqual([shared, shared]);
    }),
  );
});
