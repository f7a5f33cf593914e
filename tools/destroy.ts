import { parseRunOptions } from "./embedded/options";
import { destroyLine, destroyReport } from "./embedded/report";
import { type CycleTool, runCycle } from "./embedded/run-cycle";

/** `npm run destroy`: takes the protection off, destroys in reverse order, and ends the emulator. */
const destroy: CycleTool = {
  steps: (cycle) => cycle.destroy(),
  settle: (session) => session.stopKeptEmulator(),
  report: destroyReport,
  line: destroyLine,
};

void runCycle(destroy, parseRunOptions("destroy", process.argv.slice(2)));
