import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KarpenterManifests } from "cdktf-ai-datacenter/compute";
import { ContractChannel } from "cdktf-ai-datacenter/core";
import { ImageSources, Operator, Renderers } from "cdktf-ai-datacenter/kubernetes";
import { NatGateways } from "cdktf-ai-datacenter/network";
import { resourcesOf, synthApp, testApp } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { parse } from "yaml";
import { ClusterStack } from "../../stacks/cluster";
import { type StageConfig, stages } from "../../stacks/config";
import { OperatorsStack } from "../../stacks/operators";
import { PlatformStack } from "../../stacks/platform";
import { profilesOf } from "../../stacks/kubernetes";
import { exampleIdentifiers, renderStages } from "../../stacks/render";
import { synthStages } from "../snapshot/stacks";

const prod = stages.find(({ name }) => name === "prod") as StageConfig;
const folder = mkdtempSync(join(tmpdir(), "aidc-render-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const synthesized = synthStages();

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: Readonly<Record<string, unknown>>;
}

function manifestsOf(stack: string): Manifest[] {
  const resources = synthesized[stack] ? resourcesOf(synthesized[stack], "kubernetes_manifest") : [];
  return resources.map(({ properties }) => properties.manifest as Manifest);
}

test("the Kubernetes half comes after the cluster, and custom resources after what defines them", () => {
  const app = testApp();
  new ClusterStack(app, prod);
  new OperatorsStack(app, prod);
  const platform = new PlatformStack(app, prod);
  expect(platform.dependencies.map(({ node }) => node.id).sort()).toEqual(["prod-cluster", "prod-operators"]);
});

test("tokens for the cluster are made by the stage's deploy role", () => {
  const deployRoleArn = "arn:aws:iam::123456789012:role/Deployer";
  const { "prod-platform": platform } = synthStages([{ ...prod, deployRoleArn }]);
  const [provider] = platform?.provider.kubernetes ?? [];
  expect(JSON.stringify(provider)).toContain(`"--role-arn","${deployRoleArn}"`);
  expect(JSON.stringify(provider)).not.toContain('"token"');
});

test("pools are described from the config exactly as the cluster stack makes them", () => {
  const app = testApp();
  const cluster = new ClusterStack(app, prod);
  const made = cluster.node
    .findAll()
    .map((construct) => (construct as unknown as { profile?: { poolName: string } }).profile)
    .filter((profile) => profile !== undefined);
  const names = profilesOf(prod).map(({ poolName }) => poolName);
  expect(names).toEqual(["inference", "training", "burst"]);
  expect(profilesOf(prod)).toEqual(names.map((name) => made.find(({ poolName }) => poolName === name)));
});

test("an elastic pool's objects are those of its construct, identifiers aside", () => {
  const app = testApp();
  const cluster = new ClusterStack(app, prod);
  const pool = cluster.node.findChild("burst") as unknown as { readonly manifests: KarpenterManifests };
  const placed = manifestsOf("prod-platform");
  const find = (kind: string) => placed.find((manifest) => manifest.kind === kind);
  expect(find("NodePool")).toEqual(JSON.parse(JSON.stringify(pool.manifests.nodePool)));
  const shape = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (_, inner: unknown) => (/TfToken|\$\{/.test(String(inner)) ? "(id)" : inner)));
  expect(shape(find("EC2NodeClass"))).toEqual(shape(pool.manifests.nodeClass));
});

test("every team gets a namespace that admits restricted pods only, and a queue", () => {
  const placed = manifestsOf("prod-platform");
  for (const { name } of prod.teams) {
    const namespace = placed.find(({ kind, metadata }) => kind === "Namespace" && metadata.name === `team-${name}`);
    expect(namespace?.metadata).toMatchObject({ labels: { "pod-security.kubernetes.io/enforce": "restricted" } });
    expect(placed).toContainEqual(
      expect.objectContaining({ kind: "LocalQueue", metadata: expect.objectContaining({ namespace: `team-${name}` }) }),
    );
  }
});

test("a stage without a way out takes images from what its endpoints serve, or is refused", () => {
  const closed: StageConfig = { ...prod, natGateways: NatGateways.NONE };
  const operators = (config: StageConfig) => () =>
    new OperatorsStack(testApp(), config, { channel: exampleIdentifiers(config) });
  expect(operators(closed)).toRefuse("IMAGE_UNREACHABLE");
  const images = ImageSources.mirror("123456789012.dkr.ecr.us-east-1.amazonaws.com/mirror");
  expect(operators({ ...closed, images })).not.toThrow();
});

test("a stage installs what it names, and no more", () => {
  const app = testApp();
  const config: StageConfig = { ...prod, operators: [Operator.JOBSET] };
  const operators = new OperatorsStack(app, config, { channel: exampleIdentifiers(config) });
  const platform = new PlatformStack(app, config, { channel: exampleIdentifiers(config) });
  const stacks = synthApp(app);
  expect(resourcesOf(stacks[operators.node.id] as never, "helm_release")).toHaveLength(1);
  const kinds = resourcesOf(stacks[platform.node.id] as never, "kubernetes_manifest").map(
    ({ properties }) => (properties.manifest as Manifest).kind,
  );
  expect(kinds).toContain("Namespace");
  expect(kinds).not.toContain("ClusterQueue");
  expect(kinds).not.toContain("NodePool");
});

test("render writes one object a file, under names that stay", () => {
  renderStages(folder, [prod]);
  const platform = join(folder, "manifests/prod-platform");
  const files = readdirSync(platform).filter((name) => name.endsWith(".yaml"));
  expect(files).toContain("kueue.x-k8s.io-clusterqueue_research.yaml");
  expect(files).toContain("namespace_team-research.yaml");
  const objects = files.map((name) => parse(readFileSync(join(platform, name), "utf8")) as Manifest);
  expect(objects.map(({ kind }) => kind).sort()).toEqual(
    manifestsOf("prod-platform")
      .map(({ kind }) => kind)
      .sort(),
  );
  expect(existsSync(join(folder, "manifests/prod-operators/helm/kube-system_karpenter.yaml"))).toBe(true);
});

test("the other renderers take the same stacks", () => {
  for (const renderer of [Renderers.kubectl(), Renderers.chart({ name: "platform", namespace: "kube-system" })]) {
    const app = testApp();
    const stack = new PlatformStack(app, prod, { renderer, channel: exampleIdentifiers(prod) });
    const resource = synthApp(app)[stack.node.id]?.resource ?? {};
    const made = Object.keys(resource.kubectl_manifest ?? resource.helm_release ?? {}).length;
    expect(made).toBe(resource.kubectl_manifest === undefined ? 1 : manifestsOf("prod-platform").length);
  }
});

test("a missing identifier is told at synth", () => {
  expect(() => new PlatformStack(testApp(), prod, { channel: ContractChannel.literals({}) })).toRefuse(
    "CONTRACT_VALUE_MISSING",
  );
});
