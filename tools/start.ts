import { parseRunOptions } from "./embedded/options";
import { startLine, startReport } from "./embedded/report";
import { type CycleTool, runCycle } from "./embedded/run-cycle";
import { ReferenceTraining } from "./training/reference-training";
import { trainingJson, trainingReport } from "./training/training-report";

const options = parseRunOptions("start", process.argv.slice(2));
let training: ReferenceTraining | undefined;

/** `npm start`: applies a stage to the embedded cloud, plans again, trains the stage's reference job, and tells what came of it. */
const start: CycleTool = {
  steps: (cycle, session) => {
    training = options.training ? new ReferenceTraining(session) : undefined;
    return [...cycle.start(), ...(training?.steps() ?? [])];
  },
  settle: async (session) => {
    if (options.keep) session.releaseEmulator();
  },
  report: (finished) => startReport(finished, training?.result && trainingReport(training.result)),
  line: (results, seconds, error) =>
    startLine(results, seconds, training?.result ? trainingJson(training.result) : null, error),
};

void runCycle(start, options);
