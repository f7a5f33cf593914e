import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccessMode } from "cdktf-ai-datacenter/contracts";
import { Operator } from "cdktf-ai-datacenter/kubernetes";
import { resourcesOf, synthApp, testApp } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { type JobTemplateDocument, parseJobFile, resolveJobFile } from "cdktf-ai-datacenter/training";
import { type StageConfig, stages, StageStore, type TeamConfig } from "../../stacks/config";
import { storeNames } from "../../stacks/contracts";
import { addStage } from "../../stacks/datacenter";
import { NER } from "../../stacks/jobs";
import { operatorsOf } from "../../stacks/kubernetes";
import { exampleIdentifiers } from "../../stacks/render";
import { storageAccessOf } from "../../stacks/training";
import { WorkloadsStack } from "../../stacks/workloads";
import { synthStages } from "../snapshot/stacks";

const prod = stages.find(({ name }) => name === "prod") as StageConfig;
const dev = stages.find(({ name }) => name === "dev") as StageConfig;

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** The objects of one team's stack, with example identifiers. */
function placed(team: Partial<TeamConfig>, more: Partial<StageConfig> = {}): Manifest[] {
  const whole = { name: "research", ...team };
  const config = { ...prod, ...more, teams: [whole] };
  const app = testApp();
  const stack = new WorkloadsStack(app, config, whole, { channel: exampleIdentifiers(config) });
  const synthesized = synthApp(app)[stack.node.id];
  if (synthesized === undefined) throw new Error("nothing was synthesized");
  return resourcesOf(synthesized, "kubernetes_manifest").map(({ properties }) => properties.manifest as Manifest);
}

const secrets = [{ name: "hub", remoteName: "research/hub", property: "token" }];
const fileSystems = [
  {
    name: "scratch",
    fileSystemId: "fs-0199e5a63bd90f796",
    dnsName: "fs-0199e5a63bd90f796.fsx.us-east-1.amazonaws.com",
    mountName: "fsx12abc",
    capacityGiB: 4800,
  },
];

test("a team with something to place has a stack, which comes after the platform", () => {
  const app = testApp();
  for (const stage of stages) addStage(app, stage);
  const ids = app.node.children.map(({ node }) => node.id).filter((id) => id.includes("workloads"));
  expect(ids).toEqual(["prod-workloads-research"]);
  const stack = app.node.findChild("prod-workloads-research") as WorkloadsStack;
  expect(stack.dependencies.map(({ node }) => node.id).sort()).toEqual(["prod-cluster", "prod-data", "prod-platform"]);
});

test("a folder of a store is a claim in the team's namespace, read-only and with the pods' own identity", () => {
  const [claim, volume] = placed({ mounts: [{ name: "corpus", prefix: "corpus/" }] }).sort((a, b) =>
    a.kind < b.kind ? 1 : -1,
  );
  expect(volume?.kind).toBe("PersistentVolume");
  expect(volume?.spec).toMatchObject({
    accessModes: ["ReadOnlyMany"],
    claimRef: { namespace: "team-research", name: "corpus" },
    mountOptions: ["allow-other", "region us-east-1", "prefix corpus/", "read-only"],
    csi: { volumeAttributes: { bucketName: "prod-data-datasets-123456789012-us-east-1", authenticationSource: "pod" } },
  });
  expect(claim?.metadata).toEqual({ name: "corpus", namespace: "team-research" });
});

test("models can be mounted too, and Lustre file systems", () => {
  const objects = placed({ mounts: [{ name: "models", store: StageStore.MODELS }], fileSystems });
  const drivers = objects
    .filter(({ kind }) => kind === "PersistentVolume")
    .map(({ metadata, spec }) => [metadata.name, (spec.csi as { readonly driver: string }).driver]);
  expect(drivers).toEqual([
    ["team-research.models", "s3.csi.aws.com"],
    ["team-research.scratch", "fsx.csi.aws.com"],
  ]);
  expect(JSON.stringify(objects)).toContain("prod-data-models-123456789012-us-east-1");
});

test("a secret is mounted from where it lies, and refused where nothing would mount it", () => {
  const [secret, ...rest] = placed({ secrets });
  expect(rest).toEqual([]);
  expect(secret).toMatchObject({
    kind: "SecretProviderClass",
    metadata: { name: "hub", namespace: "team-research" },
    spec: { parameters: { region: "us-east-1", usePodIdentity: "true" } },
  });
  expect(() => placed({ secrets }, { operators: [Operator.KUEUE] })).toRefuse("API_GROUP_MISSING", {
    path: "prod-workloads-research.secrets",
  });
});

test("the drivers of what teams mount are installed, and no others", () => {
  const drivers = (team: Partial<TeamConfig>) =>
    operatorsOf({ ...dev, teams: [{ name: "research", ...team }] }).map(({ name }) => name);
  expect(drivers({})).toEqual(["kueue", "jobset"]);
  expect(drivers({ mounts: [{ name: "corpus" }] })).toContain("aws-mountpoint-s3-csi-driver");
  expect(drivers({ fileSystems })).toContain("aws-fsx-csi-driver");
  expect(drivers({ secrets }).slice(2)).toEqual(["secrets-store-csi-driver", "secrets-store-csi-driver-provider-aws"]);
});

test("a team's pods may read what is mounted for them, and the secrets that are named", () => {
  const teams = [{ name: "research", mounts: [{ name: "corpus" }], secrets }, { name: "serving" }];
  const policies = resourcesOf(synthStages([{ ...prod, teams }])["prod-cluster"] as never, "aws_iam_role_policy");
  const policyOf = (team: string) =>
    policies
      .filter(({ address }) => address.includes(`Team-${team}`))
      .map(({ properties }) => properties.policy)
      .join();
  expect(policyOf("research")).toContain("secretsmanager:GetSecretValue");
  expect(policyOf("research")).toContain("arn:aws:secretsmanager:us-east-1:123456789012:secret:research/hub-??????");
  expect(policyOf("research")).toContain("s3:GetObject");
  expect(policyOf("serving")).not.toContain("secretsmanager");
});

test("claims that name no class get encrypted volumes of the stage's own key", () => {
  const classesOf = (config: StageConfig) => {
    const stack = synthStages([config])[`${config.name}-platform`];
    return resourcesOf(stack as never, "kubernetes_manifest")
      .map(({ properties }) => properties.manifest as Manifest)
      .filter(({ kind }) => kind === "StorageClass");
  };
  for (const config of [dev, prod]) {
    const [only, ...rest] = classesOf(config);
    expect(rest).toEqual([]);
    expect(only?.metadata).toEqual({
      name: "gp3",
      annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
    });
    expect(only?.parameters).toMatchObject({ encrypted: "true", kmsKeyId: expect.stringContaining("clusterKeyArn") });
  }
  const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000001";
  const named = classesOf({
    ...dev,
    storageClasses: [
      { name: "fast", iops: 16_000 },
      { name: "own", kmsKeyArn },
    ],
  });
  expect(named.map(({ metadata }) => metadata.name)).toEqual(["fast", "own"]);
  expect(named[1]?.parameters?.kmsKeyId).toBe(kmsKeyArn);
});

describe("a training job of a team", () => {
  interface Gang {
    readonly metadata: { readonly name: string };
    readonly spec: {
      readonly replicatedJobs: readonly [
        {
          readonly template: {
            readonly spec: {
              readonly parallelism: number;
              readonly template: { readonly spec: { readonly containers: readonly [{ readonly command: string[] }] } };
            };
          };
        },
      ];
    };
  }
  const jobSetOf = (manifests: readonly Manifest[]) =>
    manifests.find(({ kind }) => kind === "JobSet") as unknown as Gang | undefined;

  test("runs on whole nodes of its pool, with the runtime that was uploaded, from and to the stage's stores", () => {
    const manifests = placed({ jobs: [NER] });
    const { parallelism, template } = jobSetOf(manifests)?.spec.replicatedJobs[0].template.spec ?? {};
    expect(parallelism).toBe(2);
    const sha256 = "0".repeat(64);
    const uri = `s3://prod-data-models-123456789012-us-east-1/runtime/${sha256}.zip`;
    expect(template?.spec.containers[0].command).toEqual(["python3", "/etc/aidc/bootstrap.py", uri, sha256]);
    const map = manifests.find(({ kind }) => kind === "ConfigMap") as unknown as { data: Record<string, string> };
    expect(JSON.parse(map.data["launch-spec.json"] ?? "")).toMatchObject({
      run: { output: "s3://prod-data-checkpoints-123456789012-us-east-1/research/runs/" },
      data: {
        train: "s3://prod-data-datasets-123456789012-us-east-1/reference/ner/train.conll",
        eval: "s3://prod-data-datasets-123456789012-us-east-1/reference/ner/test.conll",
      },
      train: { steps: 250, global_batch: 32, micro_batch: 16, precision: "fp32" },
    });
  });

  test("knows the names of the buckets that the data stack makes", () => {
    const buckets = resourcesOf(synthStages([prod])["prod-data"] as never, "aws_s3_bucket").map(
      ({ properties }) => properties.bucket,
    );
    expect(buckets).toEqual(expect.arrayContaining(Object.values(storeNames(prod))));
  });

  test("is called the same in its stack, in its template, and where it is granted its folder", () => {
    const team = { name: "research", jobs: [NER] };
    const outdir = mkdtempSync(join(tmpdir(), "aidc-jobs-"));
    const config = { ...prod, teams: [{ ...team, templates: [NER] }] };
    const app = testApp({ outdir });
    addStage(app, config);
    app.synth();
    const template = JSON.parse(readFileSync(join(outdir, "jobs/research/ner.json"), "utf8")) as JobTemplateDocument;
    const { runId } = resolveJobFile(parseJobFile("name: ner\ntemplate: research/ner\n", "f"), template, "f");
    rmSync(outdir, { recursive: true });
    expect(jobSetOf(placed({ jobs: [NER] }))?.metadata.name).toBe(runId);
    const writes = storageAccessOf(config, team).filter(({ mode }) => mode === AccessMode.WRITE);
    expect(writes.map(({ uri }) => uri)).toEqual([
      `s3://prod-data-checkpoints-123456789012-us-east-1/research/runs/${runId}/`,
    ]);
  });

  test("is refused without its pool, and without an image by its digest", () => {
    expect(() => placed({ jobs: [{ ...NER, pool: "none" }] })).toRefuse("POOL_UNKNOWN", {
      path: "prod.teams.research.jobs.ner.pool",
      got: "none",
    });
    expect(() => placed({ jobs: [NER] }, { trainingImage: undefined })).toRefuse("TRAINING_IMAGE_UNPINNED");
  });
});

describe("what a team's pods may do with the stores", () => {
  /** Statements of a team's policy about S3, as "actions on resources". */
  const granted = (team: Partial<TeamConfig>) => {
    const config = { ...prod, teams: [{ name: "research", ...team }] };
    const policies = resourcesOf(synthStages([config])["prod-cluster"] as never, "aws_iam_role_policy");
    const policy = policies.find(({ address }) => address.includes("Team-research"))?.properties.policy as
      string | undefined;
    const { Statement = [] } = JSON.parse(policy ?? "{}") as { Statement?: readonly Statement[] };
    const members = (value: string | readonly string[]) => (typeof value === "string" ? [value] : value);
    const objects = Statement.flatMap(({ Action, Resource }) =>
      members(Resource)
        .filter((resource) => resource.endsWith("*") && resource.includes(":s3:::"))
        .map((resource) => {
          const [, store, path] = /(datasets|checkpoints|models)Bucket[^/]*\/(.*)$/.exec(resource) ?? [];
          return `${members(Action).includes("s3:PutObject") ? "write" : "read"} ${store}/${path}`;
        }),
    );
    return { objects: [...new Set(objects)].sort(), Statement };
  };
  interface Statement {
    readonly Action: string | readonly string[];
    readonly Resource: string | readonly string[];
    readonly Condition?: unknown;
  }

  test("is nothing, if nothing is named", () => {
    expect(granted({})).toEqual({ objects: [], Statement: [] });
  });

  test("is to read what is mounted, and the folders that are named", () => {
    const mounts = [{ name: "corpus", prefix: "corpus/" }];
    const folders = [
      { store: StageStore.MODELS, prefix: "shared/" },
      { store: StageStore.CHECKPOINTS, prefix: "research/scratch/", mode: AccessMode.WRITE },
    ];
    expect(granted({ mounts, folders }).objects).toEqual([
      "read datasets/corpus/*",
      "read models/shared/*",
      "write checkpoints/research/scratch/*",
    ]);
  });

  test("is what its jobs use: their data, the runtime, and the folder of their own run", () => {
    const { objects, Statement } = granted({ jobs: [NER] });
    expect(objects).toEqual([
      "read datasets/reference/ner/*",
      "read models/runtime/*",
      expect.stringMatching(/^write checkpoints\/research\/runs\/ner-[0-9a-f]{8}\/\*$/),
    ]);
    // Nothing lists a whole bucket.
    const lists = Statement.filter(({ Action }) => [Action].flat().includes("s3:ListBucket"));
    expect(lists.length).toBeGreaterThan(0);
    for (const { Condition } of lists) expect(Condition).toBeDefined();
  });

  test("is to write all runs of the team, where people submit jobs of a template", () => {
    expect(granted({ jobs: [NER], templates: [NER] }).objects).toEqual([
      "read datasets/reference/ner/*",
      "read models/runtime/*",
      "write checkpoints/research/runs/*",
    ]);
  });
});

test("runs are protected wherever JobSet is installed", () => {
  const policies = (more: Partial<StageConfig>) =>
    resourcesOf(synthStages([{ ...dev, ...more }])["dev-platform"] as never, "kubernetes_manifest").filter(
      ({ properties }) => (properties.manifest as Manifest).kind === "ValidatingAdmissionPolicy",
    );
  expect(policies({})).toHaveLength(1);
  expect(policies({ operators: [Operator.KUEUE] })).toHaveLength(0);
});
