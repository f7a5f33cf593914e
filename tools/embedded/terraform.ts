import { appendFileSync, readFileSync } from "node:fs";
import { RunFailed } from "./failures";
import { PlanSummary } from "./plan-summary";
import type { ChildProcesses } from "./processes";
import { shown } from "./repository";
import type { TerraformBinary } from "./toolchain";
import type { Workspace } from "./workspace";

const PLAN_FILE = "plan.bin";

/** Called while a command runs, each time it says something. */
export type OnProgress = (summary: PlanSummary) => void;

/** Runs Terraform in the folders of the stacks, one command at a time, with its whole output in the log folder. */
export class Terraform {
  public constructor(
    private readonly children: ChildProcesses,
    private readonly workspace: Workspace,
    private readonly binary: TerraformBinary,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  public async init(stack: string): Promise<void> {
    await this.text(stack, "init", ["init", "-input=false", "-no-color"]);
  }

  /** Plans into a file, for `apply`. */
  public plan(stack: string, onProgress: OnProgress): Promise<PlanSummary> {
    return this.events(stack, "plan", ["plan", "-json", "-input=false", `-out=${PLAN_FILE}`], onProgress);
  }

  /** Applies what was planned. */
  public apply(stack: string, onProgress: OnProgress): Promise<PlanSummary> {
    return this.events(stack, "apply", ["apply", "-json", "-input=false", PLAN_FILE], onProgress);
  }

  /** Plans once more; an applied stack must have nothing left to change. What it would change is written out in the log folder. */
  public async replan(stack: string): Promise<PlanSummary> {
    const args = ["plan", "-json", "-input=false", `-out=${PLAN_FILE}`];
    const summary = await this.events(stack, "replan", args, () => undefined);
    if (summary.changes.length > 0) await this.text(stack, "drift", ["show", "-no-color", PLAN_FILE]);
    return summary;
  }

  public destroy(stack: string, onProgress: OnProgress): Promise<PlanSummary> {
    return this.events(stack, "destroy", ["destroy", "-json", "-input=false", "-auto-approve"], onProgress);
  }

  /** Addresses of the managed resources in the state. */
  public async resources(stack: string): Promise<string[]> {
    const lines = await this.text(stack, "state-list", ["state", "list"]);
    return lines.filter((line) => line !== "" && !/(^|\.)data\./.test(line));
  }

  /** Takes resources out of the state without deleting them. */
  public async forget(stack: string, addresses: readonly string[]): Promise<void> {
    await this.text(stack, "state-rm", ["state", "rm", ...addresses]);
  }

  private async events(
    stack: string,
    name: string,
    args: readonly string[],
    onProgress: OnProgress,
  ): Promise<PlanSummary> {
    const log = this.workspace.log(`${stack}-${name}.jsonl`);
    const summary = new PlanSummary();
    const status = await this.run(stack, args, log, (line) => {
      summary.add(line);
      onProgress(summary);
    });
    if (status === 0) return summary;
    const details = summary.errors.length > 0 ? summary.errors : [tail(log)];
    throw new RunFailed(`${this.binary.product} ${name} of ${stack} failed`, details, shown(log));
  }

  private async text(stack: string, name: string, args: readonly string[]): Promise<string[]> {
    const log = this.workspace.log(`${stack}-${name}.log`);
    const lines: string[] = [];
    const status = await this.run(stack, args, log, (line) => lines.push(line));
    if (status === 0) return lines;
    throw new RunFailed(`${this.binary.product} ${name} of ${stack} failed`, [tail(log)], shown(log));
  }

  private run(stack: string, args: readonly string[], log: string, onLine: (line: string) => void): Promise<number> {
    const options = { cwd: this.workspace.stackFolder(stack), env: this.env, errorLog: log };
    return this.children.run(this.binary.path, args, options, (line) => {
      appendFileSync(log, `${line}\n`);
      onLine(line);
    });
  }
}

function tail(file: string): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-20).join("\n");
}
