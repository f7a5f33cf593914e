import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccessMode } from "cdktf-ai-datacenter/contracts";
import { SecretRef } from "cdktf-ai-datacenter/kubernetes";
import { testApp, testStack } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import {
  JobOverride,
  JobTemplate,
  type JobTemplateProps,
  parseJobFile,
  resolveJobFile,
  resolveJobTemplate,
  resolveTrainingJob,
} from "cdktf-ai-datacenter/training";
import { Token } from "../../lib/terraform/cdktf";
import { nerJob } from "./jobs";

const template = (more: Partial<JobTemplateProps> = {}) =>
  resolveJobTemplate({ team: "research", job: nerJob(), ...more }, "test/Template");
const job = (text: string, more: Partial<JobTemplateProps> = {}) =>
  resolveJobFile(parseJobFile(text, "job.yaml"), template(more), "job.yaml");

const PLAIN = "name: ner\ntemplate: research/ner\n";

describe("a job of a template", () => {
  test("is the template's own, if its file changes nothing", () => {
    expect(job(PLAIN).runId).toBe(resolveTrainingJob(nerJob(), "test/Job").runId);
  });

  test("changes members of parts, and whole values", () => {
    const changed = job(`${PLAIN}nodes: 4\ntrain: { steps: 2000 }\noptimizer: { lr: 0.001 }\n`);
    expect(changed.launchSpec.train).toMatchObject({ steps: 2000, global_batch: 256 });
    expect(changed.launchSpec.optimizer.lr).toBe(0.001);
    expect(changed.maxNodes).toBe(4);
    expect(job(`${PLAIN}minNodes: 1\nmaxNodes: 4\n`)).toMatchObject({ minNodes: 1, maxNodes: 4 });
  });

  test("keeps secrets by name", () => {
    const secretEnv = { WANDB_API_KEY: SecretRef.existing({ secretName: "wandb", key: "key" }) };
    const document = template({ job: nerJob({ secretEnv }) });
    expect(document.secretEnv).toEqual({ WANDB_API_KEY: { secretName: "wandb", key: "key" } });
    const again = resolveJobFile(parseJobFile(PLAIN, "job.yaml"), document, "job.yaml").options.secretEnv;
    expect(again?.WANDB_API_KEY?.envVar("X")).toEqual(secretEnv.WANDB_API_KEY.envVar("X"));
  });

  test.each([
    ["- a\n", "job.yaml"],
    ["{", "job.yaml"],
    ["template: research/ner\n", "job.yaml.name"],
    ["name: ner\n", "job.yaml.template"],
    ["name: ner\ntemplate: ../../etc\n", "job.yaml.template"],
  ])("refuses the file %j", (text, path) => {
    expect(() => job(text)).toRefuse("JOB_FILE_INVALID", { path });
  });

  test("refuses to change what the platform decides", () => {
    expect(() => job(`${PLAIN}image: other\n`)).toRefuse("JOB_FILE_INVALID", { path: "job.yaml.image", got: "other" });
    expect(() => job(`${PLAIN}model: { config: { model_type: llama } }\n`)).toRefuse("JOB_FILE_INVALID");
    const free = { overrides: [JobOverride.MODEL] };
    expect(() => job(`${PLAIN}nodes: 4\n`, free)).toRefuse("JOB_FILE_INVALID");
    expect(job(`${PLAIN}model: { config: { model_type: bert, num_hidden_layers: 2 } }\n`, free).runId).toMatch(/^ner-/);
  });

  test("is held against all that a job is held against", () => {
    expect(() => job(`${PLAIN}nodes: 99\n`)).toRefuse("TRAINING_NODES_INVALID", { path: "job.yaml" });
    expect(() => job(`${PLAIN}train: { step: 1 }\n`)).toRefuse("LAUNCH_SPEC_INVALID", { path: "job.yaml.train.step" });
  });
});

describe("a template", () => {
  test("refuses what a file cannot hold", () => {
    const unknown = Token.asString({ resolve: () => "b" });
    const checkpoints = { uri: `s3://${unknown}/runs/`, readOnly: false };
    expect(() => template({ job: nerJob({ checkpoints }) })).toRefuse("JOB_TEMPLATE_INVALID", {
      path: "test/Template.job.checkpoints.uri",
    });
    const secret = SecretRef.existing({ secretName: "token", key: "key" });
    expect(() => template({ job: nerJob({ secretFiles: { "/secrets": secret } }) })).toRefuse("JOB_TEMPLATE_INVALID");
    expect(() => template({ overrides: ["image" as JobOverride] })).toRefuse("JOB_TEMPLATE_INVALID", { got: "image" });
  });

  test("is written beside the stacks, the same each time, and asks for the folder of all its runs", () => {
    const outdir = mkdtempSync(join(tmpdir(), "aidc-template-"));
    const written = () => {
      const app = testApp({ outdir });
      const stack = testStack({ app });
      const made = new JobTemplate(stack, "Ner", { team: "research", job: nerJob() });
      app.synth();
      return { made, text: readFileSync(join(outdir, "jobs/research/ner.json"), "utf8") };
    };
    const { made, text } = written();
    expect(written().text).toBe(text);
    expect(JSON.parse(text)).toMatchObject({ version: 1, team: "research", name: "ner" });
    expect(made.access.filter(({ mode }) => mode === AccessMode.WRITE)).toEqual([
      { uri: "s3://models/research/", mode: AccessMode.WRITE },
    ]);
    rmSync(outdir, { recursive: true });
    expect(existsSync(outdir)).toBe(false);
  });
});
