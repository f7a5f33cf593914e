import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { kueueConfiguration, teamNamespace } from "cdktf-ai-datacenter/kubernetes";
import { resolveTrainingJob, type TrainingJobOptions, trainingManifests } from "cdktf-ai-datacenter/training";
import { storeNames } from "../../stacks/contracts";
import { stages } from "../../stacks/config";
import { NER } from "../../stacks/jobs";
import { profilesOf } from "../../stacks/kubernetes";
import { trainingJobOf } from "../../stacks/training";
import { bundleOf } from "../../tools/bundle/bundle";
import type { ApiObject } from "../../tools/kubernetes/api-client";
import { Twin } from "../../tools/twin/twin";
import { twinEnvironment } from "./environment";
import { queuesOf } from "./queues";

const ROOT = join(__dirname, "..", "..");
const ENVIRONMENT = twinEnvironment();
const WAIT_MS = 8 * 60_000;

const prod = required(
  stages.find(({ name }) => name === "prod"),
  "stage prod",
);
const team = required(
  prod.teams.find(({ name }) => name === "research"),
  "team research",
);
const pool = required(
  profilesOf(prod).find(({ poolName }) => poolName === NER.pool),
  "pool of the reference job",
);
const NAMESPACE = teamNamespace(team.name);
const stores = storeNames(prod);

let twin: Twin;
let s3: ChildProcess;
let endpoint: string;
let job: ReturnType<typeof resolveTrainingJob>;

beforeAll(async () => {
  const env = { AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing", OMP_NUM_THREADS: "1" };
  twin = await Twin.start({ pool, image: { environment: ENVIRONMENT, env }, kueue: kueueConfiguration() });
  await startStore();
  await prepareTeam();
  const bundle = bundleOf(join(ROOT, "runtime"));
  const key = `runtime/${bundle.sha256}.zip`;
  for (const bucket of Object.values(stores)) await put(bucket);
  await put(`${stores.models}/${key}`, bundle.bytes);
  await put(`${stores.datasets}/${NER.dataset}`, sentences(400));
  await put(`${stores.datasets}/${NER.evalDataset}`, sentences(40));
  const runtime = { uri: `s3://${stores.models}/${key}`, sha256: bundle.sha256, version: bundle.version };
  job = resolveTrainingJob({ ...trainingJobOf(prod, team, NER, runtime), ...onThisMachine() }, "test");
});

afterAll(async () => {
  s3?.kill("SIGKILL");
  await twin?.stop();
});

/** All that this machine has otherwise than a p5 node: the image, one process a node, and where S3 is. */
function onThisMachine(): Pick<TrainingJobOptions, "image" | "processesPerNode" | "env"> {
  return { image: twin.image, processesPerNode: 1, env: { AWS_ENDPOINT_URL: endpoint } };
}

test("the reference job runs on two nodes, loses a container, goes on from its checkpoint, and completes", async () => {
  for (const manifest of trainingManifests(job, { monitored: false }, "test")) {
    await twin.plane.client.apply(manifest as unknown as ApiObject);
  }
  // Seen from outside, as Prometheus would.
  const before = await until("a checkpoint", async () => {
    const metrics = await metricsOf(0);
    return (metrics.get("train_checkpoint_last_success_timestamp_seconds") ?? 0) > 0 ? metrics : undefined;
  });
  expect(before.get("train_world_size")).toBe(2);
  expect(before.get("train_steps_total")).toBeGreaterThan(0);
  const victim = await podOf(1);
  await twin.killContainer({ name: victim.metadata.name, namespace: NAMESPACE });
  await until("exit code 137", async () => ((await exitCodes()).includes(137) ? true : undefined));
  expect(await end()).toBe("Completed");

  const jobSet = await jobSetOf();
  expect(jobSet?.status).toMatchObject({ restarts: 1, restartsCountTowardsMax: 1 });
  expect(await exitCodes()).toEqual([0, 0]);
  const log = await logOf(0);
  const resumed = log.find(({ message }) => message === "resumed");
  expect(resumed?.fields.step).toBeGreaterThanOrEqual(50);
  expect(resumed?.fields.lost_steps).toBeLessThanOrEqual(100);
  const last = log.filter(({ message }) => message === "step").at(-1);
  expect(last?.fields.step).toBe(250);
  const run = `${stores.checkpoints}/research/runs/${job.runId}`;
  const complete = JSON.parse(await read(`${run}/complete.json`)) as { readonly report: { readonly score: number } };
  expect(complete.report.score).toBeGreaterThan(0.9);
  expect(await read(`${run}/export/MANIFEST.json`)).toContain("model.safetensors");
});

test("a run that is complete ends at once when it is started again", async () => {
  await twin.plane.client.delete(required(await jobSetOf(), "JobSet"));
  await until("it to go", async () => ((await jobSetOf()) === undefined ? true : undefined));
  for (const manifest of trainingManifests(job, { monitored: false }, "test")) {
    await twin.plane.client.apply(manifest as unknown as ApiObject);
  }
  expect(await end()).toBe("Completed");
  const name = (await podOf(0)).metadata.name;
  expect(await twin.logs({ name, namespace: NAMESPACE })).toContain("is complete already");
});

async function startStore(): Promise<void> {
  const port = await freePort();
  // The environment of the embedded cloud, which `npm run test:twin` makes too.
  const python = join(ROOT, ".venv", "bin", "python");
  s3 = spawn(python, ["-m", "moto.server", "-H", twin.hostAddress, "-p", String(port)], { stdio: "ignore" });
  endpoint = `http://${twin.hostAddress}:${port}`;
  await until("the store", () => {
    if (s3.exitCode !== null) throw new Error(`moto.server ended with ${s3.exitCode}`);
    return fetch(endpoint).then(
      ({ ok }) => ok || undefined,
      () => undefined,
    );
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, twin.hostAddress);
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function prepareTeam(): Promise<void> {
  const labels = { "aidc/team": team.name, "pod-security.kubernetes.io/enforce": "restricted" };
  const { client } = twin.plane;
  await client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels } });
  await client.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "jobs", namespace: NAMESPACE } });
  for (const object of queuesOf(team.name, pool)) await client.apply(object);
}

/** Sentences in IOB2, with a person and a place in each. */
function sentences(count: number): string {
  const names = ["anna", "bob", "carl", "dora", "eve", "frank"];
  const places = ["rome", "oslo", "kyoto", "lima", "quito"];
  const lines = Array.from({ length: count }, (_, index) => {
    const filler = Array.from({ length: index % 4 }, () => "today O");
    const name = names[index % names.length];
    const place = places[index % places.length];
    return [...filler, `${name} B-PER`, "lives O", "in O", `${place} B-LOC`, ""].join("\n");
  });
  return `${lines.join("\n")}\n`;
}

async function put(path: string, body?: string | Uint8Array): Promise<void> {
  const response = await fetch(`${endpoint}/${path}`, { method: "PUT", body: body as string });
  if (!response.ok) throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`);
}

/** Signed, as the runtime's own requests: what it wrote is nobody else's to read. */
async function read(path: string): Promise<string> {
  const program = "import fsspec, sys; sys.stdout.write(fsspec.open(sys.argv[1], 'r').open().read())";
  const env = { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing" };
  const { stdout } = await promisify(execFile)(join(ENVIRONMENT, "bin", "python"), ["-c", program, `s3://${path}`], {
    env,
  });
  return stdout;
}

/** Samples without labels' values, by name: the runtime has one run in a process. */
async function metricsOf(rank: number): Promise<ReadonlyMap<string, number>> {
  const { podIP } = (await podOf(rank)).status as { readonly podIP?: string };
  const text = await fetch(`http://${podIP}:9464/metrics`).then(
    (response) => response.text(),
    () => "",
  );
  const samples = text.split("\n").flatMap((line) => {
    const [, name, value] = /^(train_\w+)(?:\{[^}]*\})? (\S+)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, Number(value)] as const];
  });
  return new Map(samples);
}

async function pods(): Promise<readonly ApiObject[]> {
  const labelSelector = `jobset.sigs.k8s.io/jobset-name=${job.runId}`;
  const found = await twin.plane.client.list("v1", "Pod", { namespace: NAMESPACE, labelSelector });
  return [...found].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

async function podOf(rank: number): Promise<ApiObject> {
  return until(`pod ${rank}`, async () =>
    (await pods()).find(({ metadata }) => metadata.name.includes(`-node-0-${rank}-`)),
  );
}

interface PodStatus {
  readonly containerStatuses?: readonly { readonly state: { readonly terminated?: { readonly exitCode: number } } }[];
}

async function exitCodes(): Promise<readonly (number | undefined)[]> {
  const statuses = (await pods()).map(({ status }) => (status as PodStatus).containerStatuses?.[0]);
  return statuses.map((status) => status?.state.terminated?.exitCode);
}

function jobSetOf(): Promise<ApiObject | undefined> {
  return twin.plane.client.get("jobset.x-k8s.io/v1alpha2", "JobSet", job.runId, NAMESPACE);
}

/** @returns "Completed" or "Failed" */
async function end(): Promise<string> {
  return until("the end", async () => {
    const status = (await jobSetOf())?.status as { readonly terminalState?: string } | undefined;
    return status?.terminalState;
  });
}

interface LogLine {
  readonly message: string;
  readonly fields: Readonly<Record<string, number>>;
}

async function logOf(rank: number): Promise<readonly LogLine[]> {
  const text = await twin.logs({ name: (await podOf(rank)).metadata.name, namespace: NAMESPACE });
  const lines = text.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as LogLine);
}

function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  return twin.plane.client.waitFor(what, look, WAIT_MS);
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`no ${what}`);
  return value;
}
