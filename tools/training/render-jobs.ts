import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { ContractChannel } from "cdktf-ai-datacenter/core";
import { Renderers } from "cdktf-ai-datacenter/kubernetes";
import { stages } from "../../stacks/config";
import { hasWorkloads, WorkloadsStack } from "../../stacks/workloads";
import type { PublishedValues } from "./emulated-aws";

/**
 * Writes the workloads stacks of a stage as YAML into a folder of its own, with what its deployed stacks published in place of what Terraform would
 * look up: a program, since the app of a synth wants a process of its own. `render-jobs.js STAGE FOLDER VALUES`, the values as JSON.
 */
export function renderJobs(stage: string, folder: string, values: PublishedValues): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const app = new App({ outdir: join(folder, "render") });
  const config = stages.find(({ name }) => name === stage);
  for (const team of config?.teams.filter(hasWorkloads) ?? []) {
    if (config === undefined) continue;
    const directory = join(folder, "manifests", `${stage}-workloads-${team.name}`);
    const channel = ContractChannel.literals(values);
    new WorkloadsStack(app, config, team, { channel, renderer: Renderers.files({ directory }) });
  }
  app.synth();
}

if (require.main === module) {
  const [, , stage = "", folder = "", values = "{}"] = process.argv;
  renderJobs(stage, folder, JSON.parse(values) as PublishedValues);
}
