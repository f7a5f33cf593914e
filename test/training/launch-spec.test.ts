import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type LaunchSpec, learnedHash, resolveTrainingJob, validateLaunchSpec } from "cdktf-ai-datacenter/training";
import "cdktf-ai-datacenter/testing/jest";
import { contentHash } from "../../lib/training/launch-spec";
import { Token } from "../../lib/terraform/cdktf";
import { keepGolden } from "./golden";
import { llmJob, nerJob } from "./jobs";

const SPEC: LaunchSpec = {
  version: 1,
  run: { id: "ner", output: "s3://models/runs/" },
  task: { name: "token_classification" },
  model: { config: { model_type: "bert" } },
  data: { train: "s3://datasets/ner/", format: "conll" },
  train: { steps: 10, global_batch: 8 },
};

const check = (more: object) => validateLaunchSpec({ ...SPEC, ...more } as LaunchSpec, "test/Job");

describe("a launch spec", () => {
  test("gets every default of its schema", () => {
    expect(check({})).toMatchObject({
      run: { seed: 0 },
      parallel: { strategy: "fsdp", replicate: "auto", shard: "auto", tensor: 1 },
      train: { micro_batch: 8, precision: "bf16" },
      optimizer: { name: "adamw", betas: [0.9, 0.95] },
      checkpoint: { every_steps: 500, keep: 3 },
      observe: { port: 9464 },
      launcher: { name: "torch", options: {} },
      extensions: {},
    });
  });

  test("is not changed by being checked", () => {
    const spec = structuredClone(SPEC);
    validateLaunchSpec(spec, "test/Job");
    expect(spec).toEqual(SPEC);
  });

  test.each([
    [{ train: { steps: 0, global_batch: 8 } }, "test/Job.train.steps", 0],
    [{ train: { steps: 10 } }, "test/Job.train.global_batch", undefined],
    [{ train: { steps: 10, global_batch: 8, precison: "fp32" } }, "test/Job.train.precison", "fp32"],
    [{ train: { steps: 10, global_batch: 8, precision: "fp64" } }, "test/Job.train.precision", "fp64"],
    [{ data: { train: "datasets/ner", format: "conll" } }, "test/Job.data.train", "datasets/ner"],
    [{ parallel: { shard: 0 } }, "test/Job.parallel.shard", 0],
    [{ optimizer: { betas: [0.9, 2] } }, "test/Job.optimizer.betas.1", 2],
    [{ version: 2 }, "test/Job.version", 2],
    [{ launcher: { name: "Torch!" } }, "test/Job.launcher.name", "Torch!"],
  ])("refuses %j and says where", (more, path, got) => {
    expect(() => check(more)).toRefuse("LAUNCH_SPEC_INVALID", { path, got });
  });

  test("names what would be allowed", () => {
    const spelled = { train: { steps: 10, global_batch: 8, precison: "fp32" } };
    expect(() => check(spelled)).toThrow(/one of steps, global_batch, micro_batch, precision/);
    expect(() => check({ train: { steps: 10, global_batch: 8, precision: "fp64" } })).toThrow(/fp32, bf16, fp16, fp8/);
  });

  test("may hold what is known only after apply, which comes back as it was", () => {
    const bucket = Token.asString({ resolve: () => "b" });
    const spec = check({
      run: { id: "ner", output: `s3://${bucket}/runs/` },
      data: { train: bucket, format: "conll" },
    });
    expect(spec.run.output).toBe(`s3://${bucket}/runs/`);
    expect(spec.data.train).toBe(bucket);
  });
});

describe("the hash of what is learned", () => {
  const hash = (more: object = {}) => learnedHash(check(more));

  test("does not change with how a run is watched, saved and started again, nor with its name", () => {
    const same = [
      { observe: { log_every: 1 } },
      { checkpoint: { keep: 9 } },
      { resilience: { max_restarts: 0, max_nodes: 4 } },
      { fabric: { kind: "efa" } },
      { launcher: { options: { a: 1 } } },
      { run: { ...SPEC.run, id: "other" } },
      { optimizer: { name: "adamw" } },
    ];
    for (const more of same) expect(hash(more)).toBe(hash());
  });

  test("is that of what is given: an option that a release adds, with a default, renames no run", () => {
    const { id, ...run } = SPEC.run;
    expect(id).toBeDefined();
    expect(hash()).toBe(contentHash({ ...SPEC, run }));
  });

  test("changes with all else", () => {
    const other = [
      { run: { ...SPEC.run, seed: 1 } },
      { run: { ...SPEC.run, output: "s3://models/other/" } },
      { train: { ...SPEC.train, steps: 11 } },
      { parallel: { strategy: "ddp" } },
      { optimizer: { lr: 1e-3 } },
      { schedule: { name: "linear" } },
      { data: { ...SPEC.data, shuffle: false } },
      { extensions: { privacy: { epsilon: 8 } } },
    ];
    const hashes = [{}, ...other].map((more) => hash(more));
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test("does not depend on the order of members, nor on the number of a token", () => {
    expect(contentHash({ a: 1, b: { c: 2, d: 3 } })).toBe(contentHash({ b: { d: 3, c: 2 }, a: 1 }));
    const token = () => Token.asString({ resolve: () => "b" });
    expect(contentHash(`s3://${token()}/x`)).toBe(contentHash(`s3://${token()}/x`));
  });
});

describe("golden launch specs, which the runtime's own tests read too", () => {
  const folder = join(__dirname, "golden");

  test.each(["ner", "llm"])("%s is what a job makes", (name) => {
    const { launchSpec } = resolveTrainingJob({ ner: nerJob, llm: llmJob }[name as "ner" | "llm"](), "test/Job");
    keepGolden(name, launchSpec);
    expect(JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"))).toEqual(launchSpec);
  });

  test.each(readdirSync(join(folder, "refused")))("%s is refused", (file) => {
    const spec = JSON.parse(readFileSync(join(folder, "refused", file), "utf8")) as LaunchSpec;
    expect(() => validateLaunchSpec(spec, "test/Job")).toRefuse("LAUNCH_SPEC_INVALID");
  });
});
