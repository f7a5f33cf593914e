import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { ChildProcesses } from "../../tools/embedded/processes";
import type { Session } from "../../tools/embedded/session";
import { conllFile, splitCorpus } from "../../tools/training/corpus";
import { EmulatedAws } from "../../tools/training/emulated-aws";
import { localPod } from "../../tools/training/local-pod";
import { type RenderedJob, renderedJobs } from "../../tools/training/rendered-job";
import { ReferenceTraining } from "../../tools/training/reference-training";
import { readResults } from "../../tools/training/results";
import { RunStory } from "../../tools/training/runtime-events";
import { trainingJson, trainingReport } from "../../tools/training/training-report";
import { TrainingRun } from "../../tools/training/training-run";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "aidc-training-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SPEC = {
  run: { id: "ner-0a1b2c3d", output: "s3://runs/research/runs/" },
  data: { train: "s3://data/train.conll", eval: null },
  train: { steps: 250 },
  fabric: { kind: "efa", check: "enforce" },
};

const MANIFESTS = {
  "configmap.yaml": {
    kind: "ConfigMap",
    metadata: { name: "ner-files" },
    data: { "launch-spec.json": JSON.stringify(SPEC), "bootstrap.py": "print()\n" },
  },
  "jobset.yaml": {
    kind: "JobSet",
    metadata: { name: "ner-0a1b2c3d" },
    spec: {
      replicatedJobs: [
        {
          template: {
            spec: {
              template: {
                spec: {
                  containers: [
                    {
                      command: ["python3", "/etc/aidc/bootstrap.py", "s3://models/runtime/x.zip", "ab"],
                      env: [
                        { name: "PET_NODE_RANK", valueFrom: { fieldRef: { fieldPath: "rank" } } },
                        { name: "AIDC_ATTEMPT", valueFrom: { fieldRef: { fieldPath: "attempt" } } },
                        { name: "PET_NNODES", value: "2" },
                        { name: "PET_RDZV_ID", value: "ner-0a1b2c3d-$(AIDC_ATTEMPT)" },
                        { name: "PET_LOCAL_ADDR", value: "node-$(PET_NODE_RANK).$(UNKNOWN)" },
                        { name: "AIDC_SPEC", value: "/etc/aidc/launch-spec.json" },
                        { name: "AWS_REGION", value: "eu-central-1" },
                        { name: "HOME", value: "/tmp" },
                      ],
                      volumeMounts: [
                        { name: "scratch", mountPath: "/tmp" },
                        { name: "launch-spec", mountPath: "/etc/aidc" },
                      ],
                    },
                  ],
                  volumes: [
                    { name: "scratch", emptyDir: {} },
                    { name: "launch-spec", configMap: { name: "ner-files" } },
                  ],
                },
              },
            },
          },
        },
      ],
    },
  },
};

function rendered(): RenderedJob {
  const stack = join(folder, "manifests", "prod-workloads-research");
  mkdirSync(stack, { recursive: true });
  writeFileSync(join(stack, ".written.json"), "[]");
  for (const [name, manifest] of Object.entries(MANIFESTS)) writeFileSync(join(stack, name), stringify(manifest));
  const [job] = renderedJobs(join(folder, "manifests"));
  return job as RenderedJob;
}

describe("the corpus", () => {
  const text = Array.from({ length: 10 }, (_, index) => `東京${index}\tOTHER\t名詞\tB-LOC\nへ\tHIRAG\t助詞\tO\n`).join(
    "\n",
  );

  test("is split evenly and always in the same way, as tokens and tags", () => {
    const { train, test: judged } = splitCorpus(text);
    expect(judged).toEqual(["東京4\tB-LOC\nへ\tO", "東京9\tB-LOC\nへ\tO"]);
    expect(train).toHaveLength(8);
    expect(train).not.toContain(judged[0]);
    expect(conllFile(judged)).toBe("東京4\tB-LOC\nへ\tO\n\n東京9\tB-LOC\nへ\tO\n");
  });

  test("keeps a blank that is a token, which would be no column", () => {
    expect(splitCorpus("\u3000\t記号\tO\n").train).toEqual(["▁\tO"]);
  });

  test("is refused when a line has no tag", () => {
    expect(() => splitCorpus("東京\tOTHER\t名詞\n")).toThrow(/no token with its tag: "東京/);
  });
});

describe("a rendered job", () => {
  test("is found among the manifests of its stack, with its own command, environment and files", () => {
    const job = rendered();
    expect(job).toMatchObject({ stack: "prod-workloads-research", runId: "ner-0a1b2c3d", configFolder: "/etc/aidc" });
    expect(job.command).toEqual(["python3", "/etc/aidc/bootstrap.py", "s3://models/runtime/x.zip", "ab"]);
    expect(job.env).not.toHaveProperty("PET_NODE_RANK");
    expect(job.launchSpec).toEqual(SPEC);
    expect(renderedJobs(join(folder, "none"))).toEqual([]);
  });

  test("becomes one pod of two processes, with nothing of the user's environment, and its launch spec untouched", () => {
    const user = {
      PATH: "/bin",
      AWS_PROFILE: "production",
      AWS_ENDPOINT_URL_S3: "https://s3.example.com",
      PYTHONPATH: "/evil",
    };
    const pod = localPod({
      job: rendered(),
      python: "/venv/bin/python",
      folder: join(folder, "pod"),
      url: "http://127.0.0.1:5000",
      user,
    });
    const config = join(folder, "pod", "config");
    expect(pod.command).toEqual(["/venv/bin/python", join(config, "bootstrap.py"), "s3://models/runtime/x.zip", "ab"]);
    expect(readFileSync(pod.specFile, "utf8")).toBe(JSON.stringify(SPEC));
    expect(pod.env).toMatchObject({
      PATH: "/bin",
      AIDC_SPEC: join(config, "launch-spec.json"),
      AWS_ENDPOINT_URL: "http://127.0.0.1:5000",
      AWS_ACCESS_KEY_ID: "test",
      AWS_REGION: "eu-central-1",
      PET_NNODES: "1",
      PET_NPROC_PER_NODE: "2",
      PET_RDZV_ID: "ner-0a1b2c3d-0",
      PET_LOCAL_ADDR: "node-0.$(UNKNOWN)",
      HOME: join(folder, "pod", "tmp"),
    });
    for (const name of ["AWS_PROFILE", "AWS_ENDPOINT_URL_S3", "PYTHONPATH"]) expect(pod.env).not.toHaveProperty(name);
  });

  test("is not run against an address that is not on this machine", () => {
    const options = { job: rendered(), python: "python", folder: join(folder, "pod"), user: {} };
    expect(() => localPod({ ...options, url: "https://s3.amazonaws.com" })).toThrow(/not on this machine/);
  });
});

const line = (message: string, fields: object) => JSON.stringify({ level: "info", rank: 0, message, fields });

test("a machine that cannot train is told before anything is started, with the way around", () => {
  const session = { toolchain: { runtime: { problem: "no Python 3.11 or later on PATH. Install it." } } };
  expect(() => new ReferenceTraining(session as unknown as Session)).toThrow(
    "training needs its own Python: no Python 3.11 or later on PATH. Install it. npm start -- --no-training leaves",
  );
});

describe("the story of a run", () => {
  test("is told by the runtime's own events", () => {
    const story = new RunStory();
    story.add("Loading weights: 100%");
    story.add(line("step", { step: 60, loss: 0.5 }));
    story.add(line("checkpoint committed", { step: 50 }));
    story.add(line("restart", { reason: "crashed" }));
    expect(story).toMatchObject({ step: 60, loss: 0.5, committed: 50, restarts: 1, resumedAt: undefined });
    story.add(line("resumed", { step: 50, lost_steps: 12 }));
    story.add(line("ended", { reason: "done", why: "" }));
    expect(story).toMatchObject({ step: 50, resumedAt: 50, lostSteps: 12, end: "done: ", wasComplete: false });
    story.add('aidc-run: run ner-0a1b2c3d is complete already: {"step": 250}');
    expect(story.wasComplete).toBe(true);
  });
});

describe("a start", () => {
  /** Stands in for bootstrap, launcher and one worker, which waits to be killed. */
  const LAUNCHER = `
    const { spawn } = require("node:child_process");
    const say = (message, fields) => console.log(JSON.stringify({ message, fields }));
    const wait = ["-e", "setTimeout(() => undefined, 60000)", "aidc_runtime.cli worker", process.argv[1]];
    const worker = spawn(process.execPath, wait);
    say("step", { step: 50, loss: 1 });
    say("checkpoint committed", { step: 50 });
    setTimeout(() => say("step", { step: 60, loss: 0.9 }), 200);
    worker.on("exit", (code, signal) => {
      say("restart", { reason: signal });
      say("resumed", { step: 50, lost_steps: 11 });
      say("step", { step: 250, loss: 0.1 });
      say("ended", { reason: "done", why: "x" });
      process.exit(Number(process.argv[2]));
    });`;
  const children = new ChildProcesses();

  function start(status: number): TrainingRun {
    const specFile = join(folder, "launch-spec.json");
    const command = [process.execPath, "-e", LAUNCHER, specFile, String(status)] as const;
    const pod = { command, specFile, env: { PATH: process.env.PATH ?? "" } };
    return new TrainingRun(children, pod, folder, join(folder, "training.log"));
  }

  test("has one process killed after the first whole checkpoint, and goes on to its end", async () => {
    const run = start(0);
    await run.untilKilled();
    expect(run.kill).toMatchObject({ processes: 1, step: 60, checkpoint: 50 });
    await run.untilDone();
    expect(run.story).toMatchObject({ step: 250, resumedAt: 50, lostSteps: 11, restarts: 1 });
    expect(readFileSync(join(folder, "training.log"), "utf8")).toContain('"SIGKILL"');
  });

  test("that fails is told by its exit code, its end and its last lines", async () => {
    const run = start(76);
    await run.untilKilled();
    await expect(run.untilDone()).rejects.toMatchObject({
      message: "training failed with exit code 76 (done: x)",
      details: [expect.stringContaining('"step":250') as string],
      exitCode: 1,
    });
  });
});

describe("results", () => {
  let server: Server;
  let objects: Record<string, string>;
  let url: string;
  const export_ = "s3://runs/research/runs/ner-0a1b2c3d/export";
  const weights = "weights";

  beforeEach(async () => {
    const sha256 = createHash("sha256").update(weights).digest("hex");
    objects = {
      "/runs/research/runs/ner-0a1b2c3d/complete.json": JSON.stringify({
        step: 250,
        export: export_,
        report: { entities: { LOC: { precision: 0.5, recall: 0.25, "f1-score": 1 / 3, support: 67 } } },
      }),
      "/runs/research/runs/ner-0a1b2c3d/export/MANIFEST.json": JSON.stringify({
        files: { "model.safetensors": { size: weights.length, sha256 } },
      }),
      "/runs/research/runs/ner-0a1b2c3d/export/model.safetensors": weights,
    };
    server = createServer((request, response) => {
      const { url: path = "", method, headers } = request;
      if (headers["x-amz-target"] !== undefined) return response.end(parameters(headers["x-amz-target"] as string));
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        if (method === "PUT") objects[path] = body;
        const found = objects[path];
        response.writeHead(found === undefined ? 404 : 200).end(found);
      });
      return undefined;
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => server.close());

  let page = 0;
  function parameters(target: string): string {
    expect(target).toBe("AmazonSSM.GetParametersByPath");
    page += 1;
    return page % 2 === 1
      ? JSON.stringify({ Parameters: [{ Name: "/prod/data/v1/datasetsBucket", Value: "data" }], NextToken: "x" })
      : JSON.stringify({ Parameters: [{ Name: "/prod/cluster/v1/name", Value: "prod" }] });
  }

  test("are read from the completion marker, and the model compared with its manifest", async () => {
    const results = await readResults(new EmulatedAws(url), rendered());
    expect(results).toEqual({
      steps: 250,
      entities: { LOC: { precision: 0.5, recall: 0.25, f1: 1 / 3, support: 67 } },
      exported: export_,
      files: 1,
      bytes: 7,
    });
    objects["/runs/research/runs/ner-0a1b2c3d/export/model.safetensors"] = "torn";
    await expect(readResults(new EmulatedAws(url), rendered())).rejects.toThrow(/is not what its manifest says/);
    delete objects["/runs/research/runs/ner-0a1b2c3d/complete.json"];
    await expect(readResults(new EmulatedAws(url), rendered())).rejects.toThrow(/complete\.json is missing/);
  });

  test("what stacks published is read page by page; an object that is there is not written again", async () => {
    const aws = new EmulatedAws(url);
    expect(await aws.published("prod")).toEqual({
      "data/v1": { datasetsBucket: "data" },
      "cluster/v1": { name: "prod" },
    });
    await aws.put("s3://data/a b", "text");
    expect(objects["/data/a%20b"]).toBe("text");
    expect(() => new EmulatedAws("https://s3.amazonaws.com")).toThrow(/not on this machine/);
  });

  test("are told to people and as data", async () => {
    const results = await readResults(new EmulatedAws(url), rendered());
    const kill = { pid: 7, processes: 2, step: 60, checkpoint: 50 };
    const base = { ...results, run: "ner-0a1b2c3d", stack: "prod-workloads-research", seconds: 90, wasComplete: false };
    expect(trainingReport({ ...base, kill, resumedAt: 50, lostSteps: 11 })).toEqual([
      "Training   ner-0a1b2c3d of prod-workloads-research: 250 steps in 90 s; one of 2 processes killed at step 60, resumed from step 50, 11 steps done again",
      `Model      ${export_}/ (MANIFEST.json, 1 files, 0.0 MB)`,
      "",
      "Entities  Precision  Recall     F1  In the text",
      "--------  ---------  ------  -----  -----------",
      "LOC           0.500   0.250  0.333           67",
    ]);
    expect(trainingReport({ ...base, wasComplete: true })[0]).toMatch(/complete already at step 250, by its marker$/);
    expect(trainingJson({ ...base, kill, resumedAt: 50, lostSteps: 11 })).toMatchObject({
      killed: kill,
      lostSteps: 11,
    });
    expect(trainingJson(base)).toMatchObject({ killed: null, resumedAt: null, lostSteps: null });
  });
});
