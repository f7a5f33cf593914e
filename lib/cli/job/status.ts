/** A JobSet, as far as its state shows. */
export interface JobSet {
  readonly spec: { readonly suspend?: boolean };
  readonly status?: {
    readonly restarts?: number;
    readonly restartsCountTowardsMax?: number;
    readonly terminalState?: string;
    readonly conditions?: readonly Condition[];
  };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** A pod, as far as it matters here. */
export interface Pod {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly {
      readonly state?: { readonly terminated?: { readonly exitCode: number; readonly message?: string } };
    }[];
  };
}

/** How a job stands. */
export enum JobState {
  QUEUED = "queued",
  RUNNING = "running",
  COMPLETED = "completed",
  FAILED = "failed",
}

export function stateOf({ spec, status }: JobSet): JobState {
  if (status?.terminalState === "Completed") return JobState.COMPLETED;
  if (status?.terminalState === "Failed") return JobState.FAILED;
  return spec.suspend === true ? JobState.QUEUED : JobState.RUNNING;
}

/** Lines for people: the state with its reason, restarts, and each pod. */
export function statusLines(runId: string, jobSet: JobSet, pods: readonly Pod[]): string[] {
  const { restarts = 0, restartsCountTowardsMax: counted = 0, conditions = [] } = jobSet.status ?? {};
  const last = conditions.find(({ type, status }) => type === "Failed" && status === "True");
  const sorted = [...pods].sort((a, b) => indexOf(a) - indexOf(b));
  return [
    `${runId}: ${stateOf(jobSet)}${last === undefined ? "" : ` (${[last.reason, last.message].filter(Boolean).join(": ")})`}`,
    `  started again ${restarts} times, ${counted} of them after failures`,
    ...sorted.map((pod) => `  ${podLine(pod)}`),
  ];
}

function indexOf({ metadata: { labels = {} } }: Pod): number {
  return Number(labels["batch.kubernetes.io/job-completion-index"] ?? 0);
}

function podLine({ metadata, spec, status }: Pod): string {
  const ended = status?.containerStatuses?.find(({ state }) => state?.terminated !== undefined)?.state?.terminated;
  const why =
    ended === undefined ? "" : `, exit code ${ended.exitCode}${ended.message ? `: ${ended.message.trim()}` : ""}`;
  const where = spec?.nodeName === undefined ? "" : ` on ${spec.nodeName}`;
  return `${metadata.name}${where}: ${status?.phase ?? "unknown"}${why}`;
}
