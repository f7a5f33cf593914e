import { setTimeout as sleep } from "node:timers/promises";
import { type CommandIo, OK, REFUSED, UNUSABLE } from "./guard-command";
import { Interrupted, Kubectl, KubectlFailed } from "./kubectl";

export interface DrainOptions {
  /** @default - kubectl's current one */
  readonly context?: string;
  /** @default - where kubectl looks */
  readonly kubeconfig?: string;
  /** How long to wait until all is gone, such as "15m". */
  readonly timeout: string;
  /** Delete; without it the command only tells what it would delete. */
  readonly yes: boolean;
  /** Tell what would be deleted, and call that a success. */
  readonly dryRun: boolean;
}

/** What differs in tests. */
export interface DrainSettings {
  /** Time between two looks at the cluster. @default 5000 */
  readonly pollMs?: number;
  /** Where Ctrl-C arrives. @default process */
  readonly signals?: NodeJS.EventEmitter;
}

/** 128 + SIGINT, as shells report it. */
export const INTERRUPTED = 130;

const GROUP = "karpenter.sh";
const POOLS = `nodepools.${GROUP}`;
const CLAIMS = `nodeclaims.${GROUP}`;

/** Failures in a row after which the cluster counts as gone. */
const FAILURES = 3;

/**
 * `aidc drain`: takes away what Karpenter runs, before its cluster is destroyed. First the node pools, so that nothing new starts, then
 * the node claims; then it waits until EC2 has taken the last instance back, since what is left then keeps running, unseen, and holds
 * subnets and security groups. Sources: aws/karpenter-provider-aws #1134 and #5727.
 * @returns the exit status
 */
export async function drainCommand(
  options: DrainOptions,
  io: CommandIo,
  { pollMs = 5000, signals = process }: DrainSettings = {},
): Promise<number> {
  const timeoutMs = durationMs(options.timeout);
  if (timeoutMs === undefined) {
    io.error(`--timeout: got ${options.timeout}; allowed: a duration such as 90s, 15m or 1h30m\n`);
    return UNUSABLE;
  }
  const interrupt = new AbortController();
  const stop = () => interrupt.abort();
  signals.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    const kubectl = new Kubectl(options, interrupt.signal);
    return await new Drain(kubectl, io, interrupt.signal, pollMs).run(options, timeoutMs);
  } catch (error) {
    if (error instanceof Interrupted) io.error("interrupted: what was asked to go still goes; run it again to wait\n");
    else if (error instanceof KubectlFailed) io.error(`${error.message}\n`);
    else throw error;
    return error instanceof Interrupted ? INTERRUPTED : UNUSABLE;
  } finally {
    signals.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

/** A NodePool or a NodeClaim, as far as it matters here. */
interface KarpenterObject {
  readonly metadata: {
    readonly name: string;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
  };
  readonly status?: {
    readonly nodeName?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

interface Found {
  readonly pools: readonly KarpenterObject[];
  readonly claims: readonly KarpenterObject[];
}

class Drain {
  private shown = "";

  public constructor(
    private readonly kubectl: Kubectl,
    private readonly io: CommandIo,
    private readonly signal: AbortSignal,
    private readonly pollMs: number,
  ) {}

  public async run({ yes, dryRun, timeout }: DrainOptions, timeoutMs: number): Promise<number> {
    if (!(await this.kubectl.serves(GROUP))) return this.nothing("the cluster has never heard of Karpenter");
    const found = await this.find();
    if (count(found) === 0) return this.nothing("there is no NodePool and no NodeClaim");
    const context = await this.kubectl.context();
    if (dryRun || !yes) {
      const next = dryRun ? "dry run: nothing was deleted" : "nothing was deleted; run it again with --yes";
      const list = [...found.pools.map(pool), ...found.claims.map(claim)].map((line) => `  ${line}`);
      this.io.out([`in ${context}, would delete and wait for:`, ...list, next, ""].join("\n"));
      return dryRun ? OK : REFUSED;
    }
    this.io.error(`deleting in ${context}\n`);
    return this.wait(timeout, Date.now() + timeoutMs);
  }

  private nothing(because: string): number {
    this.io.out(`nothing to drain: ${because}\n`);
    return OK;
  }

  private async find(): Promise<Found> {
    return { pools: await this.kubectl.list(POOLS), claims: await this.kubectl.list(CLAIMS) };
  }

  private async wait(timeout: string, deadline: number): Promise<number> {
    for (let failures = 0; ;) {
      try {
        const left = await this.step();
        failures = 0;
        if (count(left) === 0) {
          this.io.out("drained: no NodePool and no NodeClaim is left\n");
          return OK;
        }
        if (Date.now() >= deadline) return this.giveUp(left, timeout);
      } catch (error) {
        if (!(error instanceof KubectlFailed) || ++failures === FAILURES) throw error;
        this.io.error(`${error.message}; trying again\n`);
      }
      await this.pause();
    }
  }

  /** Looks at what is left, and deletes what nobody has asked to go yet: at first all, later what has come in between. */
  private async step(): Promise<Found> {
    const left = await this.find();
    await this.kubectl.delete(POOLS, left.pools.filter(stays).map(nameOf));
    await this.kubectl.delete(CLAIMS, left.claims.filter(stays).map(nameOf));
    const progress = `${left.pools.length} node pools, ${left.claims.length} node claims left\n`;
    if (progress !== this.shown && count(left) > 0) this.io.error(progress);
    this.shown = progress;
    return left;
  }

  private async pause(): Promise<void> {
    try {
      await sleep(this.pollMs, undefined, { signal: this.signal });
    } catch {
      throw new Interrupted();
    }
  }

  private giveUp({ pools, claims }: Found, timeout: string): number {
    const lines = [
      `not drained after ${timeout}; left are:`,
      ...[...pools.map((one) => pool(one) + reasons(one)), ...claims.map((one) => claim(one) + reasons(one))].map(
        (line) => `  ${line}`,
      ),
      "A node claim waits until its pods have left: PodDisruptionBudgets and the annotation karpenter.sh/do-not-disrupt keep them,",
      "and so does a Karpenter that runs no more. Stop the work, or ask for longer with --timeout.",
      "Take no finalizer away while the instance runs: nobody would ever end it.",
    ];
    this.io.error(`${lines.join("\n")}\n`);
    return REFUSED;
  }
}

function count({ pools, claims }: Found): number {
  return pools.length + claims.length;
}

function nameOf({ metadata }: KarpenterObject): string {
  return metadata.name;
}

function stays({ metadata }: KarpenterObject): boolean {
  return metadata.deletionTimestamp === undefined;
}

function pool({ metadata }: KarpenterObject): string {
  return `NodePool ${metadata.name}`;
}

function claim({ metadata, status }: KarpenterObject): string {
  return `NodeClaim ${metadata.name}${status?.nodeName === undefined ? "" : ` (node ${status.nodeName})`}`;
}

/** The steps of a termination. Source: kubernetes-sigs/karpenter v1.14.1 `pkg/apis/v1/nodeclaim_status.go`. */
const STEPS = ["Drained", "VolumesDetached", "InstanceTerminating"];

function reasons({ metadata: { finalizers = [] }, status: { conditions = [] } = {} }: KarpenterObject): string {
  const open = conditions.filter(({ type, status }) => STEPS.includes(type) && status !== "True");
  const parts = [
    ...(finalizers.length === 0 ? [] : [`finalizers ${finalizers.join(", ")}`]),
    ...open.map(({ type, message = "" }) => `not ${type}${message === "" ? "" : `: ${message}`}`),
  ];
  return parts.length === 0 ? "" : `: ${parts.join("; ")}`;
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

function durationMs(text: string): number | undefined {
  if (!/^(\d+[smh])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)([smh])/g)];
  return parts.reduce((sum, [, amount, unit = "s"]) => sum + Number(amount) * (UNITS[unit] ?? 0), 0);
}
