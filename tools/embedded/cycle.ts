import { RunFailed } from "./failures";
import type { PlanSummary } from "./plan-summary";
import type { Step, Work } from "./progress";
import { type QuotaNeed, quotaNeeds, raiseQuotas } from "./quotas";
import { shown } from "./repository";
import type { Session } from "./session";
import { synthesize, type SynthesizedStack } from "./synthesis";
import { foreignProviders } from "./workspace";

/** What became of a stack; what did not come about is undefined. */
export interface StackResult {
  readonly name: string;
  resources: number;
  applySeconds?: number;
  /** Changes in the second plan. */
  drift?: number;
  destroySeconds?: number;
  /** Resources in the state after the destroy. */
  left?: number;
  outputs: Readonly<Record<string, string>>;
}

/** File systems whose deletion the provider looks at after ten minutes only, whatever the service says. */
const SLOW_TO_DELETE = /(^|\.)aws_fsx_lustre_file_system\./;

/** The rounds that a stage goes through in the embedded cloud, as steps to show. */
export class Cycle {
  /** Stacks that need a provider for which there is no emulator, with its source. */
  public readonly skipped: { readonly name: string; readonly providers: readonly string[] }[] = [];

  /** What the pools of the stage need of vCPU quotas. */
  private needs: readonly QuotaNeed[] = [];

  /** @param results is filled as the stacks come along, so that a run that fails can tell how far it got */
  public constructor(
    private readonly session: Session,
    public readonly results: StackResult[],
  ) {}

  /** Emulator, synthesis, apply stack by stack, and a second plan that must be empty. */
  public start(): readonly Work[] {
    return [
      ...this.prepare(false),
      { title: "Apply", group: () => this.results.map((stack) => this.applying(stack)) },
      { title: "Plan again", group: () => this.results.map((stack) => this.replanning(stack)) },
    ];
  }

  /** Emulator, synthesis without protection, apply (which takes the protection off), destroy in reverse order. */
  public destroy(): readonly Work[] {
    return [
      ...this.prepare(true),
      { title: "Apply without protection", group: () => this.results.map((stack) => this.applying(stack)) },
      { title: "Destroy", group: () => this.results.toReversed().map((stack) => this.destroying(stack)) },
    ];
  }

  /** Stacks that changed again in the second plan, or left something behind. */
  public complaint(): RunFailed | undefined {
    const log = (name: string, kind: string) => shown(this.session.workspace.log(`${name}-${kind}`));
    const drifting = this.results.filter(({ drift = 0 }) => drift > 0);
    if (drifting.length > 0) {
      const details = drifting.map(({ name, drift }) => `${name}: ${drift} changes, see ${log(name, "drift.log")}`);
      return new RunFailed("a second plan is not empty", details);
    }
    const leaving = this.results.filter(({ left = 0 }) => left > 0);
    if (leaving.length === 0) return undefined;
    const details = leaving.map(({ name, left }) => `${name}: ${left} resources, see ${log(name, "state-list.log")}`);
    return new RunFailed("resources are left after the destroy", details);
  }

  private prepare(unprotected: boolean): readonly Work[] {
    const { session } = this;
    return [
      {
        title: "Embedded cloud",
        run: async (step) => {
          const { url, moto } = await session.startEmulator();
          step.done(`Embedded cloud: moto ${moto} at ${url}`);
        },
      },
      {
        title: `Synthesize stage ${session.options.stage}`,
        run: async (step) => {
          const { children, workspace, user, toolchain } = session;
          const { stage } = session.options;
          const stacks = await synthesize(children, workspace, user, { app: toolchain.app, stage, unprotected });
          this.take(stacks);
          this.needs = quotaNeeds(stacks);
          step.done(`Synthesize stage ${stage}: ${this.results.length} stacks${this.skippedText()}`);
        },
      },
      {
        title: "Raise vCPU quotas",
        run: async (step) => {
          await raiseQuotas(session.emulator.url, this.needs);
          const raised = this.needs.map(({ name, vcpus }) => `${name} to ${vcpus}`);
          step.done(`vCPU quotas, as a new account has none: ${raised.join(", ") || "no pool needs one"}`);
        },
      },
    ];
  }

  private take(stacks: readonly SynthesizedStack[]): void {
    for (const { name, folder } of stacks) {
      const providers = foreignProviders(folder);
      if (providers.length > 0) {
        this.skipped.push({ name, providers });
        continue;
      }
      this.session.workspace.addStack(name, folder);
      this.results.push({ name, resources: 0, outputs: {} });
    }
  }

  private applying(stack: StackResult): Work {
    return {
      title: stack.name,
      run: async (step) => {
        const { terraform } = this.session;
        const started = performance.now();
        step.tell(() => "init");
        await terraform.init(stack.name);
        const plan = await terraform.plan(stack.name, () => step.tell(() => `plan, ${secondsSince(started)} s`));
        const applied = await terraform.apply(stack.name, follow(step, started, plan.planned, "created"));
        stack.outputs = applied.outputs;
        stack.resources = (await terraform.resources(stack.name)).length;
        stack.applySeconds = secondsSince(started);
        step.done(`${stack.name}: ${stack.resources} resources in ${stack.applySeconds} s`);
      },
    };
  }

  private replanning(stack: StackResult): Work {
    return {
      title: stack.name,
      run: async (step) => {
        const { changes } = await this.session.terraform.replan(stack.name);
        stack.drift = changes.length;
        const text = changes.length === 0 ? "no changes" : `${changes.length} changes: ${changes.join(", ")}`;
        step.done(`${stack.name}: ${text}`);
      },
    };
  }

  private destroying(stack: StackResult): Work {
    return {
      title: stack.name,
      run: async (step) => {
        const { terraform, options } = this.session;
        const started = performance.now();
        const resources = await terraform.resources(stack.name);
        const slow = options.withFileSystems ? [] : resources.filter((address) => SLOW_TO_DELETE.test(address));
        if (slow.length > 0) await terraform.forget(stack.name, slow);
        await terraform.destroy(stack.name, follow(step, started, resources.length - slow.length, "destroyed"));
        stack.left = (await terraform.resources(stack.name)).length;
        stack.destroySeconds = secondsSince(started);
        const forgotten = slow.length > 0 ? `; not waited for: ${slow.join(", ")}` : "";
        step.done(`${stack.name}: ${resources.length - stack.left} destroyed in ${stack.destroySeconds} s${forgotten}`);
      },
    };
  }

  private skippedText(): string {
    const texts = this.skipped.map(({ name, providers }) => `; ${name} is not applied, it needs ${providers.join(" and ")}`);
    return texts.join("");
  }
}

/** "12 of 48 created, 31 s", and towards the end what is waited for. */
function follow(step: Step, started: number, total: number, verb: string): (summary: PlanSummary) => void {
  return ({ done, underway }) => {
    const waiting = underway.length > 0 && underway.length <= 2 ? `, waiting for ${underway.join(" and ")}` : "";
    step.tell(() => `${done} of ${total} ${verb}, ${secondsSince(started)} s${waiting}`);
  };
}

function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 1000);
}
