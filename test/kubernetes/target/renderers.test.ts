import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  kubeconfigConnection,
  type KubernetesManifest,
  KubernetesTarget,
  Renderers,
} from "cdktf-ai-datacenter/kubernetes";
import { synthStack, testApp, testStack } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import fc from "fast-check";
import { parse } from "yaml";
import type { Renderer } from "../../../lib/kubernetes/target/renderer";
import { Vpc } from "../../../lib/terraform/aws";
import type { Construct } from "../../../lib/terraform/cdktf";
import { evaluated, userText } from "../../core/template-text";

const outdir = mkdtempSync(join(tmpdir(), "aidc-renderers-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));
let runs = 0;

const connection = kubeconfigConnection({ kubernetesVersion: "1.35" });
const REFERENCES = { "${aws_vpc.Vpc.id}": "vpc-1" };

/** Strings as users and attackers write them: Terraform, Helm and YAML syntax. */
const helmText = fc.constantFrom(
  "{{",
  "}}",
  "{{- x -}}",
  "{{{",
  "{{`",
  "yes",
  "0x1F",
  "1e3",
  "null",
  "~",
  "- a",
  "# b",
  "\u2028",
  "\u007f",
);
const anyText = fc
  .array(fc.oneof(userText, helmText, fc.string({ unit: "binary", maxLength: 4 })), { maxLength: 4 })
  .map((pieces) => pieces.join("").replace(/\p{Surrogate}|\0/gu, ""));
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    anyText,
    fc.integer(),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      anyText.filter((key) => key !== "__proto__"),
      tie("value"),
      { maxKeys: 3 },
    ),
  ),
})).value;

/** Writes one object with a renderer. */
function write(renderer: Renderer, manifest: (scope: Construct) => KubernetesManifest) {
  const app = testApp({ outdir: join(outdir, String((runs += 1))) });
  const stack = testStack({ app });
  const target = new KubernetesTarget(stack, "Kubernetes", { connection, renderer });
  target.place(stack, "Object", manifest(stack));
  app.synth();
  const folder = join(app.outdir, "stacks/test");
  return { app, stack, folder, json: JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) };
}

/** What Terraform makes of the strings and keys in a value. */
function applied(value: unknown): unknown {
  if (typeof value === "string") return evaluated(value, REFERENCES);
  if (Array.isArray(value)) return value.map(applied);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [applied(key), applied(member)]));
}

/** What Helm makes of a template: a model of the two actions that are written; test/kubernetes-live asks Helm itself. */
function helmed(template: string, references: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{ (?:"\{\{"|index \.Values\.references "(\w+)" \| toJson) \}\}/g, (_, name?: string) =>
    name === undefined ? "{{" : JSON.stringify(references[name]),
  );
}

const FILE = "configmap_team_settings.yaml";
const READERS: Readonly<Record<string, (make: (scope: Construct) => KubernetesManifest) => unknown>> = {
  terraform: (make) => applied(write(Renderers.terraform(), make).json.resource.kubernetes_manifest.Object.manifest),
  kubectl: (make) => {
    const body = write(Renderers.kubectl(), make).json.resource.kubectl_manifest.Object.yaml_body as string;
    return parse(evaluated(body, REFERENCES), { version: "1.1" });
  },
  chart: (make) => {
    const { folder, json } = write(Renderers.chart({ name: "objects", namespace: "team" }), make);
    const [release] = Object.values<Record<string, string>>(json.resource.helm_release);
    const { references } = parse(evaluated(release?.values?.[0] as string, REFERENCES)) as {
      references: Record<string, string>;
    };
    return parse(helmed(readFileSync(join(folder, release?.chart ?? "", "templates", FILE), "utf8"), references), {
      version: "1.1",
    });
  },
  files: (make) => {
    const { app } = write(Renderers.files(), make);
    const text = readFileSync(join(app.outdir, "manifests/test", FILE), "utf8");
    expect(parse(text, { version: "1.2" })).toEqual(parse(text, { version: "1.1" }));
    return parse(text, { version: "1.1" });
  },
};

const settings = (more: Readonly<Record<string, unknown>>): KubernetesManifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings", namespace: "team" },
  ...more,
});

/** What the kubectl provider cannot carry, and its renderer refuses. */
function hasControls(value: unknown): boolean {
  if (typeof value === "string") return /(?![\t\n\r])[\p{Cc}\ufffe\uffff]/u.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, member]) => hasControls(key) || hasControls(member));
}

describe("every renderer writes the object that it was given", () => {
  test.each(Object.entries(READERS))("%s, whatever text is in it", (name, read) => {
    fc.assert(
      fc.property(plain, (data) => {
        fc.pre(name !== "kubectl" || !hasControls(data));
        expect(read(() => settings({ data }))).toEqual(settings({ data }));
      }),
      { numRuns: 60 },
    );
  });

  test.each(Object.entries(READERS).filter(([name]) => name !== "files"))(
    "%s, with values known after apply",
    (_, read) => {
      const make = (scope: Construct) =>
        settings({ data: { vpc: new Vpc(scope, "Vpc", {}).id, text: "{{ x }} ${y}" } });
      expect(read(make)).toEqual(settings({ data: { vpc: "vpc-1", text: "{{ x }} ${y}" } }));
    },
  );

  test.each(Object.entries(READERS))("%s leaves out what is undefined", (_, read) => {
    expect(read(() => settings({ data: { a: undefined, b: "" } }))).toEqual(settings({ data: { b: "" } }));
  });
});

describe("order", () => {
  test("an object waits for its namespace and for what it is put after", () => {
    const stack = testStack();
    const target = new KubernetesTarget(stack, "Kubernetes", { connection });
    const first = target.place(stack, "First", { ...settings({}), metadata: { name: "first" } });
    target.place(stack, "Namespace", { apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } });
    target.place(stack, "Second", settings({}), { after: [first] });
    expect(synthStack(stack)).toHaveResource("kubernetes_manifest", {
      depends_on: ["kubernetes_manifest.First", "kubernetes_manifest.Namespace"],
    });
  });

  test("a chart's release waits for what its objects are put after, and not for itself", () => {
    const stack = testStack();
    const direct = new KubernetesTarget(stack, "Direct", { connection });
    const chart = new KubernetesTarget(stack, "Chart", {
      connection,
      renderer: Renderers.chart({ name: "objects", namespace: "team" }),
    });
    const crd = direct.place(stack, "Definition", { ...settings({}), metadata: { name: "definition" } });
    const one = chart.place(stack, "One", settings({}), { after: [crd] });
    chart.place(stack, "Two", { ...settings({}), metadata: { name: "two" } }, { after: [one] });
    expect(synthStack(stack)).toHaveResource("helm_release", { depends_on: ["kubernetes_manifest.Definition"] });
  });
});

describe("the chart", () => {
  const version = (data: Readonly<Record<string, string>>) => {
    const { json } = write(Renderers.chart({ name: "objects", namespace: "team" }), () => settings({ data }));
    return Object.values<Record<string, string>>(json.resource.helm_release)[0]?.version;
  };

  test("has a version that changes with its objects and only then", () => {
    expect(version({ a: "1" })).toBe(version({ a: "1" }));
    expect(version({ a: "1" })).not.toBe(version({ a: "2" }));
  });
});

describe("files", () => {
  test("of objects that are gone are taken away, and those of others stay", () => {
    const { app } = write(Renderers.files(), () => settings({}));
    const folder = join(app.outdir, "manifests/test");
    const again = testApp({ outdir: app.outdir });
    const stack = testStack({ app: again });
    const target = new KubernetesTarget(stack, "Kubernetes", { connection, renderer: Renderers.files() });
    target.place(stack, "Object", { ...settings({}), metadata: { name: "other" } });
    again.synth();
    expect(readdirSync(folder)).toEqual([".written.json", "configmap_other.yaml"]);
    expect(existsSync(join(folder, FILE))).toBe(false);
  });

  test("refuse what is known only after apply", () => {
    const make = (scope: Construct) => settings({ data: { vpc: new Vpc(scope, "Vpc", {}).id } });
    expect(() => write(Renderers.files(), make)).toRefuse("MANIFEST_UNRESOLVED");
  });

  test("of releases lie apart, with their values", () => {
    const app = testApp();
    const stack = testStack({ app });
    const target = new KubernetesTarget(stack, "Kubernetes", { connection, renderer: Renderers.files() });
    const chart = {
      name: "c",
      repository: "oci://r.example/c",
      version: "1.2.3",
      images: [],
      source: { facts: "test", date: "2026" },
    };
    target.install(stack, "Release", { name: "one", namespace: "ns", chart, values: { replicas: 2 } });
    app.synth();
    expect(parse(readFileSync(join(app.outdir, "manifests/test/helm/ns_one.yaml"), "utf8"))).toEqual({
      release: "one",
      namespace: "ns",
      repository: "oci://r.example/c",
      chart: "c",
      version: "1.2.3",
      values: { replicas: 2 },
    });
  });
});

describe("refusals", () => {
  const place = (manifest: unknown) => () => {
    const stack = testStack();
    new KubernetesTarget(stack, "Kubernetes", { connection }).place(stack, "Object", manifest as KubernetesManifest);
  };

  test.each([
    [{ kind: "ConfigMap", metadata: { name: "a" } }],
    [{ apiVersion: "v1", kind: "ConfigMap", metadata: {} }],
    [settings({ data: { a: Number.NaN } })],
    [settings({ data: { a: () => 1 } })],
    [settings({ data: { a: new Date() } })],
    [settings({ data: { a: null } })],
    [settings({ data: { a: "\ud800" } })],
  ])("of %j, which has no form in a manifest", (manifest) => {
    expect(place(manifest)).toRefuse("MANIFEST_INVALID");
  });

  test.each(["\u0001", "\u007f", "\u0085", "\b", "\uffff"])(
    "of %j by the kubectl renderer, whose provider cannot carry it",
    (text) => {
      const kubectl = (data: object) => () => write(Renderers.kubectl(), () => settings({ data }));
      expect(kubectl({ a: text })).toRefuse("MANIFEST_INVALID");
      expect(kubectl({ a: "\\u0001 \\b \t\n" })).not.toThrow();
    },
  );

  test("of an object that is handed over twice", () => {
    const stack = testStack();
    const target = new KubernetesTarget(stack, "Kubernetes", { connection });
    target.place(stack, "One", settings({}));
    expect(() => target.place(stack, "Two", settings({}))).toRefuse("MANIFEST_DUPLICATE");
  });
});
