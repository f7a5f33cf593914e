import type { PoolProfile } from "../../lib/contracts/pool";
import { profilesOf } from "../../stacks/kubernetes";
import type { ApiObject } from "../../tools/kubernetes/api-client";
import { buildKubernetes } from "../../tools/kubernetes/build";
import { ControlPlane } from "../../tools/kubernetes/control-plane";
import { startJobSet, startKueue, startLeaderWorkerSet } from "../../tools/kubernetes/controllers";
import { addNodes } from "../../tools/kubernetes/nodes";
import { prod } from "./reference-stacks";

const POOL = profilesOf(prod).find(({ poolName }) => poolName === "training") as PoolProfile;
const QUEUE = "kueue.x-k8s.io/queue-name";

let plane: ControlPlane;

beforeAll(async () => {
  plane = await ControlPlane.start({ binaries: await buildKubernetes() });
  await addNodes(plane, POOL, 4);
  await startJobSet(plane);
  await startLeaderWorkerSet(plane);
  await startKueue(plane);
});

afterAll(() => plane.stop());

function podSpec(nodeSelector: Readonly<Record<string, string>>): object {
  return {
    restartPolicy: "Never",
    nodeSelector,
    tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }],
    containers: [{ name: "main", image: "registry.example/app:1", resources: { limits: { "nvidia.com/gpu": "8" } } }],
  };
}

/** A gang of one pod a node. */
function gang(name: string, size: number, queue?: string): ApiObject {
  const template = { spec: podSpec(POOL.nodeSelector) };
  const spec = { completions: size, parallelism: size, completionMode: "Indexed", template };
  return {
    apiVersion: "jobset.x-k8s.io/v1alpha2",
    kind: "JobSet",
    metadata: { name, namespace: "default", ...(queue !== undefined && { labels: { [QUEUE]: queue } }) },
    spec: { replicatedJobs: [{ name: "ranks", replicas: 1, template: { spec } }] },
  };
}

async function podsOf(name: string): Promise<readonly ApiObject[]> {
  return plane.client.list("v1", "Pod", { labelSelector: `jobset.sigs.k8s.io/jobset-name=${name}` });
}

async function running(name: string): Promise<number> {
  return (await podsOf(name)).filter(({ status }) => (status as { readonly phase: string }).phase === "Running").length;
}

async function gone(name: string): Promise<void> {
  await plane.client.delete(gang(name, 0));
  await plane.client.waitFor(`${name} to go`, async () => (await podsOf(name)).length === 0);
}

describe("JobSet", () => {
  test("runs a gang, with the defaults of its webhook", async () => {
    const made = await plane.client.create(gang("plain", 2));
    expect(made.spec).toMatchObject({ successPolicy: { operator: "All" }, startupPolicy: {} });
    await plane.client.waitFor("two pods to run", async () => (await running("plain")) === 2);
    await gone("plain");
  });

  test("refuses by its webhook what its CRD would take", async () => {
    const long = gang("a".repeat(60), 2);
    await expect(plane.client.create(long)).rejects.toThrow(/admission webhook .* denied/);
  });
});

describe("LeaderWorkerSet", () => {
  test("runs a group, which its webhook completes", async () => {
    const group = {
      apiVersion: "leaderworkerset.x-k8s.io/v1",
      kind: "LeaderWorkerSet",
      metadata: { name: "serving", namespace: "default" },
      spec: {
        replicas: 1,
        leaderWorkerTemplate: {
          size: 2,
          workerTemplate: { spec: { ...podSpec(POOL.nodeSelector), restartPolicy: "Always" } },
        },
      },
    };
    const made = await plane.client.create(group);
    expect(made.spec).toMatchObject({ leaderWorkerTemplate: { restartPolicy: "RecreateGroupOnPodRestart" } });
    await plane.client.waitFor("the group to be ready", async () => {
      const found = await plane.client.get(group.apiVersion, group.kind, "serving", "default");
      return (found?.status as { readonly readyReplicas?: number } | undefined)?.readyReplicas === 1;
    });
    await plane.client.delete(group);
    await plane.client.waitFor("its pods to go", async () => {
      const labelSelector = "leaderworkerset.sigs.k8s.io/name=serving";
      return (await plane.client.list("v1", "Pod", { labelSelector })).length === 0;
    });
  });
});

describe("Kueue", () => {
  beforeAll(async () => {
    const version = "kueue.x-k8s.io/v1beta2";
    const flavors = [{ name: "training", resources: [{ name: "nvidia.com/gpu", nominalQuota: "24" }] }];
    const resourceGroups = [{ coveredResources: ["nvidia.com/gpu"], flavors }];
    for (const object of [
      {
        kind: "ResourceFlavor",
        metadata: { name: "training" },
        spec: { nodeLabels: POOL.nodeSelector, tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }] },
      },
      { kind: "ClusterQueue", metadata: { name: "team" }, spec: { namespaceSelector: {}, resourceGroups } },
      { kind: "LocalQueue", metadata: { name: "team", namespace: "default" }, spec: { clusterQueue: "team" } },
    ]) {
      await plane.client.apply({ apiVersion: version, ...object });
    }
  });

  test("admits a gang whole", async () => {
    const made = await plane.client.create(gang("fits", 3, "team"));
    expect(made.spec).toMatchObject({ suspend: true });
    await plane.client.waitFor("three pods to run", async () => (await running("fits")) === 3);
    await gone("fits");
  });

  test("leaves a gang that does not fit in the queue, without a single pod", async () => {
    await plane.client.create(gang("too-big", 4, "team"));
    const message = await plane.client.waitFor("Kueue to say no", async () => {
      const workloads = await plane.client.list("kueue.x-k8s.io/v1beta2", "Workload", { namespace: "default" });
      const found = workloads.find(({ metadata }) => metadata.name.includes("too-big"));
      const { conditions = [] } = (found?.status ?? {}) as {
        readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
      };
      return conditions.find(({ type, status }) => type === "QuotaReserved" && status === "False")?.message;
    });
    expect(message).toMatch(/insufficient quota for nvidia.com\/gpu/);
    expect(await podsOf("too-big")).toEqual([]);
    await gone("too-big");
  });

  test("refuses by its webhook what its CRD would take", async () => {
    const queue = await plane.client.get("kueue.x-k8s.io/v1beta2", "ClusterQueue", "team");
    const spec = {
      ...(queue?.spec as object),
      preemption: { reclaimWithinCohort: "Never", borrowWithinCohort: { policy: "LowerPriority" } },
    };
    const wrong = { apiVersion: "kueue.x-k8s.io/v1beta2", kind: "ClusterQueue", metadata: { name: "wrong" }, spec };
    await expect(plane.client.create(wrong)).rejects.toThrow(/reclaimWithinCohort/);
  });
});
