import "cdktf-ai-datacenter/testing/jest";
import { gangJobSet, type GangOptions } from "../../../lib/kubernetes/gang/gang-job-set";
import { WorkloadPriority } from "../../../lib/kubernetes/queues/labels";
import { burstPool, onPremisesPool, p6Pool, trainingPool } from "./pools";

interface JobSet {
  readonly metadata: unknown;
  readonly spec: {
    readonly [field: string]: unknown;
    readonly replicatedJobs: readonly [
      {
        readonly replicas: number;
        readonly template: {
          readonly spec: {
            readonly template: {
              readonly metadata?: { readonly annotations: Record<string, string> };
              readonly spec: unknown;
            };
          };
        };
      },
    ];
  };
}

function gang(more: Partial<GangOptions> = {}): JobSet {
  const pool = trainingPool();
  const options = { name: "llm", namespace: "team-research", pool, nodes: 16, image: "train:1", ...more };
  return JSON.parse(JSON.stringify(gangJobSet(options, "test/Gang"))) as JobSet;
}

function annotationsOf(more: Partial<GangOptions>) {
  return gang(more).spec.replicatedJobs[0].template.spec.template.metadata?.annotations;
}

describe("a gang", () => {
  const jobSet = gang();

  test("waits in its team's queue, and leaves it to Kueue when it starts", () => {
    expect(jobSet.metadata).toEqual({
      name: "llm",
      namespace: "team-research",
      labels: { "kueue.x-k8s.io/queue-name": "default", "kueue.x-k8s.io/priority-class": "normal" },
    });
    expect(jobSet.spec).not.toHaveProperty("suspend");
  });

  test("is one indexed job with a pod for each node", () => {
    expect(jobSet.spec.replicatedJobs).toHaveLength(1);
    expect(jobSet.spec.replicatedJobs[0]).toMatchObject({
      replicas: 1,
      template: {
        spec: { parallelism: 16, completions: 16, completionMode: "Indexed", backoffLimit: 0 },
      },
    });
    expect(jobSet.spec.replicatedJobs[0].template.spec.template.spec).toMatchObject({
      nodeSelector: { "aidc/pool": "training" },
      restartPolicy: "Never",
    });
  });

  test("starts again as a whole, once all old pods are gone", () => {
    expect(jobSet.spec.failurePolicy).toEqual({ maxRestarts: 3, restartStrategy: "BlockingRecreate" });
    expect(gang({ maxRestarts: 0 }).spec.failurePolicy).toEqual({ restartStrategy: "BlockingRecreate" });
  });

  test("takes all its options", () => {
    const { metadata, spec } = gang({
      queueName: "night",
      priority: WorkloadPriority.HIGH,
      maxRestarts: 10,
      ttlSecondsAfterFinished: 3600,
    });
    expect(metadata).toMatchObject({
      labels: { "kueue.x-k8s.io/queue-name": "night", "kueue.x-k8s.io/priority-class": "high" },
    });
    expect(spec).toMatchObject({ ttlSecondsAfterFinished: 3600, failurePolicy: { maxRestarts: 10 } });
  });
});

test("a gang is called, watched and ended as its owner says, beside what places it", () => {
  const onExit = { action: "FailJob", onExitCodes: { operator: "In", values: [64] } };
  const options: Partial<GangOptions> = {
    labels: { run: "r" },
    annotations: { note: "n" },
    podLabels: { run: "r" },
    podAnnotations: { note: "p" },
    podFailurePolicy: { rules: [onExit] },
    failureRules: [{ name: "bad", action: "FailJobSet" }],
  };
  const made = JSON.parse(JSON.stringify(gang(options))) as unknown;
  expect(made).toMatchObject({
    metadata: { labels: { run: "r", "kueue.x-k8s.io/queue-name": "default" }, annotations: { note: "n" } },
    spec: {
      failurePolicy: { maxRestarts: 3, rules: [{ name: "bad", action: "FailJobSet" }] },
      replicatedJobs: [
        {
          template: {
            spec: {
              podFailurePolicy: { rules: [onExit] },
              template: { metadata: { labels: { run: "r" }, annotations: { note: "p" } } },
            },
          },
        },
      ],
    },
  });
  expect(annotationsOf(options)).toMatchObject(annotationsOf({}) ?? {});
});

describe("the placement of a gang", () => {
  test("is as close as there is room, by the innermost layer", () => {
    expect(annotationsOf({})).toEqual({
      "kueue.x-k8s.io/podset-preferred-topology": "topology.k8s.aws/network-node-layer-3",
    });
    expect(annotationsOf({ pool: p6Pool, nodes: 8 })).toEqual({
      "kueue.x-k8s.io/podset-preferred-topology": "topology.k8s.aws/network-node-layer-4",
    });
  });

  test("can be required, below a prefix of one's own", () => {
    expect(annotationsOf({ requiredLayer: 2, topologyLabelPrefix: "site/layer-" })).toEqual({
      "kueue.x-k8s.io/podset-required-topology": "site/layer-2",
    });
  });

  test("asks for nothing with one node, but says so, as a flavor with topology demands", () => {
    expect(annotationsOf({ nodes: 1 })).toEqual({ "kueue.x-k8s.io/podset-unconstrained-topology": "true" });
  });

  test("is left to the scheduler where nodes come when pods wait, or layers are not known", () => {
    expect(annotationsOf({ pool: burstPool, nodes: 4 })).toBeUndefined();
    expect(annotationsOf({ pool: onPremisesPool })).toBeUndefined();
    expect(annotationsOf({ topologyAware: false })).toBeUndefined();
    expect(annotationsOf({ pool: { ...burstPool, topologyLayers: 3 }, nodes: 4, topologyAware: true })).toEqual({
      "kueue.x-k8s.io/podset-preferred-topology": "topology.k8s.aws/network-node-layer-3",
    });
  });

  test.each([
    ["a layer that is not there", { requiredLayer: 4 }],
    ["a layer of a pool without topology", { requiredLayer: 1, pool: onPremisesPool }],
    ["a layer beside topology", { requiredLayer: 1, topologyAware: false }],
    ["topology of unknown layers", { topologyAware: true, pool: onPremisesPool }],
    ["half a layer", { requiredLayer: 1.5 }],
  ])("refuses %s", (_, more) => {
    expect(() => gang(more)).toRefuse("TOPOLOGY_UNKNOWN", { path: "test/Gang" });
  });
});

describe("a gang that cannot be", () => {
  test.each([
    ["more nodes than the pool has", { nodes: 17 }, "nodes"],
    ["no nodes", { nodes: 0 }, "nodes"],
    ["half a node", { nodes: 1.5 }, "nodes"],
    ["negative restarts", { maxRestarts: -1 }, "maxRestarts"],
  ])("refuses %s", (_, more, property) => {
    expect(() => gang(more)).toRefuse("GANG_INVALID", { path: `test/Gang.${property}` });
  });

  test.each([
    ["a name from which pods' names get too long", { name: "a".repeat(48) }, "name"],
    ["a name that a Service cannot have", { name: "7b" }, "name"],
    ["a namespace in capitals", { namespace: "Team" }, "namespace"],
    ["a queue with a dot", { queueName: "a.b" }, "queueName"],
  ])("refuses %s", (_, more, property) => {
    expect(() => gang(more)).toRefuse("KUBERNETES_NAME_INVALID", { path: `test/Gang.${property}` });
  });

  test("takes the longest name that there is", () => {
    // 63 less "-node-0-15-abcde".
    expect(gang({ name: "a".repeat(47) }).metadata).toMatchObject({ name: "a".repeat(47) });
  });
});
