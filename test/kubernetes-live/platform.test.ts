import { gangJobSet, kueueConfiguration } from "cdktf-ai-datacenter/kubernetes";
import { profilesOf } from "../../stacks/kubernetes";
import type { ApiObject } from "../../tools/kubernetes/api-client";
import type { KubernetesBinaries } from "../../tools/kubernetes/binaries";
import { buildKubernetes } from "../../tools/kubernetes/build";
import { ControlPlane } from "../../tools/kubernetes/control-plane";
import { startJobSet, startKueue } from "../../tools/kubernetes/controllers";
import { addNodes } from "../../tools/kubernetes/nodes";
import type { PoolProfile } from "../../lib/contracts/pool";
import { installOperatorCrds, isOfRun, prod, renderedObjects } from "./reference-stacks";

/** The reference platform as `prod` renders it, with the real controllers, and nodes of both managed pools. */
let binaries: KubernetesBinaries;
let plane: ControlPlane;
const profiles = new Map(profilesOf(prod).map((profile) => [profile.poolName, profile]));
const training = profiles.get("training") as PoolProfile;
const inference = profiles.get("inference") as PoolProfile;
const TEAM = "team-research";

beforeAll(async () => {
  binaries = await buildKubernetes();
  plane = await ControlPlane.start({ binaries });
  await installOperatorCrds(plane.client, binaries);
  await startJobSet(plane);
  await startKueue(plane, kueueConfiguration());
  for (const object of renderedObjects([prod])) {
    if (object.kind !== "DaemonSet" && !isOfRun(object)) await plane.client.apply(object);
  }
  // The quota controller looks for new kinds twice a minute; until it counts them, none can be made.
  await plane.client.waitFor(
    "the quota to count JobSets",
    async () => {
      const quota = await plane.client.get("v1", "ResourceQuota", "limits", TEAM);
      return JSON.stringify(quota?.status ?? {}).includes('"count/jobsets.jobset.x-k8s.io":"0"');
    },
    120_000,
  );
  await addNodes(plane, training, 16);
  await addNodes(plane, inference, 2);
});

afterAll(() => plane.stop());

function gang(name: string, nodes: number): ApiObject {
  const pool = training;
  const options = { name, namespace: TEAM, pool, nodes, image: "registry.example/train:1", serviceAccount: "jobs" };
  return gangJobSet(options, "test") as unknown as ApiObject;
}

interface PodSpec {
  readonly nodeName?: string;
}

async function podsOf(name: string): Promise<readonly ApiObject[]> {
  const labelSelector = `jobset.sigs.k8s.io/jobset-name=${name}`;
  return plane.client.list("v1", "Pod", { namespace: TEAM, labelSelector });
}

const nodesOf = (pods: readonly ApiObject[]) => pods.map(({ spec }) => (spec as PodSpec).nodeName).filter(Boolean);

async function remove(job: ApiObject): Promise<void> {
  await plane.client.delete(job);
  await plane.client.waitFor("its pods to go", async () => (await podsOf(job.metadata.name)).length === 0);
}

test("the quotas of the stage are taken by Kueue: every queue is active", async () => {
  await plane.client.waitFor("the cluster queues to be active", async () => {
    const queues = await plane.client.list("kueue.x-k8s.io/v1beta2", "ClusterQueue");
    const active = queues.filter(({ status }) => {
      const { conditions = [] } = (status ?? {}) as { conditions?: readonly { type: string; status: string }[] };
      return conditions.some((condition) => condition.type === "Active" && condition.status === "True");
    });
    return queues.length === prod.teams.length && active.length === queues.length;
  });
});

test("a gang takes whole nodes of its pool, one pod on each; the next waits as a whole, without a single pod", async () => {
  const job = gang("fits", 12);
  const stored = await plane.client.create(job);
  expect(stored.spec).toMatchObject({ suspend: true });
  const pods = await plane.client.waitFor("twelve pods on nodes", async () => {
    const found = await podsOf("fits");
    return nodesOf(found).length === 12 ? found : undefined;
  });
  const nodes = nodesOf(pods);
  expect(new Set(nodes).size).toBe(12);
  expect(nodes.every((node) => node?.startsWith("training-"))).toBe(true);

  // Four nodes are free, and eight are asked for.
  const second = gang("too-big", 8);
  await plane.client.create(second);
  await plane.client.waitFor("Kueue to say no", async () => {
    const workloads = await plane.client.list("kueue.x-k8s.io/v1beta2", "Workload", { namespace: TEAM });
    return workloads.some(
      ({ metadata, status }) =>
        metadata.name.includes("too-big") && JSON.stringify(status ?? {}).includes("insufficient"),
    );
  });
  expect(await podsOf("too-big")).toEqual([]);
  await remove(job);
  await plane.client.waitFor("its turn", async () => nodesOf(await podsOf("too-big")).length === 8);
  await remove(second);
});

test("a job that names no queue is held by the team's own all the same", async () => {
  const job = gang("unlabelled", 1);
  const created = await plane.client.create({ ...job, metadata: { name: "unlabelled", namespace: TEAM } });
  expect(created.spec).toMatchObject({ suspend: true });
  await plane.client.waitFor("its pod to run", async () => nodesOf(await podsOf("unlabelled")).length === 1);
  await remove(job);
});

test("a pod that asks for one interface more than a node has finds none", async () => {
  const job = gang("greedy", 1) as unknown as { spec: { replicatedJobs: { template: unknown }[] } };
  const text = JSON.stringify(job.spec.replicatedJobs[0]?.template);
  const pod = (JSON.parse(text) as { spec: { template: { spec: object } } }).spec.template.spec;
  const spec = JSON.parse(
    JSON.stringify(pod).replaceAll('"vpc.amazonaws.com/efa":"32"', '"vpc.amazonaws.com/efa":"33"'),
  ) as object;
  await plane.client.create({ apiVersion: "v1", kind: "Pod", metadata: { name: "greedy", namespace: TEAM }, spec });
  await plane.client.waitFor("the scheduler to say why", async () => {
    const found = await plane.client.get("v1", "Pod", "greedy", TEAM);
    return JSON.stringify(found?.status).includes("Insufficient vpc.amazonaws.com/efa");
  });
});

test("the team's people may run jobs in their namespace, and neither widen their quota nor look elsewhere", async () => {
  const review = async (resource: string, group: string, verb: string, namespace: string) => {
    const answer = await plane.client.create({
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      metadata: {},
      spec: { user: "somebody", groups: ["research"], resourceAttributes: { namespace, verb, group, resource } },
    } as unknown as ApiObject);
    return (answer.status as { readonly allowed: boolean }).allowed;
  };
  const asked = prod.teams.find(({ name }) => name === "research")?.groups ?? [];
  expect(await review("jobsets", "jobset.x-k8s.io", "create", TEAM)).toBe(asked.includes("research"));
  expect(await review("resourcequotas", "", "update", TEAM)).toBe(false);
  expect(await review("jobsets", "jobset.x-k8s.io", "create", "team-serving")).toBe(false);
  expect(await review("pods", "", "create", TEAM)).toBe(false);
});
