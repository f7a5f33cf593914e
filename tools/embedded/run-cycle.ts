import { Cycle, type StackResult } from "./cycle";
import { describe, exitCodeOf } from "./failures";
import { Interruption } from "./interruption";
import type { RunOptions } from "./options";
import { showWork, type Work } from "./progress";
import type { Finished } from "./report";
import { Session } from "./session";
import { findToolchain } from "./toolchain";

/** In what `npm start` and `npm run destroy` differ. */
export interface CycleTool {
  /** The steps to show. */
  steps(cycle: Cycle, session: Session): readonly Work[];
  /** What becomes of the emulator when all went well. */
  settle(session: Session): Promise<void>;
  /** The result for people. */
  report(finished: Finished): string;
  /** The result as one JSON line. */
  line(results: readonly StackResult[], seconds: number, error?: unknown): string;
}

/** Runs one cycle from its checks to its report, and sets the exit status of the process. */
export async function runCycle(tool: CycleTool, options: RunOptions): Promise<void> {
  const interruption = new Interruption();
  const results: StackResult[] = [];
  try {
    await runSteps(tool, options, interruption, results);
    if (options.json) console.log(tool.line(results, elapsedSeconds()));
  } catch (cause) {
    if (interruption.happened) return;
    fail(tool, options, interruption.session, results, cause);
  }
  if (interruption.happened) return;
  await interruption.session?.close();
  interruption.stopWatching();
}

async function runSteps(
  tool: CycleTool,
  options: RunOptions,
  interruption: Interruption,
  results: StackResult[],
): Promise<void> {
  const session = await Session.open(options, process.env, findToolchain(), (line) => console.error(line));
  interruption.session = session;
  const provider = await session.findProvider();
  const cycle = new Cycle(session, results);
  await showWork(tool.steps(cycle, session));
  await tool.settle(session);
  if (!options.json) console.log(tool.report({ session, cycle, provider, seconds: elapsedSeconds() }));
  const complaint = cycle.complaint();
  if (complaint) throw complaint;
}

function fail(
  tool: CycleTool,
  { json, keep }: RunOptions,
  session: Session | undefined,
  results: readonly StackResult[],
  cause: unknown,
): void {
  const error = session?.explain(cause) ?? cause;
  for (const line of describe(error)) console.error(line);
  if (keep && session?.releaseEmulator()) {
    console.error(`The emulator stays at ${session.emulator.url}: run npm start again onto it, or npm run stop.`);
  }
  if (json) console.log(tool.line(results, elapsedSeconds(), error));
  process.exitCode = exitCodeOf(error);
}

function elapsedSeconds(): number {
  return Math.round(performance.now() / 1000);
}
