import {
  resolveTrainingJob,
  RUNTIME_VARIABLES,
  type TrainingJobOptions,
  trainingManifests,
} from "cdktf-ai-datacenter/training";
import { CapacityKind } from "cdktf-ai-datacenter/contracts";
import { SecretRef } from "cdktf-ai-datacenter/kubernetes";
import { MountKind } from "cdktf-ai-datacenter/training";
import "cdktf-ai-datacenter/testing/jest";
import { nerJob, pool, RUNTIME } from "./jobs";

interface PodSpec {
  readonly containers: readonly {
    readonly command: readonly string[];
    readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
    readonly [field: string]: unknown;
  }[];
  readonly volumes: readonly { readonly name: string; readonly [field: string]: unknown }[];
  readonly [field: string]: unknown;
}

interface Parsed {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: object;
    readonly annotations: object;
  };
  readonly spec: {
    readonly failurePolicy: { readonly maxRestarts?: number; readonly rules: readonly Rule[] };
    readonly replicatedJobs: readonly [{ readonly template: { readonly spec: JobSpec } }];
    readonly [field: string]: unknown;
  };
  readonly data: Readonly<Record<string, string>>;
  readonly immutable: boolean;
}

interface Rule {
  readonly action: string;
  readonly onJobFailureReasons: readonly string[];
  readonly onJobFailureMessagePatterns: readonly string[];
}

interface JobSpec {
  readonly podFailurePolicy: { readonly rules: readonly PodRule[] };
  readonly template: {
    readonly metadata: { readonly labels: object; readonly annotations: object };
    readonly spec: PodSpec;
  };
  readonly [field: string]: unknown;
}

interface PodRule {
  readonly action: string;
  readonly onExitCodes?: { readonly values: readonly number[] };
  readonly onPodConditions?: readonly unknown[];
}

function objects(more: Partial<TrainingJobOptions> = {}, monitored = false): readonly Parsed[] {
  const job = resolveTrainingJob(nerJob(more), "test/Job");
  return JSON.parse(JSON.stringify(trainingManifests(job, { monitored }, "test/Job"))) as readonly Parsed[];
}

function objectOf(kind: string, more: Partial<TrainingJobOptions> = {}, monitored = false): Parsed {
  const found = objects(more, monitored).find((object) => object.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
}

const jobOf = (more: Partial<TrainingJobOptions> = {}) => objectOf("JobSet", more).spec.replicatedJobs[0].template.spec;
const podOf = (more: Partial<TrainingJobOptions> = {}) => jobOf(more).template.spec;
const containerOf = (more: Partial<TrainingJobOptions> = {}) => {
  const [container] = podOf(more).containers;
  if (container === undefined) throw new Error("no container");
  return container;
};

/** What the Job controller and then JobSet do with the end of a pod; the messages are those of Kubernetes 1.35. */
function outcome(
  end: { readonly code?: number; readonly disrupted?: boolean },
  more: Partial<TrainingJobOptions> = {},
): string {
  const { rules } = jobOf(more).podFailurePolicy;
  const index = rules.findIndex(({ onExitCodes, onPodConditions }) =>
    onExitCodes ? end.code !== undefined && onExitCodes.values.includes(end.code) : onPodConditions && end.disrupted,
  );
  const rule = rules[index];
  if (rule?.action === "Ignore") return "the pod alone";
  const what = rule?.onExitCodes
    ? `Container main for pod n/p failed with exit code ${end.code} matching FailJob rule at index ${index}`
    : `Pod n/p has condition DisruptionTarget matching FailJob rule at index ${index}`;
  const [reason, message] =
    rule === undefined
      ? ["BackoffLimitExceeded", "Job has reached the specified backoff limit"]
      : ["PodFailurePolicy", what];
  const found = objectOf("JobSet", more).spec.failurePolicy.rules.find(
    (each) =>
      each.onJobFailureReasons.includes(reason) &&
      each.onJobFailureMessagePatterns.some((pattern) => new RegExp(pattern).test(message)),
  );
  return found?.action ?? "RestartJobSet";
}

describe("the end of a pod", () => {
  test.each([
    [{ code: 64 }, "FailJobSet"],
    [{ code: 65 }, "FailJobSet"],
    [{ code: 76 }, "FailJobSet"],
    [{ code: 75 }, "RestartJobSetAndIgnoreMaxRestarts"],
    [{ code: 75, disrupted: true }, "RestartJobSetAndIgnoreMaxRestarts"],
    [{ code: 137, disrupted: true }, "RestartJobSetAndIgnoreMaxRestarts"],
    [{ disrupted: true }, "RestartJobSetAndIgnoreMaxRestarts"],
    [{ code: 69 }, "RestartJobSet"],
    [{ code: 70 }, "RestartJobSet"],
    [{ code: 74 }, "RestartJobSet"],
    [{ code: 137 }, "RestartJobSet"],
    [{ code: 175 }, "RestartJobSet"],
  ])("%j means %s", (end, action) => {
    expect(outcome(end)).toBe(action);
  });

  test("makes one pod anew where the job may lose nodes, but all of them when they agreed to stop", () => {
    const elastic = { nodes: undefined, minNodes: 1, maxNodes: 2 };
    expect(outcome({ code: 137, disrupted: true }, elastic)).toBe("the pod alone");
    expect(outcome({ code: 75, disrupted: true }, elastic)).toBe("RestartJobSetAndIgnoreMaxRestarts");
    expect(outcome({ code: 64 }, elastic)).toBe("FailJobSet");
  });

  test("has rules that JobSet takes", () => {
    const { rules } = objectOf("JobSet").spec.failurePolicy;
    for (const { name } of rules as unknown as { name: string }[]) {
      expect(name).toMatch(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/);
    }
  });
});

describe("the launch spec", () => {
  test("lies in a ConfigMap that is called by its content and never changes", () => {
    const map = objectOf("ConfigMap");
    expect(map.immutable).toBe(true);
    expect(map.metadata.name).toMatch(/^ner-[0-9a-f]{8}-[0-9a-f]{8}$/);
    expect(objectOf("ConfigMap", { observe: { log_every: 1 } }).metadata.name).not.toBe(map.metadata.name);
    expect(JSON.parse(map.data["launch-spec.json"] ?? "")).toEqual(resolveTrainingJob(nerJob(), "test/Job").launchSpec);
  });

  test("does not depend on the order of what came in", () => {
    const { train, ...rest } = nerJob();
    const swapped = { train: { global_batch: train.global_batch, steps: train.steps }, ...rest };
    const job = resolveTrainingJob(swapped, "test/Job");
    expect(JSON.stringify(trainingManifests(job, { monitored: true }, "test/Job"))).toBe(
      JSON.stringify(trainingManifests(resolveTrainingJob(nerJob(), "test/Job"), { monitored: true }, "test/Job")),
    );
  });

  test("is mounted beside the program that fetches the runtime", () => {
    const map = objectOf("ConfigMap");
    expect(podOf().volumes).toContainEqual({ name: "launch-spec", configMap: { name: map.metadata.name } });
    expect(containerOf().volumeMounts).toContainEqual({ name: "launch-spec", mountPath: "/etc/aidc", readOnly: true });
    expect(containerOf().command).toEqual(["python3", "/etc/aidc/bootstrap.py", RUNTIME.uri, RUNTIME.sha256]);
    expect(map.data["bootstrap.py"]).toContain("sha256");
  });

  test("is all there is where the image holds the runtime", () => {
    expect(containerOf({ runtime: undefined }).command).toEqual(["aidc-run", "launch"]);
    expect(Object.keys(objectOf("ConfigMap", { runtime: undefined }).data)).toEqual(["launch-spec.json"]);
  });
});

describe("the job set", () => {
  const jobSet = objectOf("JobSet");

  test("is called as the run, stays when it is done, and when nobody declares it any more", () => {
    const { runId } = resolveTrainingJob(nerJob(), "test/Job");
    expect(jobSet.metadata).toMatchObject({
      name: runId,
      namespace: "team-research",
      labels: { "kueue.x-k8s.io/queue-name": "default", "aidc/job": "ner", "aidc/run": runId },
      annotations: { "helm.sh/resource-policy": "keep" },
    });
    expect(jobSet.spec).not.toHaveProperty("ttlSecondsAfterFinished");
    expect(jobSet.spec.failurePolicy).toMatchObject({ maxRestarts: 8, restartStrategy: "BlockingRecreate" });
  });

  test("retries no pod by itself", () => {
    expect(jobOf()).toMatchObject({ backoffLimit: 0, parallelism: 2, completions: 2, completionMode: "Indexed" });
    expect(podOf().restartPolicy).toBe("Never");
  });

  test("tells each pod its rank and its start, before what refers to it", () => {
    const names = containerOf().env.map(({ name }) => name);
    expect(names.indexOf("AIDC_ATTEMPT")).toBeLessThan(names.indexOf("PET_RDZV_ID"));
    const byName = new Map(containerOf().env.map((variable) => [variable.name, variable.valueFrom]));
    expect(byName.get("PET_NODE_RANK")).toMatchObject({
      fieldRef: { fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']" },
    });
    expect(byName.get("AIDC_ATTEMPT")).toMatchObject({
      fieldRef: { fieldPath: "metadata.annotations['jobset.sigs.k8s.io/restart-attempt']" },
    });
    expect(byName.get("AIDC_NODE")).toMatchObject({ fieldRef: { fieldPath: "spec.nodeName" } });
    const address = containerOf().env.find(({ name }) => name === "PET_LOCAL_ADDR")?.value;
    expect(address).toMatch(/^(ner-[0-9a-f]{8})-node-0-\$\(PET_NODE_RANK\)\.\1$/);
    expect(names.indexOf("PET_NODE_RANK")).toBeLessThan(names.indexOf("PET_LOCAL_ADDR"));
    expect(new Set(names).size).toBe(names.length);
  });

  test("sets every variable that the runtime reads", () => {
    const names = containerOf().env.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(RUNTIME_VARIABLES)));
  });

  test("passes what is asked of restricted pods", () => {
    expect(podOf()).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(containerOf()).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
      terminationMessagePath: "/dev/termination-log",
      terminationMessagePolicy: "FallbackToLogsOnError",
    });
    const kinds = podOf().volumes.flatMap((volume) => Object.keys(volume).filter((key) => key !== "name"));
    expect([...new Set(kinds)].sort()).toEqual(["configMap", "emptyDir"]);
  });

  test("takes whole nodes, keeps its place in the network, and is not disrupted for less", () => {
    expect(containerOf().resources).toMatchObject({
      limits: { "nvidia.com/gpu": "8", "vpc.amazonaws.com/efa": "32", "hugepages-2Mi": "5Gi" },
    });
    expect(jobOf().template.metadata.annotations).toEqual({
      "karpenter.sh/do-not-disrupt": "true",
      "kueue.x-k8s.io/podset-preferred-topology": "topology.k8s.aws/network-node-layer-3",
    });
  });

  test("opens its ports, and has no probe that could end it", () => {
    expect(containerOf().ports).toEqual([
      { name: "metrics", containerPort: 9464, protocol: "TCP" },
      { name: "rendezvous", containerPort: 29500, protocol: "TCP" },
    ]);
    expect(containerOf({ observe: { port: 0 } }).ports).toHaveLength(1);
    for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"])
      expect(containerOf()).not.toHaveProperty(probe);
  });

  test("mounts claims and secrets, with room for the pods of buckets", () => {
    const mounts = [
      { claim: "corpus", path: "/corpus", kind: MountKind.OBJECT_STORE },
      { claim: "scratch-lustre", path: "/lustre", kind: MountKind.FILE_SYSTEM },
    ];
    const secretEnv = { WANDB_API_KEY: SecretRef.existing({ secretName: "wandb", key: "key" }) };
    const pod = podOf({ mounts, secretEnv });
    expect(pod.volumes).toContainEqual({
      name: "corpus",
      persistentVolumeClaim: { claimName: "corpus", readOnly: true },
    });
    const container = containerOf({ mounts, secretEnv });
    expect(container.volumeMounts).toContainEqual({ name: "corpus", mountPath: "/corpus", readOnly: true });
    expect(container.volumeMounts).toContainEqual({ name: "scratch-lustre", mountPath: "/lustre" });
    expect(container.env).toContainEqual({
      name: "WANDB_API_KEY",
      valueFrom: { secretKeyRef: { name: "wandb", key: "key" } },
    });
    expect(container.resources).toMatchObject({ limits: { cpu: "185", memory: "1882Gi" } });
  });
});

describe("monitoring", () => {
  test("comes where the cluster has the operator's resources, and metrics are served", () => {
    expect(objects().map(({ kind }) => kind)).toEqual(["ConfigMap", "JobSet"]);
    expect(objects({}, true).map(({ kind }) => kind)).toEqual(["ConfigMap", "JobSet", "PodMonitor", "PrometheusRule"]);
    expect(objects({ observe: { port: 0 } }, true)).toHaveLength(2);
  });

  test("finds the run's pods alone, and is found by its Prometheus", () => {
    const monitor = objectOf("PodMonitor", { monitorLabels: { release: "prometheus" } }, true);
    const { runId } = resolveTrainingJob(nerJob(), "test/Job");
    expect(monitor.metadata.labels).toMatchObject({ release: "prometheus" });
    expect(monitor.spec).toMatchObject({ selector: { matchLabels: { "aidc/run": runId } } });
    expect(jobOf().template.metadata.labels).toMatchObject({ "aidc/run": runId });
  });

  test("waits as long as the watchdog, and for four checkpoints", () => {
    const text = JSON.stringify(objectOf("PrometheusRule", { resilience: { hang_seconds: 777 } }, true));
    expect(text).toContain("> 777");
    expect(text).toContain("> 3600");
    const rare = { pool: pool({ capacityKind: CapacityKind.ON_DEMAND }), checkpoint: { every_seconds: 60 } };
    expect(JSON.stringify(objectOf("PrometheusRule", rare, true))).toContain("> 240");
  });
});
