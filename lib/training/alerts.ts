import type { KubernetesManifest } from "../kubernetes";
import type { MetricName } from "./contract.generated";
import { jobLabels, METRICS_PORT, RUN_LABEL } from "./job-labels";
import type { ResolvedTrainingJob } from "./resolve-training-job";

const MONITORING = "monitoring.coreos.com/v1";

/** Part of the time that steps took, below which something else takes too much. */
const LOW_GOODPUT = 0.8;

/** A PodMonitor of the job's pods, and alerts on the metrics that the runtime is known to have. */
export function alertManifests(job: ResolvedTrainingJob): readonly KubernetesManifest[] {
  const { runId, options, launchSpec } = job;
  if (launchSpec.observe.port === 0) return [];
  const metadata = {
    name: runId,
    namespace: options.identity.namespace,
    labels: { ...jobLabels(job), ...options.monitorLabels },
  };
  const podMonitor = {
    apiVersion: MONITORING,
    kind: "PodMonitor",
    metadata,
    spec: {
      selector: { matchLabels: { [RUN_LABEL]: runId } },
      podMetricsEndpoints: [{ port: METRICS_PORT, path: "/metrics", interval: "15s", scrapeTimeout: "10s" }],
    },
  };
  const groups = [{ name: "aidc-training", rules: trainingAlerts(job) }];
  return [podMonitor, { apiVersion: MONITORING, kind: "PrometheusRule", metadata, spec: { groups } }];
}

interface Alert {
  readonly alert: string;
  readonly expr: string;
  /** Undefined: at once. */
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

function trainingAlerts({ runId, launchSpec, options }: ResolvedTrainingJob): readonly Alert[] {
  const { hang_seconds: hang } = launchSpec.resilience;
  // Without a time of its own a checkpoint comes by steps, whose length nobody knows here.
  const checkpointAge = 4 * (launchSpec.checkpoint.every_seconds ?? 3600);
  const of = (metric: MetricName, labels: Readonly<Record<string, string>> = {}) =>
    selector(metric, { run: runId, ...labels });
  const alert = (name: string, minutes: number, severity: string, expr: string, summary: string): Alert => ({
    alert: name,
    expr,
    for: minutes === 0 ? undefined : `${minutes}m`,
    labels: { severity, run: runId, namespace: options.identity.namespace },
    annotations: { summary: `Run ${runId}: ${summary}` },
  });
  const saved = of("train_checkpoint_last_success_timestamp_seconds");
  const compute = `sum by (run) (rate(${of("train_phase_seconds_total", { phase: "compute" })}[1h]))`;
  const all = `sum by (run) (rate(${of("train_phase_seconds_total")}[1h]))`;
  return [
    alert(
      "TrainingHangs",
      5,
      "critical",
      `time() - max by (run) (${of("train_last_progress_timestamp_seconds")} > 0) > ${hang}`,
      `no progress for more than ${hang} seconds, and the watchdog has not ended it`,
    ),
    alert(
      "TrainingCheckpointOld",
      5,
      "warning",
      `time() - max by (run) (${saved} > 0) > ${checkpointAge}`,
      `no checkpoint for more than ${checkpointAge} seconds`,
    ),
    alert(
      "TrainingCheckpointFails",
      0,
      "warning",
      `sum by (run) (increase(${of("train_checkpoint_failures_total")}[1h])) > 0`,
      "a checkpoint could not be written",
    ),
    alert(
      "TrainingLossIsNoNumber",
      0,
      "critical",
      `(${of("train_loss")} != ${of("train_loss")}) or (increase(${of("train_bad_steps_total")}[10m]) > 0)`,
      "the loss or a gradient is no number",
    ),
    alert(
      "TrainingRestartsOften",
      0,
      "warning",
      `sum by (run) (increase(${of("train_restarts_total")}[1h])) > 3`,
      "its processes were started again more than three times in an hour",
    ),
    alert(
      "TrainingGoodputLow",
      30,
      "info",
      `${compute} / ${all} < ${LOW_GOODPUT}`,
      `less than ${LOW_GOODPUT * 100} % of the time goes into steps`,
    ),
  ];
}

function selector(metric: MetricName, labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return `${metric}{${matchers.join(",")}}`;
}
