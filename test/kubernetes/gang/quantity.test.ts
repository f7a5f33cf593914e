import "cdktf-ai-datacenter/testing/jest";
import { WholeQuantity } from "../../../lib/kubernetes/gang/quantity";

const parsed = (text: string) => WholeQuantity.parse(text, "test/Quantity");

describe("a whole quantity", () => {
  test.each([
    ["0", "0"],
    ["8", "8"],
    ["1000", "1k"],
    ["1024", "1024"],
    ["128000", "128k"],
    ["1500k", "1500k"],
    ["5120Mi", "5Gi"],
    ["1536Gi", "1536Gi"],
    ["2048Gi", "2Ti"],
    ["0Mi", "0"],
  ])("writes %s as %s, as the API server gives it back", (text, canonical) => {
    expect(parsed(text).toString()).toBe(canonical);
  });

  test("keeps its kind of suffix when multiplied and added", () => {
    expect(parsed("5120Mi").times(16).toString()).toBe("80Gi");
    expect(WholeQuantity.count(125).times(16).toString()).toBe("2k");
    expect(WholeQuantity.mebibytes(2097152).times(16).toString()).toBe("32Ti");
    expect(WholeQuantity.mebibytes(512).plus(WholeQuantity.mebibytes(512)).toString()).toBe("1Gi");
    expect(WholeQuantity.mebibytes(3).inMebibytes()).toBe(3);
  });

  test.each(["", "1.5", "-1", "100m", "1e3", "8 ", "5Zi", "Mi"])("refuses %p", (text) => {
    expect(() => parsed(text)).toRefuse("QUANTITY_INVALID", { path: "test/Quantity", got: text });
  });
});
