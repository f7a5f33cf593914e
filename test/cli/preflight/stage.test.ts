import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readStage, UnreadableStage } from "../../../lib/cli/preflight/stage";
import { ACCOUNT, facts, REGION, stackJson, writeStacks } from "./fixtures";

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), "aidc-stage-"));
});
afterEach(() => rmSync(out, { recursive: true }));

const tagged = (Stage: string) => ({ default_tags: [{ tags: { Stage } }] });
const refusal = (stage = "prod") => {
  try {
    readStage(stage, out);
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadableStage);
    return (error as Error).message.replaceAll(`${out}/`, "");
  }
  throw new Error("nothing was refused");
};

test("takes all stacks of the stage together, with account and region of their provider", () => {
  writeStacks(out, { "prod-foundation": stackJson({}), "prod-cluster": stackJson({ training: facts() }) });
  expect(readStage("prod", out)).toEqual([
    {
      region: REGION,
      accounts: [ACCOUNT],
      profile: undefined,
      roles: [],
      stacks: ["prod-cluster", "prod-foundation"],
      pools: [{ name: "training", facts: facts() }],
    },
  ]);
});

test("leaves out other stages, whose name may begin alike, and stacks without an AWS provider", () => {
  writeStacks(out, {
    prod: stackJson({ lone: facts() }),
    "prod-eu-cluster": stackJson({ other: facts() }, tagged("prod-eu")),
    "production-cluster": stackJson({ other: facts() }, tagged("production")),
    "bootstrap-prod": stackJson({}),
    "prod-workloads": { provider: { kubernetes: [{ host: "https://cluster" }] } },
  });
  const [target, ...others] = readStage("prod", out);
  expect(target).toMatchObject({ stacks: ["prod"], pools: [{ name: "lone" }] });
  expect(others).toEqual([]);
  expect(readStage("prod-eu", out)).toMatchObject([{ stacks: ["prod-eu-cluster"], pools: [{ name: "other" }] }]);
});

test("keeps places apart, and pools of the same name", () => {
  writeStacks(out, {
    "prod-east": stackJson({ training: facts(), small: facts() }),
    "prod-west": stackJson({ training: facts() }, { region: "us-west-2" }),
  });
  const targets = readStage("prod", out);
  expect(targets.map(({ region, pools }) => [region, pools.map(({ name }) => name)])).toEqual([
    ["us-east-1", ["prod-east/training", "small"]],
    ["us-west-2", ["prod-west/training"]],
  ]);
});

test("takes profile and roles from the provider without an alias", () => {
  const roles = [
    { role_arn: `arn:aws:iam::${ACCOUNT}:role/hub`, session_name: "ci" },
    { role_arn: `arn:aws:iam::${ACCOUNT}:role/deploy`, external_id: "42" },
  ];
  const json = stackJson({}, { profile: "prod", assume_role: roles }) as { provider: { aws: object[] } };
  json.provider.aws.unshift({ alias: "dns", region: "eu-west-1" });
  writeStacks(out, { "prod-cluster": json });
  expect(readStage("prod", out)).toMatchObject([
    {
      region: REGION,
      profile: "prod",
      roles: [
        { arn: `arn:aws:iam::${ACCOUNT}:role/hub`, sessionName: "ci" },
        { arn: `arn:aws:iam::${ACCOUNT}:role/deploy`, externalId: "42" },
      ],
    },
  ]);
});

test("takes blocks that do not stand in lists, and a provider that takes any account", () => {
  const provider = {
    region: REGION,
    assume_role: { role_arn: "arn:aws:iam::1:role/x" },
    default_tags: { tags: { Stage: "prod" } },
  };
  writeStacks(out, { "prod-cluster": { provider: { aws: provider } } });
  expect(readStage("prod", out)).toMatchObject([{ accounts: [], roles: [{ arn: "arn:aws:iam::1:role/x" }] }]);
});

test("takes the region of the environment where the provider states none", () => {
  writeStacks(out, { "prod-cluster": stackJson({}, { region: undefined }) });
  expect(readStage("prod", out, "eu-west-1")).toMatchObject([{ region: "eu-west-1" }]);
  expect(refusal()).toBe(
    "stacks/prod-cluster/cdk.tf.json: its provider states no region; set AWS_REGION to the one that Terraform will use",
  );
});

test("tells which stacks there are when none is of the stage", () => {
  expect(refusal()).toBe(
    "stacks: no stack of stage prod; no stacks are there; synthesize first (npx cdktf synth), or name the folder with --out",
  );
  writeStacks(out, { "dev-cluster": stackJson({}), "dev-data": stackJson({}) });
  expect(refusal()).toContain("no stack of stage prod; stacks there: dev-cluster, dev-data; synthesize first");
  expect(refusal("../dev")).toContain("no stack of stage ../dev");
});

test.each<[string, object | string]>([
  ["this is not the JSON of a stack; synthesize again", "{"],
  ["this is not the JSON of a stack; synthesize again", "[]"],
  ["its provider's region is known to Terraform alone", stackJson({}, { region: "${var.region}" })],
  [
    "its provider's allowed_account_ids is known to Terraform alone",
    stackJson({}, { allowed_account_ids: ["${var.a}"] }),
  ],
  ["its provider's assume_role.role_arn is known", stackJson({}, { assume_role: [{ role_arn: "${var.role}" }] })],
  ["it has pools and no AWS provider", { ...stackJson({ training: facts() }), provider: {} }],
  ['"//".aidc.pools.training.zones: got []', stackJson({ training: facts({ zones: [] }) })],
])("refuses to guess: %s", (message, json) => {
  writeStacks(out, { "prod-cluster": json });
  expect(refusal()).toContain(`stacks/prod-cluster/cdk.tf.json: ${message}`);
});

test("tells of a stack that was not written to its end", () => {
  writeStacks(out, { "prod-data": stackJson({}) });
  rmSync(join(out, "stacks", "prod-data", "cdk.tf.json"));
  expect(refusal()).toBe("stacks/prod-data/cdk.tf.json: it cannot be read (ENOENT)");
});
