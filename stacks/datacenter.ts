import type { Construct } from "constructs";
import type { StageConfig } from "./config";
import { FoundationStack } from "./foundation";

/** All stacks of one stage, in the order in which they are deployed. */
export function addStage(scope: Construct, config: StageConfig): void {
  new FoundationStack(scope, config);
}
