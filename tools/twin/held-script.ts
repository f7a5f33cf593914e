import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { RunFailed } from "../embedded/failures";
import { REPOSITORY } from "../embedded/repository";
import { lastLines } from "../kubernetes/processes";

const READY = /^ready (\d+)$/m;

/** One of the scripts here, which stands while we hold its standard input and clears up when that is closed, also by our death. */
export class HeldScript {
  private readonly child: ChildProcess;
  private output = "";
  private ended = false;

  public constructor(
    private readonly name: string,
    args: readonly string[],
  ) {
    const path = join(REPOSITORY, "tools", "twin", `${name}.sh`);
    const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };
    // A session of its own: a Ctrl-C in the terminal reaches only us.
    this.child = spawn("bash", [path, ...args], { cwd: "/", env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (this.output += text));
    }
    this.child.once("close", () => (this.ended = true));
    this.child.stdin?.on("error", () => undefined);
    this.child.unref();
    for (const stream of this.child.stdio) (stream as { unref?: () => void } | null)?.unref?.();
  }

  /** @returns number of the process whose namespaces the script made */
  public async ready(): Promise<number> {
    while (!READY.test(this.output)) {
      this.check();
      await Promise.race([once(this.child, "close"), once(this.child.stdout ?? this.child, "data")]);
    }
    return Number(READY.exec(this.output)?.[1]);
  }

  /** @throws RunFailed when it has ended by itself */
  public check(): void {
    if (this.ended) throw new RunFailed(`${this.name}.sh has ended`, [lastLines(this.output)]);
  }

  /** Ends it and waits until it has cleared up. */
  public async stop(): Promise<void> {
    if (this.ended) return;
    this.child.ref();
    const gone = once(this.child, "close");
    this.child.stdin?.end();
    await gone;
  }
}
