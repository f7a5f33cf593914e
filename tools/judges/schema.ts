import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { REPOSITORY } from "../embedded/repository";
import type { KubernetesObject, RenderedManifest } from "./manifests";
import type { Finding, JudgeReport } from "./verdict";

const SCRIPT = join(REPOSITORY, "tools/judges/validate.py");

/**
 * kubernetes-validate: the published schemas of a Kubernetes version, with every unknown field refused. `evaluated` counts objects of kinds
 * that Kubernetes has itself; custom resources are for their own definitions to judge (`npm run test:crds`).
 */
export function judgeBySchema(python: string, manifests: readonly RenderedManifest[], version: string): JudgeReport {
  const own = manifests.filter(({ object }) => isBuiltIn(object));
  const input = JSON.stringify({ version, objects: own.map(({ object }) => object) });
  const run = spawnSync(python, [SCRIPT], { input, encoding: "utf8", maxBuffer: Infinity });
  if (run.status !== 0) throw new Error(`kubernetes-validate gave up (exit ${run.status}): ${run.stderr.slice(-2000)}`);
  const answers = JSON.parse(run.stdout) as readonly (readonly string[] | null)[];
  const findings = own.flatMap(({ id, object }, index): Finding[] => {
    const faults = answers[index] ?? [`Kubernetes ${version} has no ${object.apiVersion} ${object.kind}`];
    return faults.map((message) => ({ check: "schema/strict", object: id, message }));
  });
  return { judge: "schema", evaluated: own.length, findings };
}

/** Groups without a dot, and those of k8s.io; projects of the community have x-k8s.io. */
function isBuiltIn({ apiVersion }: KubernetesObject): boolean {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return !group.includes(".") || (group.endsWith(".k8s.io") && !group.endsWith(".x-k8s.io"));
}
