import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { byCluster, readManifests } from "../../tools/judges/manifests";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "aidc-manifests-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(stack: string, name: string, text: string): void {
  mkdirSync(join(root, stack), { recursive: true });
  writeFileSync(join(root, stack, name), text);
}

const object = (kind: string, metadata: string) => `apiVersion: v1\nkind: ${kind}\nmetadata: {${metadata}}\n`;

test("names objects by stack, kind, namespace and name, in order", () => {
  write("prod-platform", "b.yaml", object("ConfigMap", "name: b, namespace: x"));
  write("prod-platform", "a.yaml", object("Namespace", "name: x"));
  write("dev-platform", "a.yaml", object("Namespace", "name: x"));
  write("dev-platform", "notes.txt", "no manifest");
  expect(readManifests(root).map(({ id, file }) => [id, file])).toEqual([
    ["dev-platform/Namespace/-/x", "dev-platform/a.yaml"],
    ["prod-platform/Namespace/-/x", "prod-platform/a.yaml"],
    ["prod-platform/ConfigMap/x/b", "prod-platform/b.yaml"],
  ]);
});

test("keeps the stacks of a cluster together, and clusters apart", () => {
  const stacks = ["prod-operators", "prod-platform", "prod-workloads-research", "prod-eu-platform"];
  for (const stack of stacks) write(stack, "a.yaml", object("Namespace", "name: x"));
  const clusters = [...byCluster(readManifests(root))].map(([stage, of]) => [stage, of.map(({ stack }) => stack)]);
  expect(clusters).toEqual([
    ["prod-eu", ["prod-eu-platform"]],
    ["prod", ["prod-operators", "prod-platform", "prod-workloads-research"]],
  ]);
});

test.each([
  ["two documents", `${object("A", "name: a")}---\n${object("B", "name: b")}`, "not one YAML document"],
  ["broken YAML", "a: [", "not one YAML document"],
  ["no name", object("A", ""), "not a Kubernetes object"],
  ["nothing", "", "not a Kubernetes object"],
])("refuses a file with %s", (_what, text, message) => {
  write("prod-platform", "odd.yaml", text);
  expect(() => readManifests(root)).toThrow(`prod-platform/odd.yaml: ${message}`);
});

test("refuses a folder without manifests: nothing would be found there", () => {
  expect(() => readManifests(root)).toThrow("no manifests; render first (npm run -s render)");
  expect(() => readManifests(join(root, "none"))).toThrow("no manifests");
});
