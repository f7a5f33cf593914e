import { appendFileSync, readFileSync } from "node:fs";
import { RunFailed } from "../embedded/failures";
import type { ChildProcesses } from "../embedded/processes";
import { shown } from "../embedded/repository";
import type { LocalPod } from "./local-pod";
import { RunStory } from "./runtime-events";
import { workersOf } from "./worker-processes";

/** Lines of a failed run that are shown. */
const LAST_LINES = 20;

/** The process that was killed. */
export interface Kill {
  readonly pid: number;
  /** Of how many. */
  readonly processes: number;
  /** Last step that was told of before. */
  readonly step: number;
  /** The newest checkpoint that was whole. */
  readonly checkpoint: number;
}

/** One start of a pod's command. After the first whole checkpoint and a step behind it, one of its processes is killed, once. */
export class TrainingRun {
  public readonly story = new RunStory();
  /** Undefined while nothing was killed. */
  public kill: Kill | undefined;
  private readonly killed: Promise<void>;
  private readonly status: Promise<number>;
  private tellKilled: () => void = () => undefined;

  public constructor(
    children: ChildProcesses,
    private readonly pod: LocalPod,
    cwd: string,
    private readonly log: string,
  ) {
    this.killed = new Promise((done) => (this.tellKilled = done));
    const [program, ...args] = pod.command;
    const options = { cwd, env: pod.env, errorLog: log };
    this.status = children.run(program, args, options, (line) => this.take(line));
    // Whoever waits for the end is told of a failure; until then it is none that nobody handles.
    this.status.catch(() => undefined);
  }

  /** Waits until a process was killed, or the run is over without. */
  public async untilKilled(): Promise<void> {
    await Promise.race([this.killed, this.status]);
    if (this.kill === undefined) await this.untilDone();
  }

  /** @throws RunFailed when it did not end well */
  public async untilDone(): Promise<void> {
    const status = await this.status;
    if (status === 0) return;
    const problem = `training failed with exit code ${status}${this.story.end === undefined ? "" : ` (${this.story.end})`}`;
    // What the processes wrote on standard error is in it too.
    const lines = readFileSync(this.log, "utf8").trimEnd().split("\n");
    throw new RunFailed(problem, [lines.slice(-LAST_LINES).join("\n")], shown(this.log));
  }

  private take(line: string): void {
    appendFileSync(this.log, `${line}\n`);
    this.story.add(line);
    const { committed, step } = this.story;
    if (this.kill === undefined && committed !== undefined && step > committed) this.killOne(committed);
  }

  private killOne(checkpoint: number): void {
    const workers = workersOf(this.pod.specFile);
    const pid = workers.at(-1);
    if (pid === undefined) return;
    process.kill(pid, "SIGKILL");
    this.kill = { pid, processes: workers.length, step: this.story.step, checkpoint };
    this.tellKilled();
  }
}
