import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GpuNodePool } from "cdktf-ai-datacenter/compute";
import { testStack } from "cdktf-ai-datacenter/testing";
import { testCluster } from "../compute/fixtures";

test("README shows the refusal as it is printed", () => {
  const stack = testStack({ id: "lab" });
  const pool = { cluster: testCluster(stack), instanceType: "p5.48xlarge", maxNodes: 4 };
  let message = "";
  try {
    new GpuNodePool(stack, "training", pool);
  } catch (error) {
    message = String(error);
  }
  const readme = readFileSync(join(__dirname, "../../README.md"), "utf8").replace(/\s+/g, " ");
  expect(readme).toContain(message);
});
