import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubeconfigConnection, KubernetesTarget, Renderers } from "cdktf-ai-datacenter/kubernetes";
import { App, LocalBackend, TerraformStack } from "../../lib/terraform/cdktf";
import type { KubernetesManifest } from "../../lib/kubernetes/manifest";
import type { KubernetesBinaries } from "../../tools/kubernetes/binaries";
import { buildKubernetes } from "../../tools/kubernetes/build";
import { ControlPlane } from "../../tools/kubernetes/control-plane";
import { installOperatorCrds, prod, renderedObjects } from "./reference-stacks";

const folder = mkdtempSync(join(tmpdir(), "aidc-terraform-"));
let binaries: KubernetesBinaries;
let plane: ControlPlane;

beforeAll(async () => {
  binaries = await buildKubernetes();
  plane = await ControlPlane.start({ binaries });
  await installOperatorCrds(plane.client, binaries);
});

afterAll(async () => {
  await plane.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The platform's objects through the kubectl renderer, with the kubeconfig of the test's API server. */
function synthesize(objects: readonly KubernetesManifest[]): string {
  const app = new App({ outdir: join(folder, "cdktf.out") });
  const stack = new TerraformStack(app, "platform");
  new LocalBackend(stack, { path: join(folder, "platform.tfstate") });
  const connection = kubeconfigConnection({ path: plane.kubeconfigPath, kubernetesVersion: "1.35" });
  const target = new KubernetesTarget(stack, "Kubernetes", { connection, renderer: Renderers.kubectl() });
  target.placeAll(stack, objects);
  app.synth();
  const work = join(folder, "work");
  mkdirSync(work, { recursive: true });
  copyFileSync(join(app.outdir, "stacks/platform/cdk.tf.json"), join(work, "cdk.tf.json"));
  return work;
}

function terraformPath(): string {
  const asked = spawnSync(process.execPath, [join(__dirname, "../../tools/bootstrap.mjs"), "--check"], {
    encoding: "utf8",
  });
  return (JSON.parse(asked.stdout) as { readonly terraform: { readonly path: string } }).terraform.path;
}

function terraform(work: string, ...parameters: string[]) {
  const env = { PATH: process.env.PATH, HOME: folder, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
  const result = spawnSync(terraformPath(), [...parameters, "-no-color"], {
    cwd: work,
    env,
    encoding: "utf8",
  });
  return { status: result.status, output: `${result.stdout}${result.stderr}` };
}

const platform = () =>
  renderedObjects([prod]).filter(({ kind }) => kind !== "DaemonSet") as unknown as readonly KubernetesManifest[];

test("Terraform applies the platform, plans nothing more, sees what others change, and takes it away", async () => {
  const objects = platform();
  const hostile = { a: "${x} %{if} {{ y }}", b: 'quote " \\ \u2028 \ufeff 😀', c: "yes" };
  const settings = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "settings", namespace: "team-research" },
    data: hostile,
  };
  const work = synthesize([...objects, settings]);
  const ok = (...parameters: string[]) => {
    const { status, output } = terraform(work, ...parameters);
    if (status !== 0)
      throw new Error(`terraform ${parameters[0] ?? ""}: ${output.slice(output.indexOf("Error:")).slice(0, 3000)}`);
    expect({ parameters, status, tail: output.slice(-2000) }).toEqual({
      parameters,
      status: 0,
      tail: expect.any(String),
    });
    return output;
  };
  ok("init", "-input=false", `-plugin-dir=${binaries.pluginDirectory}`);
  expect(ok("apply", "-auto-approve", "-input=false")).toContain(`${objects.length + 1} added`);
  expect(ok("plan", "-input=false", "-detailed-exitcode")).toContain("No changes");

  const stored = await plane.client.get("v1", "ConfigMap", "settings", "team-research");
  expect(stored?.data).toEqual(hostile);
  expect(await plane.client.get("kueue.x-k8s.io/v1beta2", "ClusterQueue", "research")).toBeDefined();
  expect(await plane.client.get("karpenter.sh/v1", "NodePool", "burst")).toBeDefined();

  await plane.client.patch(settings, { data: { c: "no" } });
  expect(terraform(work, "plan", "-input=false", "-detailed-exitcode").status).toBe(2);

  expect(ok("destroy", "-auto-approve", "-input=false")).toContain(`${objects.length + 1} destroyed`);
  // The provider does not wait for the namespace's own end.
  await plane.client.waitFor("the namespace to be gone", async () => {
    return (await plane.client.get("v1", "Namespace", "team-research")) === undefined;
  });
});

test("a manifest that the API server refuses fails the apply, by the name of the field", () => {
  const wrong = {
    apiVersion: "kueue.x-k8s.io/v1beta2",
    kind: "ClusterQueue",
    metadata: { name: "wrong" },
    spec: { queueingStrategy: "Sometimes" },
  };
  const work = synthesize([wrong]);
  terraform(work, "init", "-input=false", `-plugin-dir=${binaries.pluginDirectory}`);
  const { status, output } = terraform(work, "apply", "-auto-approve", "-input=false");
  expect(status).toBe(1);
  expect(output).toContain("queueingStrategy");
});
