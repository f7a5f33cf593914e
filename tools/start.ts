import { parseRunOptions } from "./embedded/options";
import { startLine, startReport } from "./embedded/report";
import { type CycleTool, runCycle } from "./embedded/run-cycle";

const options = parseRunOptions("start", process.argv.slice(2));

/** `npm start`: applies a stage to the embedded cloud, plans again, and tells what came of it. */
const start: CycleTool = {
  steps: (cycle) => cycle.start(),
  settle: async (session) => {
    if (options.keep) session.releaseEmulator();
  },
  report: startReport,
  line: startLine,
};

void runCycle(start, options);
