import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { resolveJobTemplate, resolveTrainingJob } from "cdktf-ai-datacenter/training";
import { runCli } from "../../lib/cli/cli";
import { nerJob } from "../training/jobs";

/** Answers from files of its folder, and writes down what it was asked and given. */
const FAKE = `#!/bin/sh
cd "$FAKE_CLUSTER" || exit 9
echo "$*" >> calls
if [ -f refuses ]; then cat refuses >&2; exit 1; fi
case "$*" in
*" apply "* | "apply "*) cat > applied; echo "jobset serverside-applied" ;;
*"get jobsets"*) [ -f jobset.json ] && cat jobset.json ;;
*"get pods"*) cat pods.json ;;
*"get --request"*) ;;
esac
exit 0
`;

let folder: string;
const path = process.env.PATH;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aidc-job-"));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/kubectl"), FAKE);
  chmodSync(join(folder, "bin/kubectl"), 0o755);
  process.env.PATH = `${join(folder, "bin")}${delimiter}${path}`;
  process.env.FAKE_CLUSTER = folder;
  mkdirSync(join(folder, "out/jobs/research"), { recursive: true });
  const template = resolveJobTemplate({ team: "research", job: nerJob() }, "test/Template");
  writeFileSync(join(folder, "out/jobs/research/ner.json"), JSON.stringify(template));
  writeFileSync(join(folder, "job.yaml"), "name: ner\ntemplate: research/ner\n");
});
afterEach(() => {
  process.env.PATH = path;
  delete process.env.FAKE_CLUSTER;
  rmSync(folder, { recursive: true, force: true });
});

async function aidc(command: string, ...more: string[]) {
  let [text, error] = ["", ""];
  const io = {
    out: (part: string) => void (text += part),
    error: (part: string) => void (error += part),
    stdin: () => Buffer.from(""),
  };
  const status = await runCli(["job", command, join(folder, "job.yaml"), "--out", join(folder, "out"), ...more], io);
  return { status, text, error };
}

const calls = () => (existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8") : "");
const RUN = resolveTrainingJob(nerJob(), "test/Job").runId;
const put = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));

test("render prints the manifests, and asks nobody", async () => {
  const { status, text } = await aidc("render");
  expect(status).toBe(0);
  expect(text.match(/^kind: \w+$/gm)).toEqual(["kind: ConfigMap", "kind: JobSet"]);
  expect(text).toContain(`name: ${RUN}\n`);
  expect(calls()).toBe("");
});

test("submit applies what render prints", async () => {
  const { text } = await aidc("render");
  const submitted = await aidc("submit", "--context", "prod");
  expect(submitted).toMatchObject({ status: 0, error: "" });
  expect(submitted.text).toContain(`submitted: run ${RUN} in namespace team-research`);
  expect(readFileSync(join(folder, "applied"), "utf8")).toBe(text);
  expect(calls()).toMatch(/--context prod .*apply --server-side --field-manager=aidc -f -/);
});

test("submit --dry-run lets the server judge", async () => {
  const { status, text } = await aidc("submit", "--dry-run");
  expect(status).toBe(0);
  expect(text).not.toContain("submitted");
  expect(calls()).toContain("--dry-run=server");
});

test("tells what the cluster refuses", async () => {
  writeFileSync(join(folder, "refuses"), "Error from server: field is immutable\n");
  expect(await aidc("submit")).toMatchObject({ status: 2, error: "kubectl: Error from server: field is immutable\n" });
});

test.each([
  [{ spec: { suspend: true } }, "queued", 0],
  [{ spec: { suspend: false }, status: { restarts: 2, restartsCountTowardsMax: 1 } }, "running", 0],
  [{ spec: {}, status: { terminalState: "Completed" } }, "completed", 0],
  [
    {
      spec: {},
      status: {
        terminalState: "Failed",
        conditions: [{ type: "Failed", status: "True", reason: "FailJobSetPolicy", message: "first failed job: ner" }],
      },
    },
    "failed (FailJobSetPolicy: first failed job: ner)",
    1,
  ],
])("status of %j is %s", async (jobSet, state, status) => {
  put("jobset.json", jobSet);
  const terminated = { exitCode: 65, message: '{"reason":"bad data"}\n' };
  put("pods.json", {
    items: [
      {
        metadata: { name: "p1", labels: { "batch.kubernetes.io/job-completion-index": "1" } },
        status: { phase: "Failed", containerStatuses: [{ state: { terminated } }] },
      },
      {
        metadata: { name: "p0", labels: { "batch.kubernetes.io/job-completion-index": "0" } },
        spec: { nodeName: "n0" },
        status: { phase: "Running" },
      },
    ],
  });
  const found = await aidc("status");
  expect(found.status).toBe(status);
  const [first, second, ...pods] = found.text.trimEnd().split("\n");
  expect(first).toBe(`${RUN}: ${state}`);
  expect(second).toMatch(/started again \d times/);
  expect(pods).toEqual(["  p0 on n0: Running", '  p1: Failed, exit code 65: {"reason":"bad data"}']);
  const { text } = await aidc("status", "--json");
  expect(JSON.parse(text)).toMatchObject({ run: RUN, namespace: "team-research" });
});

test("status and cancel of a job that is not there", async () => {
  expect(await aidc("status")).toMatchObject({ status: 1, error: expect.stringContaining(`no run ${RUN}`) as string });
  expect((await aidc("cancel", "--yes")).status).toBe(1);
});

test("logs are those of the first pod, or of all", async () => {
  expect((await aidc("logs")).status).toBe(0);
  expect(calls()).toContain(`jobset-name=${RUN},batch.kubernetes.io/job-completion-index=0 --tail=100`);
  await aidc("logs", "--all", "-f", "--tail", "5");
  expect(calls()).toContain(`jobset-name=${RUN} --prefix --max-log-requests=2 --tail=5 --follow`);
});

test("cancel deletes with --yes only", async () => {
  put("jobset.json", { spec: {} });
  expect(await aidc("cancel")).toMatchObject({ status: 1, text: expect.stringContaining("--yes") as string });
  expect(calls()).not.toMatch(/delete|annotate/);
  expect((await aidc("cancel", "--yes")).status).toBe(0);
  const [annotated, deleted] = calls().trimEnd().split("\n").slice(-2);
  expect(annotated).toContain(
    `annotate jobsets.jobset.x-k8s.io ${RUN} aidc/cancelled=true --namespace team-research --overwrite`,
  );
  expect(deleted).toContain(`delete jobsets.jobset.x-k8s.io ${RUN}`);
  expect(calls()).toContain(`delete jobsets.jobset.x-k8s.io ${RUN} --namespace team-research --wait=false`);
});

test("tells what is wrong with the file, or where a template is looked for", async () => {
  writeFileSync(join(folder, "job.yaml"), "name: ner\ntemplate: research/ner\nnodes: 99\n");
  expect(await aidc("render")).toMatchObject({
    status: 1,
    error: expect.stringContaining("TRAINING_NODES_INVALID") as string,
  });
  writeFileSync(join(folder, "job.yaml"), "name: ner\ntemplate: research/none\n");
  expect(await aidc("render")).toMatchObject({ status: 2, error: expect.stringContaining("none.json") as string });
});
