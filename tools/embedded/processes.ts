import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { once } from "node:events";

/** How long Terraform may take to write its state after an interrupt. */
const GRACE_MS = 10_000;

export interface ChildOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** File that standard error is appended to. */
  readonly errorLog: string;
}

/**
 * The processes we started. Each leads a group of its own: a Ctrl-C in the terminal then reaches only us, we pass on exactly one
 * interrupt (a second one would make Terraform drop its state), and what a child started itself can be ended with it.
 */
export class ChildProcesses {
  private readonly running = new Set<ChildProcess>();
  private stopping = false;

  /** Starts a child whose standard output is read by the caller. */
  public start(command: string, args: readonly string[], options: ChildOptions): ChildProcess {
    if (this.stopping) throw new Error("interrupted");
    const errors = openSync(options.errorLog, "a");
    try {
      const { cwd, env } = options;
      const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", errors] });
      this.running.add(child);
      child.once("exit", () => this.forget(child));
      child.once("error", () => this.running.delete(child));
      return child;
    } finally {
      closeSync(errors);
    }
  }

  /** Runs a child to its end, handing over its standard output line by line. */
  public async run(
    command: string,
    args: readonly string[],
    options: ChildOptions,
    onLine: (line: string) => void,
  ): Promise<number> {
    const child = this.start(command, args, options);
    const lines = eachLine(child, onLine);
    const [code] = (await once(child, "close")) as [number | null];
    lines.end();
    return code ?? 1;
  }

  /** Lets a child live on after us. */
  public release(child: ChildProcess): void {
    this.running.delete(child);
    child.stdout?.destroy();
    child.unref();
  }

  /**
   * Interrupts every child, waits for it, and kills what is left after the time of grace. No child can be started any more.
   * @param except a child to leave alone for now: the emulator, which the others need to end in order
   */
  public async interruptAll(except?: ChildProcess, graceMs: number = GRACE_MS): Promise<void> {
    this.stopping = true;
    const children = [...this.running].filter((child) => child !== except);
    await Promise.all(children.map((child) => this.end(child, "SIGINT", graceMs)));
  }

  /** Ends one child and its group. */
  public async end(child: ChildProcess, signal: NodeJS.Signals, graceMs: number = GRACE_MS): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const gone = once(child, "exit");
    child.kill(signal);
    const timer = setTimeout(() => killGroup(child.pid), graceMs);
    await gone;
    clearTimeout(timer);
  }

  /** Kills everything at once, for a user who does not want to wait. */
  public killAll(): void {
    this.stopping = true;
    for (const child of this.running) killGroup(child.pid);
  }

  private forget(child: ChildProcess): void {
    this.running.delete(child);
    // A plugin that outlives its Terraform is in the group that Terraform led.
    killGroup(child.pid);
  }
}

/** The command line of a process, or undefined when there is none of that number. */
export function commandLine(pid: number): string | undefined {
  try {
    const text =
      process.platform === "linux"
        ? readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim()
        : execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).trim();
    // A process that ended and that nobody has waited for yet has no command line any more.
    return text || undefined;
  } catch {
    return undefined;
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}

function eachLine(child: ChildProcess, onLine: (line: string) => void): { end(): void } {
  let rest = "";
  child.stdout?.setEncoding("utf8");
  child.stdout?.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  return { end: () => void (rest === "" || onLine(rest)) };
}
