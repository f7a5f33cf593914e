import { idFrom, safeId } from "cdktf-ai-datacenter/core";
import "cdktf-ai-datacenter/testing/jest";
import fc from "fast-check";
import { Token } from "../../lib/terraform/cdktf";

test.each(["p5.48xlarge", "", "1st", "a b", "a/b", "ü", "-a"])("refuses the id %j", (id) => {
  expect(() => safeId(id, `test/${id}`)).toRefuse("ID_UNSAFE", { path: `test/${id}`, got: id });
});

test("keeps ids that survive in an address", () => {
  expect(safeId("P5-48xlarge_a", "test")).toBe("P5-48xlarge_a");
});

test("refuses a word that is known only after apply: its token would become the address", () => {
  const token = Token.asString({ resolve: () => "us-east-1a" });
  expect(() => idFrom("Private", token)).toRefuse("ID_UNSAFE", { path: "Private" });
});

test("makes an id of any words that start with a letter", () => {
  expect(idFrom("Interface", "ecr.api")).toBe("Interface-ecr-api");
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), (words) => void safeId(idFrom("X", ...words), "test")),
  );
});
