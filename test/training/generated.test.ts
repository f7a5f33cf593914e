import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parsePrometheus } from "./promql";
import { resolveTrainingJob, RUNTIME_METRICS, trainingManifests } from "cdktf-ai-datacenter/training";
import { styleOf } from "../../tools/catalog/format";
import { contractTexts, readBootstrap, readContract } from "../../tools/contract/generate";
import { nerJob } from "./jobs";

// The generator of the types loads a formatter that it is told not to use, and that cannot be loaded here.
jest.mock("prettier", () => ({}));

const ROOT = join(__dirname, "../..");

test("the generated files are those of runtime/schema and bootstrap.py (npm run generate:contract)", async () => {
  const texts = await contractTexts(readContract(ROOT), readBootstrap(ROOT), styleOf(ROOT));
  for (const [file, text] of texts) expect(readFileSync(join(ROOT, file), "utf8")).toBe(text);
});

test("alerts ask for metrics and labels that the runtime has", () => {
  const job = resolveTrainingJob(nerJob(), "test/Job");
  const rule = trainingManifests(job, { monitored: true }, "test/Job").find(({ kind }) => kind === "PrometheusRule");
  const { groups } = rule?.spec as { groups: readonly { rules: readonly { expr: string }[] }[] };
  const used = groups.flatMap(({ rules }) => rules.flatMap(({ expr }) => parsePrometheus(expr)));
  expect(used.length).toBeGreaterThan(5);
  for (const { metric, labels } of used) {
    const known = RUNTIME_METRICS[metric as keyof typeof RUNTIME_METRICS];
    expect([metric, known]).not.toEqual([metric, undefined]);
    for (const label of labels) expect(["run", "task", "node", ...known.labels]).toContain(label);
  }
});
