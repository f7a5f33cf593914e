import { Operator } from "cdktf-ai-datacenter/kubernetes";
import { resourcesOf, synthApp, testApp } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { MountedStore, type StageConfig, stages, type TeamConfig } from "../../stacks/config";
import { addStage } from "../../stacks/datacenter";
import { operatorsOf } from "../../stacks/kubernetes";
import { exampleIdentifiers } from "../../stacks/render";
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
    csi: { volumeAttributes: { bucketName: "prod-data-datasets-123456789012", authenticationSource: "pod" } },
  });
  expect(claim?.metadata).toEqual({ name: "corpus", namespace: "team-research" });
});

test("models can be mounted too, and Lustre file systems", () => {
  const objects = placed({ mounts: [{ name: "models", store: MountedStore.MODELS }], fileSystems });
  const drivers = objects
    .filter(({ kind }) => kind === "PersistentVolume")
    .map(({ metadata, spec }) => [metadata.name, (spec.csi as { readonly driver: string }).driver]);
  expect(drivers).toEqual([
    ["team-research.models", "s3.csi.aws.com"],
    ["team-research.scratch", "fsx.csi.aws.com"],
  ]);
  expect(JSON.stringify(objects)).toContain("prod-data-models-123456789012");
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
