import { logRetention } from "cdktf-ai-datacenter/core";
import "cdktf-ai-datacenter/testing/jest";

test("keeps a period that CloudWatch Logs accepts", () => {
  expect(logRetention(365, "test/X.retentionDays")).toBe(365);
});

test.each([0, 2, 364, 9999, Number.NaN])("refuses %d days", (days) => {
  expect(() => logRetention(days, "test/X.retentionDays")).toRefuse("VALUE_OUT_OF_RANGE", {
    path: "test/X.retentionDays",
  });
});
