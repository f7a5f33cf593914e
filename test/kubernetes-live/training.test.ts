import { kueueConfiguration } from "cdktf-ai-datacenter/kubernetes";
import { CANCELLED_ANNOTATION, ExitCode, resolveTrainingJob, trainingManifests } from "cdktf-ai-datacenter/training";
import type { PoolProfile } from "../../lib/contracts/pool";
import type { TeamConfig } from "../../stacks/config";
import { NER } from "../../stacks/jobs";
import { profilesOf } from "../../stacks/kubernetes";
import { trainingJobOf } from "../../stacks/training";
import type { ApiObject } from "../../tools/kubernetes/api-client";
import { buildKubernetes } from "../../tools/kubernetes/build";
import { ControlPlane } from "../../tools/kubernetes/control-plane";
import { startJobSet, startKueue } from "../../tools/kubernetes/controllers";
import { addNodes } from "../../tools/kubernetes/nodes";
import { applyTwice, declared, differences } from "./compare";
import { installOperatorCrds, isOfRun, prod, renderedObjects } from "./reference-stacks";

/** The reference job as `prod` renders it, on the reference platform with the real controllers. */
const TEAM = "team-research";
const KIND = { apiVersion: "jobset.x-k8s.io/v1alpha2", kind: "JobSet" };
const pool = profilesOf(prod).find(({ poolName }) => poolName === NER.pool) as PoolProfile;
const objects = renderedObjects([prod]);
const run = objects.filter(isOfRun);
const jobSet = run.find(({ kind }) => kind === "JobSet") as ApiObject;
const RUN = jobSet.metadata.name;
let plane: ControlPlane;

beforeAll(async () => {
  const binaries = await buildKubernetes();
  plane = await ControlPlane.start({ binaries });
  await installOperatorCrds(plane.client, binaries);
  await startJobSet(plane);
  await startKueue(plane, kueueConfiguration());
  for (const object of objects) {
    if (object.kind !== "DaemonSet" && !isOfRun(object)) await plane.client.apply(object);
  }
  // The quota controller looks for new kinds at intervals; until it counts them, none can be made.
  await plane.client.waitFor(
    "the quota to count JobSets",
    async () => {
      const quota = await plane.client.get("v1", "ResourceQuota", "limits", TEAM);
      return JSON.stringify(quota?.status ?? {}).includes('"count/jobsets.jobset.x-k8s.io":"0"');
    },
    120_000,
  );
  await addNodes(plane, pool, 4);
});

afterAll(() => plane.stop());

interface PodStatus {
  readonly phase?: string;
  readonly conditions?: readonly object[];
}

interface RunStatus {
  readonly restarts?: number;
  readonly restartsCountTowardsMax?: number;
  readonly terminalState?: string;
}

const reference = (name: string, namespace = TEAM): ApiObject => ({ ...KIND, metadata: { name, namespace } });
const stored = ({ apiVersion, kind, metadata }: ApiObject) =>
  plane.client.get(apiVersion, kind, metadata.name, metadata.namespace);
const statusOf = async (name = RUN) => ((await stored(reference(name)))?.status ?? {}) as RunStatus;
const nodeOf = ({ spec }: ApiObject) => (spec as { readonly nodeName?: string }).nodeName;
const rankOf = ({ metadata }: ApiObject) => metadata.labels?.["batch.kubernetes.io/job-completion-index"];

/** The pods of a run, by rank, once all of them run. */
async function running(name = RUN, count = 2, attempt?: number): Promise<readonly ApiObject[]> {
  const labelSelector = `jobset.sigs.k8s.io/jobset-name=${name}`;
  return plane.client.waitFor(`${count} pods of ${name} to run`, async () => {
    const pods = await plane.client.list("v1", "Pod", { namespace: TEAM, labelSelector });
    const up = pods.filter(
      ({ metadata, status }) =>
        (status as PodStatus).phase === "Running" &&
        metadata.deletionTimestamp === undefined &&
        (attempt === undefined || metadata.labels?.["jobset.sigs.k8s.io/restart-attempt"] === String(attempt)),
    );
    return up.length === count ? [...up].sort((a, b) => Number(rankOf(a)) - Number(rankOf(b))) : undefined;
  });
}

/** Ends a pod as its kubelet would tell it. */
async function end(pod: ApiObject, exitCode: number, disrupted = false): Promise<void> {
  const now = new Date().toISOString().replace(/\.\d+/, "");
  const { conditions = [] } = pod.status as PodStatus;
  const disruption = {
    type: "DisruptionTarget",
    status: "True",
    reason: "EvictionByEvictionAPI",
    lastTransitionTime: now,
  };
  const terminated = { exitCode, reason: "Error", startedAt: now, finishedAt: now };
  const container = { name: "main", image: "x", imageID: "x", ready: false, restartCount: 0, state: { terminated } };
  const status = {
    phase: "Failed",
    containerStatuses: [container],
    conditions: disrupted ? [...conditions, disruption] : conditions,
  };
  await plane.client.patch(pod, { status }, "status");
}

/** A run beside the reference one, of as many nodes. */
function another(name: string, more: object = {}): readonly ApiObject[] {
  const team = prod.teams.find((each) => each.name === "research") as TeamConfig;
  const job = resolveTrainingJob({ ...trainingJobOf(prod, team, NER, undefined), ...more, name }, "test");
  return JSON.parse(JSON.stringify(trainingManifests(job, { monitored: false }, "test"))) as readonly ApiObject[];
}

/** What the API server answers to the wish to delete. */
async function deletion(name: string, namespace = TEAM): Promise<{ readonly status: number; readonly text: string }> {
  const path = `/apis/${KIND.apiVersion}/namespaces/${namespace}/jobsets/${name}`;
  const { status, body } = await plane.client.request("DELETE", path);
  return { status, text: JSON.stringify(body) };
}

test("is what the stage renders: a launch spec and a job", () => {
  expect(run.map(({ kind }) => kind).sort()).toEqual(["ConfigMap", "JobSet"]);
  expect(RUN).toMatch(/^ner-[0-9a-f]{8}$/);
});

describe("applied twice, by server-side apply with strict fields", () => {
  const queue = { apiVersion: "kueue.x-k8s.io/v1beta2", kind: "ClusterQueue", metadata: { name: "research" } };

  test("nothing changes, neither while it waits nor when it runs", async () => {
    await plane.client.patch(queue, { spec: { stopPolicy: "Hold" } });
    for (const object of run) await applyTwice(plane.client, object);
    expect((await stored(jobSet))?.spec).toMatchObject({ suspend: true });
    await plane.client.patch(queue, { spec: { stopPolicy: "None" } });
    await running();
    const before = await stored(jobSet);
    const again = await plane.client.apply(jobSet);
    expect(declared(again)).toEqual(declared(before as ApiObject));
    expect(differences(jobSet, again)).toEqual([]);
  });
});

test("admitted, it has two whole nodes of its pool", async () => {
  const pods = await running();
  const nodes = pods.map(nodeOf);
  expect(new Set(nodes).size).toBe(2);
  for (const node of nodes) expect(node).toMatch(/^training-\d$/);
  expect((pods[0]?.spec as { readonly containers: readonly object[] }).containers[0]).toMatchObject({
    resources: { limits: { "nvidia.com/gpu": "8", "vpc.amazonaws.com/efa": "32" } },
  });
});

test("Pod Security takes exactly the pod that is rendered, and none that may do more", async () => {
  const namespace = await plane.client.get("v1", "Namespace", TEAM);
  expect(namespace?.metadata.labels).toMatchObject({ "pod-security.kubernetes.io/enforce": "restricted" });
  const { replicatedJobs } = jobSet.spec as {
    readonly replicatedJobs: readonly { readonly template: { readonly spec: { readonly template: object } } }[];
  };
  const template = replicatedJobs[0]?.template.spec.template as { readonly metadata: object; readonly spec: object };
  const create = (spec: object) => {
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { ...template.metadata, name: "exactly" }, spec };
    return plane.client.request("POST", `/api/v1/namespaces/${TEAM}/pods?dryRun=All&fieldValidation=Strict`, pod);
  };
  expect((await create(template.spec)).status).toBe(201);
  const more = JSON.parse(JSON.stringify(template.spec).replace('"drop":["ALL"]', '"add":["IPC_LOCK"]')) as object;
  const refused = await create(more);
  expect(refused.status).toBe(403);
  expect(JSON.stringify(refused.body)).toContain('violates PodSecurity \\"restricted');
});

test("how it is run cannot be changed while it is there", async () => {
  const text = JSON.stringify(jobSet).replaceAll(/sha256:[0-9a-f]{64}/g, `sha256:${"1".repeat(64)}`);
  await expect(plane.client.apply(JSON.parse(text) as ApiObject)).rejects.toThrow(/field is immutable/);
});

describe("a run that goes on", () => {
  test("is deleted by nobody, alone or among others, and the refusal names the remedy", async () => {
    const refused = await deletion(RUN);
    expect(refused.status).toBe(403);
    expect(refused.text).toContain(`run ${RUN} has not ended`);
    expect(refused.text).toContain(`kubectl annotate jobset ${RUN} --namespace ${TEAM} ${CANCELLED_ANNOTATION}=true`);
    const all = await plane.client.request("DELETE", `/apis/${KIND.apiVersion}/namespaces/${TEAM}/jobsets`);
    expect(all.status).toBe(403);
    expect((await stored(jobSet))?.metadata.deletionTimestamp).toBeUndefined();
  });

  test("goes with its namespace", async () => {
    const namespace = "team-leaves";
    await plane.client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    const identity = { namespace, serviceAccount: "default", annotations: {} };
    const [, leaving] = another("leaving", { identity });
    await plane.client.create(leaving as ApiObject);
    expect((await deletion((leaving as ApiObject).metadata.name, namespace)).status).toBe(403);
    await plane.client.delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await plane.client.waitFor(
      "the namespace to go",
      async () => (await plane.client.get("v1", "Namespace", namespace)) === undefined,
      120_000,
    );
  });

  test("is deleted when it was cancelled, and its pods go", async () => {
    const [, cancelled] = another("cancelled");
    const { name } = (cancelled as ApiObject).metadata;
    await plane.client.create(cancelled as ApiObject);
    await running(name);
    await plane.client.patch(reference(name), { metadata: { annotations: { [CANCELLED_ANNOTATION]: "true" } } });
    expect((await deletion(name)).status).toBe(200);
    await plane.client.waitFor("the run to go", async () => (await stored(reference(name))) === undefined);
  });

  test("is no matter for job sets that are no runs", async () => {
    const plain = { ...jobSet, metadata: { name: "plain", namespace: TEAM } };
    await plane.client.create(plain);
    expect((await deletion("plain")).status).toBe(200);
  });
});

describe("the end of a pod", () => {
  let [restarts, counted] = [0, 0];

  test.each([
    { what: "told to leave, it saved", code: ExitCode.PREEMPTED, disrupted: false, counts: 0 },
    { what: "crashed", code: ExitCode.CRASHED, disrupted: false, counts: 1 },
    { what: "its node was taken away", code: 137, disrupted: true, counts: 0 },
    { what: "told to leave with its node, it saved", code: ExitCode.PREEMPTED, disrupted: true, counts: 0 },
    { what: "the store was away", code: ExitCode.STORAGE, disrupted: false, counts: 1 },
  ])("$what ($code): all start again, and it counts $counts", async ({ code, disrupted, counts }) => {
    const pods = await running(RUN, 2, restarts);
    await end(pods[1] as ApiObject, code, disrupted);
    restarts += 1;
    counted += counts;
    await plane.client.waitFor("the job to start again", async () => (await statusOf()).restarts === restarts);
    expect((await statusOf()).restartsCountTowardsMax ?? 0).toBe(counted);
    const next = await running(RUN, 2, restarts);
    const old = new Set(pods.map(({ metadata }) => metadata.uid));
    expect(next.some(({ metadata }) => old.has(metadata.uid))).toBe(false);
  });

  test("of a job that may lose nodes is made good alone, when its node was taken away", async () => {
    const [, elastic] = another("elastic", { nodes: undefined, minNodes: 1, maxNodes: 2 });
    const { name } = (elastic as ApiObject).metadata;
    await plane.client.create(elastic as ApiObject);
    const pods = await running(name);
    await end(pods[1] as ApiObject, 137, true);
    await plane.client.waitFor("another pod in its place", async () => {
      const now = await running(name);
      return now[0]?.metadata.uid === pods[0]?.metadata.uid && now[1]?.metadata.uid !== pods[1]?.metadata.uid;
    });
    expect((await statusOf(name)).restarts ?? 0).toBe(0);
    await plane.client.patch(reference(name), { metadata: { annotations: { [CANCELLED_ANNOTATION]: "true" } } });
    await plane.client.delete(reference(name));
  });

  test("that cannot be different the next time ends the job at once, and then it may be deleted", async () => {
    const pods = await running(RUN, 2, restarts);
    await end(pods[0] as ApiObject, ExitCode.BAD_SPEC);
    await plane.client.waitFor("the job to fail", async () => (await statusOf()).terminalState === "Failed");
    expect((await statusOf()).restarts).toBe(restarts);
    expect((await deletion(RUN)).status).toBe(200);
    await plane.client.waitFor("the run to go", async () => (await stored(jobSet)) === undefined);
  });
});
