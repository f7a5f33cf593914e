import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubeconfigConnection, KubernetesTarget, Renderers } from "cdktf-ai-datacenter/kubernetes";
import { RUN_LABEL, RunProtection, TrainingJob, type TrainingJobOptions } from "cdktf-ai-datacenter/training";
import { App, LocalBackend, TerraformStack } from "../../lib/terraform/cdktf";
import type { KubernetesManifest } from "../../lib/kubernetes/manifest";
import type { KubernetesBinaries } from "../../tools/kubernetes/binaries";
import { buildKubernetes } from "../../tools/kubernetes/build";
import { ControlPlane } from "../../tools/kubernetes/control-plane";
import { startJobSet } from "../../tools/kubernetes/controllers";
import { nerJob } from "../training/jobs";
import { installOperatorCrds, isOfRun, prod, renderedObjects } from "./reference-stacks";

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

const pluginFolder = () => `-plugin-dir=${binaries.pluginDirectory}`;

/** A stack through the kubectl renderer, with the kubeconfig of the test's API server. */
function synthesized(name: string, place: (stack: TerraformStack, target: KubernetesTarget) => void): string {
  const app = new App({ outdir: join(folder, "cdktf.out") });
  const stack = new TerraformStack(app, name);
  new LocalBackend(stack, { path: join(folder, `${name}.tfstate`) });
  const connection = kubeconfigConnection({
    path: plane.kubeconfigPath,
    kubernetesVersion: "1.35",
    apiGroups: ["jobset.x-k8s.io"],
  });
  place(stack, new KubernetesTarget(stack, "Kubernetes", { connection, renderer: Renderers.kubectl() }));
  app.synth();
  const work = join(folder, `work-${name}`);
  mkdirSync(work, { recursive: true });
  copyFileSync(join(app.outdir, `stacks/${name}/cdk.tf.json`), join(work, "cdk.tf.json"));
  return work;
}

function synthesize(objects: readonly KubernetesManifest[]): string {
  return synthesized("platform", (stack, target) => target.placeAll(stack, objects));
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
  renderedObjects([prod]).filter(
    (object) => object.kind !== "DaemonSet" && !isOfRun(object),
  ) as unknown as readonly KubernetesManifest[];

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
  ok("init", "-input=false", pluginFolder());
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
  terraform(work, "init", "-input=false", pluginFolder());
  const { status, output } = terraform(work, "apply", "-auto-approve", "-input=false");
  expect(status).toBe(1);
  expect(output).toContain("queueingStrategy");
});

describe("a training run", () => {
  const namespace = "team-runs";
  const declared = (more: Partial<TrainingJobOptions> = {}) => {
    const identity = { namespace, serviceAccount: "jobs", annotations: {} };
    let runId = "";
    const work = synthesized("runs", (stack, target) => {
      new RunProtection(stack, "Runs", { target });
      ({ runId } = new TrainingJob(stack, "Ner", { ...nerJob({ identity, ...more }), target }));
    });
    return { runId, work };
  };
  const apply = (work: string) => {
    const { status, output } = terraform(work, "apply", "-auto-approve", "-input=false");
    return { status, output: output.replace(/[\s│]+/g, " ") };
  };
  const jobSets = async () => {
    const found = await plane.client.list("jobset.x-k8s.io/v1alpha2", "JobSet", { namespace });
    return found.map(({ metadata }) => metadata.name).sort();
  };
  const maps = () => plane.client.list("v1", "ConfigMap", { namespace, labelSelector: RUN_LABEL });
  const old = () => declared({ optimizer: { lr: 1e-3 } });
  const changed = { optimizer: { lr: 2e-3 } };

  beforeAll(async () => {
    await plane.client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    const { runId, work } = old();
    terraform(work, "init", "-input=false", pluginFolder());
    expect(apply(work)).toMatchObject({ status: 0 });
    // The API server takes a policy into account a moment after it is made.
    const path = `/apis/jobset.x-k8s.io/v1alpha2/namespaces/${namespace}/jobsets/${runId}`;
    await plane.client.waitFor("the policy to be in force", async () => {
      return (await plane.client.request("DELETE", `${path}?dryRun=All`)).status === 403;
    });
  });

  test("of a changed spec is made although the old one goes on: that stays, with all that belongs to it, until it has ended", async () => {
    const before = old().runId;
    const { runId, work } = declared(changed);
    const refused = apply(work);
    expect(refused.status).toBe(1);
    expect(refused.output).toContain(`run ${before} has not ended`);
    const both = [before, runId].sort();
    expect(await jobSets()).toEqual(both);
    expect((await maps()).map(({ metadata }) => metadata.labels?.[RUN_LABEL]).sort()).toEqual(both);

    const ended = { apiVersion: "jobset.x-k8s.io/v1alpha2", kind: "JobSet", metadata: { name: before, namespace } };
    await plane.client.patch(ended, { status: { restarts: 0, terminalState: "Completed" } }, "status");
    expect(apply(work)).toMatchObject({ status: 0 });
    await plane.client.waitFor("the ended run to go", async () => (await jobSets()).join() === runId);
  });

  test("keeps what its pods read, when an apply would change how it is run: JobSet refuses that while it is there", async () => {
    await startJobSet(plane);
    const [before] = await maps();
    const { runId, work } = declared({ ...changed, checkpoint: { every_seconds: 60 } });
    expect(before?.metadata.labels?.[RUN_LABEL]).toBe(runId);
    const refused = apply(work);
    expect(refused).toMatchObject({ status: 1, output: expect.stringContaining("field is immutable") });
    expect((await maps()).map(({ metadata }) => metadata.name)).toContain(before?.metadata.name);
  });
});
