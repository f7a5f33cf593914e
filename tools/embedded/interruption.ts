import type { Session } from "./session";

/** Signals that end a run, with the exit status that shells expect. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const PARENT_CHECK_MS = 1_000;
const SHOW_CURSOR = "\u001b[?25h";

/**
 * Ends what a run started when it is interrupted: the first signal asks Terraform to stop and waits for it, the second kills.
 * Whoever runs must look at `happened` before telling of a failure: what an interrupt breaks is none.
 */
export class Interruption {
  public happened = false;
  /** The session to end, as soon as there is one. */
  public session: Session | undefined;
  private readonly parentWatch: NodeJS.Timeout | undefined;

  public constructor() {
    for (const name of Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]) {
      process.on(name, () => void this.handle(SIGNALS[name]));
    }
    // A reader that went away (a pipe to `head`) must not leave an emulator behind.
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
    if (process.env.npm_lifecycle_event !== undefined) this.parentWatch = this.watchParent();
  }

  /** The run is over: the process may end by itself. */
  public stopWatching(): void {
    clearInterval(this.parentWatch);
  }

  /** npm runs us through a shell, which does not pass on a signal that was sent to npm alone: it just ends. */
  private watchParent(): NodeJS.Timeout {
    const parent = process.ppid;
    const check = () => {
      if (process.ppid !== parent && !this.happened) void this.handle(SIGNALS.SIGTERM);
    };
    return setInterval(check, PARENT_CHECK_MS).unref();
  }

  private async handle(exitCode: number): Promise<void> {
    if (this.happened) {
      this.session?.children.killAll();
      process.exit(exitCode);
    }
    this.happened = true;
    if (this.session) {
      console.error("\nInterrupted: ending Terraform and the emulator; once more kills them.");
      await this.session.close();
    }
    // The live display hides it and is not given the time to end.
    if (process.stderr.isTTY) process.stderr.write(SHOW_CURSOR);
    process.exit(exitCode);
  }
}
