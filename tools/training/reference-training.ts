import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { childEnvironment } from "../embedded/environment";
import { RunFailed, Unready } from "../embedded/failures";
import type { Step, Work } from "../embedded/progress";
import { REPOSITORY, shown } from "../embedded/repository";
import type { Session } from "../embedded/session";
import { findToolchain, type RuntimeTools } from "../embedded/toolchain";
import { conllFile, splitCorpus } from "./corpus";
import { EmulatedAws } from "./emulated-aws";
import { localPod, PROCESSES } from "./local-pod";
import { type RenderedJob, renderedJobs } from "./rendered-job";
import { readResults, type RunResults } from "./results";
import { type Kill, TrainingRun } from "./training-run";

/** What came of the reference job. */
export interface TrainingResult extends RunResults {
  readonly run: string;
  readonly stack: string;
  readonly seconds: number;
  /** Whether an earlier start had finished it, so that nothing was trained now. */
  readonly wasComplete: boolean;
  /** @default - nothing was killed: the run was complete already */
  readonly kill?: Kill;
  /** Step after which it went on. */
  readonly resumedAt?: number;
  /** Steps that were done again. */
  readonly lostSteps?: number;
}

const SKIP = "npm start -- --no-training leaves the training out.";

/**
 * The reference job of the stage, trained for real: its own command and launch spec as the workloads stack renders them for this cloud, two
 * processes of this machine in place of its pods, data, runtime, checkpoints and model in the emulated S3. One process is killed on the way.
 */
export class ReferenceTraining {
  public result: TrainingResult | undefined;
  private job: RenderedJob | undefined;
  private tools: RuntimeTools | undefined;
  private run: TrainingRun | undefined;
  private started = 0;

  /** @throws Unready when training needs what this machine lacks and nothing can install */
  public constructor(private readonly session: Session) {
    const problem = session.toolchain.runtime?.problem;
    if (problem !== undefined) throw new Unready(`training needs its own Python: ${problem.replace(/\.$/, "")}`, SKIP);
  }

  public steps(): readonly Work[] {
    return [
      { title: "Render the reference job", run: (step) => this.render(step) },
      { title: "Train the reference job", group: () => (this.job === undefined ? [] : this.training()) },
    ];
  }

  private training(): readonly Work[] {
    return [
      { title: "Packages of the training runtime", run: (step) => this.install(step) },
      { title: "Corpus", run: (step) => this.upload(step) },
      { title: "Start", run: (step) => this.start(step) },
      { title: "Go on", run: (step) => this.goOn(step) },
      { title: "Model", run: (step) => this.check(step) },
    ];
  }

  private async render(step: Step): Promise<void> {
    const { children, workspace, options, user } = this.session;
    const values = await this.aws.published(options.stage);
    const folder = join(workspace.root, "training", "rendered");
    const errorLog = workspace.log("render-jobs.log");
    const args = [join(__dirname, "render-jobs.js"), options.stage, folder, JSON.stringify(values)];
    const env = childEnvironment(user, workspace.home);
    const told = (line: string) => appendFileSync(errorLog, `${line}\n`);
    const status = await children.run(process.execPath, args, { cwd: REPOSITORY, env, errorLog }, told);
    if (status !== 0) throw new RunFailed("the jobs could not be rendered", [lastLines(errorLog, 20)], shown(errorLog));
    [this.job] = renderedJobs(join(folder, "manifests"));
    if (this.job === undefined) step.done(`Stage ${options.stage} has no training job`);
    else step.done(`${this.job.stack}: job ${this.job.runId}, rendered with the identifiers of this cloud`);
  }

  private async install(step: Step): Promise<void> {
    const { children, workspace, user, toolchain } = this.session;
    this.tools = toolchain.runtime;
    if (this.tools?.python === undefined || this.tools.corpus === undefined) {
      const errorLog = workspace.log("runtime-packages.log");
      // The one child that needs the user's own environment: index, proxy and certificates of pip.
      const env = Object.fromEntries(
        Object.entries(user).filter((entry): entry is [string, string] => entry[1] !== undefined),
      );
      const started = performance.now();
      step.tell(() => `${lastLines(errorLog, 1).slice(0, 120)} (${secondsSince(started)} s)`);
      const args = [join(REPOSITORY, "tools", "bootstrap.mjs"), "--runtime"];
      const status = await children.run(process.execPath, args, { cwd: REPOSITORY, env, errorLog }, () => undefined);
      if (status !== 0) {
        throw new RunFailed(
          "the packages of the training runtime could not be installed",
          [lastLines(errorLog, 6), SKIP],
          shown(errorLog),
        );
      }
      this.tools = findToolchain().runtime;
    }
    step.done("Packages of the training runtime: .venv-runtime");
  }

  private async upload(step: Step): Promise<void> {
    const { data } = this.rendered.launchSpec;
    const { train, test } = splitCorpus(readFileSync(this.tools?.corpus ?? "", "utf8"));
    await this.aws.put(data.train, conllFile(train));
    if (data.eval !== null) await this.aws.put(data.eval, conllFile(test));
    step.done(`Corpus: ${train.length} sentences to learn from, ${test.length} to judge by, from ${data.train}`);
  }

  private async start(step: Step): Promise<void> {
    const { children, workspace, user, emulator } = this.session;
    const folder = join(workspace.root, "training", "pod");
    const pod = localPod({ job: this.rendered, python: this.tools?.python ?? "", folder, url: emulator.url, user });
    this.started = performance.now();
    const run = new TrainingRun(children, pod, folder, workspace.log("training.log"));
    this.run = run;
    step.tell(() => this.progress(run));
    await run.untilKilled();
    const { kill, story } = run;
    const { steps } = this.rendered.launchSpec.train;
    if (kill !== undefined) {
      const { pid, processes, checkpoint, step: at } = kill;
      step.done(
        `${processes} processes trained to step ${at} of ${steps}, with a checkpoint of step ${checkpoint}; then SIGKILL for process ${pid}`,
      );
    } else if (story.wasComplete) step.done(`Run ${this.rendered.runId} is complete already: nothing is trained again`);
    else step.done(`Trained ${story.step} of ${steps} steps, before any process could be killed`);
  }

  private async goOn(step: Step): Promise<void> {
    const run = this.trainingRun;
    const { story, kill } = run;
    step.tell(() => this.progress(run));
    const killed = performance.now();
    await run.untilDone();
    if (kill === undefined) return step.done("Nothing was killed, so nothing had to go on");
    const { resumedAt, lostSteps, step: last } = story;
    step.done(
      `Went on by itself from step ${resumedAt ?? "?"}, ${lostSteps ?? "?"} steps done again; step ${last} after ${secondsSince(killed)} s`,
    );
  }

  private async check(step: Step): Promise<void> {
    const results = await readResults(this.aws, this.rendered);
    const { story, kill } = this.trainingRun;
    const { resumedAt, lostSteps, wasComplete } = story;
    const { runId: run, stack } = this.rendered;
    this.result = {
      ...results,
      run,
      stack,
      seconds: secondsSince(this.started),
      wasComplete,
      kill,
      resumedAt,
      lostSteps,
    };
    step.done(`Model: ${results.files} files as their manifest says, ${results.exported}`);
  }

  private progress({ story }: TrainingRun): string {
    const { steps } = this.rendered.launchSpec.train;
    const seconds = `${secondsSince(this.started)} s`;
    if (story.step === 0) return `${PROCESSES} processes load torch and fetch the runtime and the data, ${seconds}`;
    if (story.restarts > 0 && story.resumedAt === undefined) return `the processes are started again, ${seconds}`;
    return `step ${story.step} of ${steps}, loss ${story.loss?.toFixed(4) ?? "?"}, ${seconds}`;
  }

  private get aws(): EmulatedAws {
    return new EmulatedAws(this.session.emulator.url);
  }

  private get rendered(): RenderedJob {
    if (this.job === undefined) throw new Error("no job was rendered");
    return this.job;
  }

  private get trainingRun(): TrainingRun {
    if (this.run === undefined) throw new Error("nothing was started");
    return this.run;
  }
}

function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 1000);
}

function lastLines(file: string, count: number): string {
  try {
    return readFileSync(file, "utf8")
      .trimEnd()
      .split(/[\r\n]+/)
      .slice(-count)
      .join("\n");
  } catch {
    return "";
  }
}
