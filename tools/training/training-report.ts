import { table } from "../embedded/report";
import type { TrainingResult } from "./reference-training";

/** What came of the training, for people. */
export function trainingReport(result: TrainingResult): string[] {
  const { run, stack, steps, seconds, wasComplete, entities, exported, files, bytes } = result;
  const rows = Object.entries(entities).map(([name, { precision, recall, f1, support }]) => [
    name,
    ...[precision, recall, f1].map((share) => share.toFixed(3)),
    String(support),
  ]);
  const did = wasComplete ? `complete already at step ${steps}, by its marker` : `${steps} steps in ${seconds} s`;
  return [
    `Training   ${run} of ${stack}: ${did}${resumption(result)}`,
    `Model      ${exported}/ (MANIFEST.json, ${files} files, ${(bytes / 1e6).toFixed(1)} MB)`,
    "",
    ...table(["Entities", "Precision", "Recall", "F1", "In the text"], rows),
  ];
}

/** The same as data. */
export function trainingJson(result: TrainingResult): object {
  const { kill, resumedAt = null, lostSteps = null, ...rest } = result;
  return { ...rest, killed: kill ?? null, resumedAt, lostSteps };
}

function resumption({ kill, resumedAt, lostSteps }: TrainingResult): string {
  if (kill === undefined) return "";
  return `; one of ${kill.processes} processes killed at step ${kill.step}, resumed from step ${resumedAt ?? "?"}, ${lostSteps ?? "?"} steps done again`;
}
