import { InvalidProps } from "../../core";
import { CANCELLED_ANNOTATION } from "../../training/job-labels";
import { type CommandIo, OK, REFUSED, UNUSABLE } from "../guard-command";
import { Interrupted, Kubectl, KubectlFailed, type KubectlTarget } from "../kubectl";
import { renderedJob, type RenderedJob, UnreadableJob } from "./job";
import { type JobSet, JobState, type Pod, stateOf, statusLines } from "./status";

/** 128 + SIGINT, as shells report it. */
const INTERRUPTED = 130;

export interface JobOptions extends KubectlTarget {
  /** Folder that the platform's stacks were synthesized into. */
  readonly out: string;
}

export interface JobSubmitOptions extends JobOptions {
  /** Let the server judge, and change nothing. */
  readonly dryRun: boolean;
}

export interface JobStatusOptions extends JobOptions {
  readonly json: boolean;
}

export interface JobLogsOptions extends JobOptions {
  readonly follow: boolean;
  /** Lines of each pod; all of them with -1. */
  readonly tail: string;
  /** Logs of all pods, not only of the first. */
  readonly all: boolean;
}

export interface JobCancelOptions extends JobOptions {
  readonly yes: boolean;
}

const JOB_SETS = "jobsets.jobset.x-k8s.io";

/** `aidc job render`: the manifests of a job's file. @returns the exit status */
export function jobRenderCommand(file: string, { out }: JobOptions, io: CommandIo): number {
  return told(io, () => {
    io.out(renderedJob(file, out).text);
    return OK;
  });
}

/** `aidc job submit`: applies them; the job waits in its team's queue. @returns the exit status */
export function jobSubmitCommand(file: string, options: JobSubmitOptions, io: CommandIo): Promise<number> {
  return onCluster(file, options, io, async ({ job, namespace, text }, kubectl) => {
    io.out(await kubectl.apply(text, options.dryRun ? ["--dry-run=server"] : []));
    if (!options.dryRun) io.out(`submitted: run ${job.runId} in namespace ${namespace}\n`);
    return OK;
  });
}

/** `aidc job status`: how it stands. @returns the exit status: 1 where it failed, or is not there */
export function jobStatusCommand(file: string, options: JobStatusOptions, io: CommandIo): Promise<number> {
  return onCluster(file, options, io, async ({ job: { runId }, namespace }, kubectl) => {
    const jobSet = await kubectl.find<JobSet>(JOB_SETS, namespace, runId);
    if (jobSet === undefined) return missing(runId, namespace, io);
    const pods = await kubectl.select<Pod>("pods", namespace, podsOf(runId));
    const state = stateOf(jobSet);
    if (options.json)
      io.out(`${JSON.stringify({ run: runId, namespace, state, status: jobSet.status ?? {} }, undefined, 2)}\n`);
    else io.out(`${statusLines(runId, jobSet, pods).join("\n")}\n`);
    return state === JobState.FAILED ? REFUSED : OK;
  });
}

/** `aidc job logs`: what its first pod says, or all of them. @returns the exit status */
export function jobLogsCommand(file: string, options: JobLogsOptions, io: CommandIo): Promise<number> {
  return onCluster(file, options, io, async ({ job, namespace }, kubectl) => {
    const labels = `${podsOf(job.runId)}${options.all ? "" : ",batch.kubernetes.io/job-completion-index=0"}`;
    const several = options.all ? ["--prefix", `--max-log-requests=${job.maxNodes}`] : [];
    const how = [...several, `--tail=${options.tail}`, ...(options.follow ? ["--follow"] : [])];
    const status = await kubectl.show(["logs", "--namespace", namespace, "-l", labels, ...how]);
    return status === 0 ? OK : REFUSED;
  });
}

/** `aidc job cancel`: its pods save and leave; what was saved stays. @returns the exit status */
export function jobCancelCommand(file: string, options: JobCancelOptions, io: CommandIo): Promise<number> {
  return onCluster(file, options, io, async ({ job: { runId }, namespace }, kubectl) => {
    const jobSet = await kubectl.find<JobSet>(JOB_SETS, namespace, runId);
    if (jobSet === undefined) return missing(runId, namespace, io);
    if (!options.yes) {
      io.out(`would cancel run ${runId} in namespace ${namespace}, ${stateOf(jobSet)}; run it again with --yes\n`);
      return REFUSED;
    }
    // A cluster keeps a run that goes on, unless it was given up: see `RunProtection`.
    await kubectl.annotate(namespace, JOB_SETS, runId, `${CANCELLED_ANNOTATION}=true`);
    await kubectl.deleteIn(namespace, JOB_SETS, runId);
    io.out(`cancelled: run ${runId}; its pods save and leave, and submitting it again goes on from there\n`);
    return OK;
  });
}

function podsOf(runId: string): string {
  return `jobset.sigs.k8s.io/jobset-name=${runId}`;
}

function missing(runId: string, namespace: string, io: CommandIo): number {
  io.error(
    `there is no run ${runId} in namespace ${namespace}: submit it first, or see whether its file has changed since\n`,
  );
  return REFUSED;
}

async function onCluster(
  file: string,
  options: JobOptions,
  io: CommandIo,
  work: (rendered: RenderedJob, kubectl: Kubectl) => Promise<number>,
): Promise<number> {
  const interrupt = new AbortController();
  const stop = () => interrupt.abort();
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    return await work(renderedJob(file, options.out), new Kubectl(options, interrupt.signal));
  } catch (error) {
    if (error instanceof Interrupted) return INTERRUPTED;
    return explained(error, io);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

function told(io: CommandIo, work: () => number): number {
  try {
    return work();
  } catch (error) {
    return explained(error, io);
  }
}

function explained(error: unknown, io: CommandIo): number {
  const isKnown = error instanceof InvalidProps || error instanceof UnreadableJob || error instanceof KubectlFailed;
  if (!isKnown) throw error;
  io.error(`${error.message}\n`);
  return error instanceof InvalidProps ? REFUSED : UNUSABLE;
}
