/** Something is missing or in the way before the work can start; the message says what to do. Exit 2. */
export class Unready extends Error {
  public readonly exitCode = 2;

  /**
   * @param problem what is wrong, without a full stop when a remedy follows
   * @param remedy what to do about it, whole sentences @default - the problem says it
   */
  public constructor(problem: string, remedy?: string) {
    super(remedy === undefined ? problem : `${problem}. ${remedy}`);
    this.name = "Unready";
  }
}

/** The work itself failed: a plan, an apply, a synthesis. Exit 1. */
export class RunFailed extends Error {
  public readonly exitCode = 1;

  /**
   * @param problem what failed, one line
   * @param details Terraform's diagnostics or a program's last lines, ready to print
   * @param log file that holds everything
   */
  public constructor(
    problem: string,
    public readonly details: readonly string[] = [],
    public readonly log?: string,
  ) {
    super(problem);
    this.name = "RunFailed";
  }
}

/** The failure as lines for people. */
export function describe(error: unknown): string[] {
  if (error instanceof RunFailed) {
    const log = error.log === undefined ? [] : [`The whole log: ${error.log}`];
    return [`error: ${error.message}`, ...error.details.map(indent), ...log];
  }
  if (error instanceof Unready) return [`error: ${error.message}`];
  return [`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
}

/** The exit status for a failure: 2 to be put right by hand, 1 for everything else. */
export function exitCodeOf(error: unknown): number {
  return error instanceof Unready ? error.exitCode : 1;
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
