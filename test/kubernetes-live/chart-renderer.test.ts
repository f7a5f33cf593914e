import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  kubeconfigConnection,
  type KubernetesManifest,
  KubernetesTarget,
  Renderers,
} from "cdktf-ai-datacenter/kubernetes";
import { testApp, testStack } from "cdktf-ai-datacenter/testing";
import fc from "fast-check";
import { parse } from "yaml";
import { Vpc } from "../../lib/terraform/aws";
import type { App, Construct } from "../../lib/terraform/cdktf";
import { OperatorsStack } from "../../stacks/operators";
import { PlatformStack } from "../../stacks/platform";
import { exampleIdentifiers } from "../../stacks/render";
import { hasWorkloads, WorkloadsStack } from "../../stacks/workloads";
import type { ApiObject } from "../../tools/kubernetes/api-client";
import { type KubernetesBinaries, Program } from "../../tools/kubernetes/binaries";
import { buildKubernetes } from "../../tools/kubernetes/build";
import { ControlPlane } from "../../tools/kubernetes/control-plane";
import { readManifests, renderChartText } from "../../tools/kubernetes/helm";
import { installCrds } from "../../tools/kubernetes/installation";
import { evaluated, userText } from "../core/template-text";
import { prod, renderedObjects } from "./reference-stacks";

const GROUP = "samples.example.com";
const NAMESPACE = "default";
const OBJECTS_PER_CHART = 60;
const CHARTS = 8;
/** What Terraform knows after apply. */
const REFERENCES = { "${aws_vpc.Vpc.id}": "vpc-0123" };

const outdir = mkdtempSync(join(tmpdir(), "aidc-chart-"));
let runs = 0;
let binaries: KubernetesBinaries;
let plane: ControlPlane;

beforeAll(async () => {
  binaries = await buildKubernetes();
  plane = await ControlPlane.start({ binaries });
  await installCrds(plane.client, [sampleDefinition()]);
});

afterAll(async () => {
  await plane.stop();
  rmSync(outdir, { recursive: true, force: true });
});

/** A kind that takes any data, with any keys. */
function sampleDefinition(): ApiObject {
  const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const schema = { openAPIV3Schema: { type: "object", properties: { data: anything } } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `samples.${GROUP}` },
    spec: {
      group: GROUP,
      scope: "Namespaced",
      names: { kind: "Sample", plural: "samples", singular: "sample" },
      versions: [{ name: "v1", served: true, storage: true, schema }],
    },
  };
}

/** Text as Helm, Go, YAML and Terraform write it. */
const helmText = fc.constantFrom(
  ...'{{ }} {{- -}} {{{ }}} {{` `}} ` `` "{{" {{/* */}} ${ %{ $${ \\ \\\\ \\n \\u0041 \' " : - # & * ! | > % @ ,'.split(
    " ",
  ),
  ..."yes no on Yes y n true null Null ~ 0x1F 0o7 010 1e3 1_000 .inf .NaN -0 12:30:00 2026-01-01 << = [] {} --- ...".split(
    " ",
  ),
  ...["{{ .Values.references }}", '{{ fail "x" }}', '{{ index .Values.references "v0x0" | toJson }}', "{{\n}}"],
  ...["\n", "\n---\n", "\r\n", "\t", " ", "- a", "# b", "a: b", "\u0000", "\u0007", "\u001b", "\u007f", "\u0085"],
  ...[
    "\u00a0",
    "\u200b",
    "\u2028",
    "\u2029",
    "\ufeff",
    "\ufffd",
    "\ufffe",
    "\uffff",
    "é",
    "名",
    "😀",
    "👩‍💻",
    "<b>&amp;</b>",
  ],
);
const anyText = fc
  .array(fc.oneof(helmText, helmText, userText, fc.string({ unit: "binary", maxLength: 4 })), { maxLength: 5 })
  .map((pieces) => pieces.join("").replace(/\p{Surrogate}/gu, ""));
const anyKey = anyText.filter((key) => key !== "__proto__");
const anyData = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    { weight: 5, arbitrary: anyText },
    fc.oneof(fc.integer(), fc.boolean()),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(anyKey, tie("value"), { maxKeys: 3 }),
  ),
  data: fc.dictionary(anyKey, tie("value"), { minKeys: 1, maxKeys: 4 }),
})).data as fc.Arbitrary<Readonly<Record<string, unknown>>>;

/** As many as go into one chart: each start of Helm takes time. */
function manyOf<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(arbitrary, { minLength: OBJECTS_PER_CHART, maxLength: OBJECTS_PER_CHART });
}

const sample = (index: number, data: unknown): KubernetesManifest => ({
  apiVersion: `${GROUP}/v1`,
  kind: "Sample",
  metadata: { name: `sample-${index}`, namespace: NAMESPACE },
  data,
});

/** What Helm makes of the charts that an app wrote: its releases as Terraform passes them to Helm. */
function rendered(app: App, stack: string): string {
  const folder = join(app.outdir, "stacks", stack);
  const json = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as {
    readonly resource: { readonly helm_release: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  };
  const local = Object.values(json.resource.helm_release).filter(({ chart }) => String(chart).startsWith("./"));
  expect(local).toHaveLength(1);
  const { chart, name, namespace, values } = local[0] as Readonly<Record<string, string>>;
  const text = evaluated((values as unknown as readonly string[])[0] ?? "", REFERENCES);
  return renderChartText(binaries, join(folder, chart ?? ""), {
    release: name ?? "",
    namespace: namespace ?? "",
    values: parse(text, { version: "1.1" }) as object,
  });
}

/** Objects through one chart and Helm. */
function throughHelm(make: (scope: Construct) => readonly KubernetesManifest[]): string {
  const app = testApp({ outdir: join(outdir, String((runs += 1))) });
  const stack = testStack({ app });
  const connection = kubeconfigConnection({ kubernetesVersion: "1.35" });
  const renderer = Renderers.chart({ name: "objects", namespace: NAMESPACE });
  new KubernetesTarget(stack, "Kubernetes", { connection, renderer }).placeAll(stack, make(stack));
  app.synth();
  return rendered(app, "test");
}

const byName = (objects: readonly object[]) =>
  (objects as readonly ApiObject[])
    .map((object) => ({ key: `${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}`, object }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));

/** Creates objects of YAML text as Helm does, with the YAML reader of Kubernetes, and reads back what the server holds. */
async function stored(yaml: string): Promise<ReadonlyMap<string, unknown>> {
  const parameters = ["create", "-f", "-", "--kubeconfig", plane.kubeconfigPath];
  const result = spawnSync(binaries.program(Program.KUBECTL), parameters, { input: yaml, encoding: "utf8" });
  expect({ status: result.status, problems: result.stderr }).toEqual({ status: 0, problems: "" });
  const found = await plane.client.list(`${GROUP}/v1`, "Sample", { namespace: NAMESPACE });
  return new Map(found.map((object) => [object.metadata.name, (object as unknown as { readonly data: unknown }).data]));
}

describe("objects in a chart that the chart renderer wrote", () => {
  test("come out of Helm as they went in, whatever text is in their keys and values", () => {
    fc.assert(
      fc.property(manyOf(anyData), (all) => {
        const objects = all.map((data, index) => sample(index, data));
        expect(byName(readManifests(throughHelm(() => objects)))).toEqual(byName(objects));
      }),
      { numRuns: CHARTS, interruptAfterTimeLimit: 300_000, markInterruptAsFailure: true },
    );
  });

  test("are stored by an API server as they went in", async () => {
    await fc.assert(
      fc.asyncProperty(manyOf(anyData), async (all) => {
        const data = await stored(throughHelm(() => all.map((each, index) => sample(index, each))));
        all.forEach((each, index) => expect(data.get(`sample-${index}`)).toEqual(each));
      }),
      { numRuns: 1, endOnFailure: true },
    );
  });

  test("get values that are known only after apply, whatever stands around them", () => {
    fc.assert(
      fc.property(manyOf(fc.tuple(anyText, anyText)), (around) => {
        const make = (id: string) => around.map(([a, b], index) => sample(index, { a, both: `${a}${id}${b}`, id }));
        const text = throughHelm((scope) => make(new Vpc(scope, "Vpc", {}).id));
        expect(byName(readManifests(text))).toEqual(byName(make("vpc-0123")));
      }),
      { numRuns: 2, endOnFailure: true },
    );
  });

  test("are all there, also where names differ in nothing that a file name can hold", () => {
    const roles = ["team:a", "team-a", "Team:a"].map((name) => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name },
      rules: [],
    }));
    const found = readManifests(throughHelm(() => roles));
    expect(found.map(({ metadata }) => metadata.name).sort()).toEqual(["Team:a", "team-a", "team:a"]);
  });
});

test("the reference stage as charts is the reference stage as files", () => {
  const app = testApp({ outdir: join(outdir, "prod") });
  const options = (name: string) => ({
    channel: exampleIdentifiers(prod),
    renderer: Renderers.chart({ name: `${name}-objects`, namespace: "kube-system" }),
  });
  const teams = prod.teams.filter(hasWorkloads);
  new OperatorsStack(app, prod, options("operators"));
  new PlatformStack(app, prod, options("platform"));
  for (const team of teams) new WorkloadsStack(app, prod, team, options(`workloads-${team.name}`));
  app.synth();
  const stacks = ["operators", "platform", ...teams.map(({ name }) => `workloads-${name}`)];
  const found = stacks.flatMap((stack) => readManifests(rendered(app, `prod-${stack}`)));
  expect(byName(found)).toEqual(byName(renderedObjects([prod])));
  expect(found.length).toBeGreaterThanOrEqual(30);
});
