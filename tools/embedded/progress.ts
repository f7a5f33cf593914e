import { Listr, ListrLogger, type ListrTask, ProcessOutput } from "listr2";

/** What a running step tells while it works. */
export interface Step {
  /** Replaces the line of the step. */
  done(title: string): void;
  /** Shows a line below the step; on a terminal it is overwritten, elsewhere it is written at most every 15 seconds. */
  tell(line: () => string): void;
}

/** A step, or a group of them that is only known when its turn comes. */
export interface Work {
  readonly title: string;
  readonly run?: (step: Step) => Promise<void>;
  readonly group?: () => readonly Work[];
}

const QUIET_MS = 15_000;
const TICK_MS = 1_000;

/**
 * Shows the steps live. Always on standard error: standard output is for the result, so it can be piped and parsed.
 * The first failure ends the run; it is thrown, and not printed here.
 */
export async function showWork(steps: readonly Work[], stream: NodeJS.WriteStream = process.stderr): Promise<void> {
  const logger = new ListrLogger({ processOutput: new ProcessOutput(stream, stream), useIcons: true });
  const live = stream.isTTY && process.env.TERM !== "dumb";
  const tasks = steps.map((step) => asTask(step, live));
  const listr = new Listr(tasks, {
    concurrent: false,
    // We end our children ourselves on a signal; listr2 would leave the process first.
    registerSignalListeners: false,
    renderer: live ? "default" : "simple",
    rendererOptions: { logger, showErrorMessage: false, collapseSubtasks: false, collapseErrors: false },
  });
  await listr.run();
}

function asTask({ title, run, group }: Work, live: boolean): ListrTask {
  return {
    title,
    task: async (_context, task) => {
      if (group) return task.newListr(group().map((step) => asTask(step, live)));
      const reporter = new Reporter((line) => (task.output = line), live);
      try {
        await run?.({ done: (text) => (task.title = text), tell: (line) => reporter.tell(line) });
      } finally {
        reporter.stop();
      }
      return undefined;
    },
  };
}

/** Writes the newest line at a pace that suits the reader: seconds tick on a terminal, a log file stays short. */
class Reporter {
  private line: (() => string) | undefined;
  private readonly timer: NodeJS.Timeout;

  public constructor(
    private readonly write: (line: string) => void,
    live: boolean,
  ) {
    this.timer = setInterval(() => this.flush(), live ? TICK_MS : QUIET_MS);
  }

  public tell(line: () => string): void {
    this.line = line;
  }

  public stop(): void {
    clearInterval(this.timer);
  }

  private flush(): void {
    if (this.line) this.write(this.line());
  }
}
