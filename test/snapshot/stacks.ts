import { synthApp, type SynthesizedStack, testApp } from "cdktf-ai-datacenter/testing";
import { type StageConfig, stages } from "../../stacks/config";
import { addStage } from "../../stacks/datacenter";

/** The reference stages as synthesized, by stack id. */
export function synthStages(configs: readonly StageConfig[] = stages): Readonly<Record<string, SynthesizedStack>> {
  const app = testApp();
  for (const config of configs) addStage(app, config);
  return synthApp(app);
}

export function synthReferenceStack(id: string): SynthesizedStack {
  const stack = synthStages()[id];
  if (!stack) throw new Error(`no reference stack is called ${id}`);
  return stack;
}
