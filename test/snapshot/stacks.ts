import { synthApp, type SynthesizedStack, testApp } from "cdktf-ai-datacenter/testing";
import { packagedRuntimeFolder, readRuntimeBundle } from "cdktf-ai-datacenter/storage";
import { type StageConfig, stages } from "../../stacks/config";
import { addStage } from "../../stacks/datacenter";

/** The reference stages as synthesized, by stack id. */
export function synthStages(configs: readonly StageConfig[] = stages): Readonly<Record<string, SynthesizedStack>> {
  const app = testApp();
  for (const config of configs) addStage(app, config);
  return synthApp(app);
}

/** One of them, without the hash of the training runtime: that changes with every line of it, and says nothing of a stack. */
export function synthReferenceStack(id: string): SynthesizedStack {
  const stack = synthStages()[id];
  if (!stack) throw new Error(`no reference stack is called ${id}`);
  const { sha256 } = readRuntimeBundle(packagedRuntimeFolder(id), id);
  const text = JSON.stringify(stack).replaceAll(sha256, "RUNTIME").replaceAll(sha256.slice(0, 32), "RUNTIME");
  return JSON.parse(text) as SynthesizedStack;
}
