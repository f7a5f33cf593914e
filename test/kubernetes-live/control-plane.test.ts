import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PoolProfile } from "../../lib/contracts/pool";
import { profilesOf } from "../../stacks/kubernetes";
import type { ApiObject } from "../../tools/kubernetes/api-client";
import { type KubernetesBinaries, KUBERNETES_VERSION, Program } from "../../tools/kubernetes/binaries";
import { buildKubernetes } from "../../tools/kubernetes/build";
import { ControlPlane } from "../../tools/kubernetes/control-plane";
import { addNodes, nodeManifests, removeNodes } from "../../tools/kubernetes/nodes";
import { prod } from "./reference-stacks";

const POOL = profilesOf(prod).find(({ poolName }) => poolName === "training") as PoolProfile;

let binaries: KubernetesBinaries;
let plane: ControlPlane;

beforeAll(async () => {
  binaries = await buildKubernetes();
  plane = await ControlPlane.start({ binaries });
});

afterAll(() => plane.stop());

function configMap(name: string, data: Readonly<Record<string, string>>): ApiObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" }, data };
}

/** A pod that takes a whole node of the pool. */
function pod(name: string, spec: object = {}): ApiObject {
  const resources = { limits: POOL.wholeNodeResources, requests: { cpu: "1", memory: "1Gi" } };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default" },
    spec: { containers: [{ name: "main", image: "registry.example/app:1", resources }], ...spec },
  };
}

const TOLERATES = { tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }] };

interface PodStatus {
  readonly phase?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
}

async function statusOf(name: string): Promise<PodStatus> {
  return ((await plane.client.get("v1", "Pod", name, "default"))?.status ?? {}) as PodStatus;
}

describe("the API server", () => {
  test(`is Kubernetes ${KUBERNETES_VERSION}, the version of the stages`, async () => {
    const { body } = await plane.client.request("GET", "/version");
    expect(body).toMatchObject({ gitVersion: `v${KUBERNETES_VERSION}` });
  });

  test("keeps what is applied twice as it is", async () => {
    const first = await plane.client.apply(configMap("twice", { a: "1" }));
    const second = await plane.client.apply(configMap("twice", { a: "1" }));
    const third = await plane.client.apply(configMap("twice", { a: "2" }));
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(third.metadata.resourceVersion).not.toBe(first.metadata.resourceVersion);
  });

  test("refuses a field that does not exist", async () => {
    const wrong = { ...configMap("unknown-field", {}), dataa: { a: "1" } };
    await expect(plane.client.apply(wrong)).rejects.toThrow(/dataa/);
    expect(await plane.client.get("v1", "ConfigMap", "unknown-field", "default")).toBeUndefined();
  });

  test("refuses a field that another manager owns", async () => {
    await plane.client.apply(configMap("owned", { a: "1" }));
    const path = "/api/v1/namespaces/default/configmaps/owned?fieldManager=other&force=false";
    const { status } = await plane.client.request(
      "PATCH",
      path,
      configMap("owned", { a: "2" }),
      "application/apply-patch+yaml",
    );
    expect(status).toBe(409);
  });

  test("refuses a kind that nobody serves", async () => {
    const wrong = { apiVersion: "example.com/v1", kind: "Nothing", metadata: { name: "a" } };
    await expect(plane.client.apply(wrong)).rejects.toMatchObject({ status: 404, reason: "NotFound" });
  });

  test("holds Pod Security and RBAC", async () => {
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await plane.client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "restricted", labels } });
    const privileged = pod("privileged");
    const placed = { ...privileged, metadata: { name: "privileged", namespace: "restricted" } };
    await expect(plane.client.create(placed)).rejects.toThrow(/violates PodSecurity "restricted/);
    const nobody = plane.client.as("nobody", ["system:authenticated"]);
    await expect(nobody.list("v1", "Pod")).rejects.toMatchObject({ status: 403 });
  });

  test("writes each request to its audit log", async () => {
    await plane.client.apply(configMap("audited", { secret: "not in the log" }));
    const events = plane.auditEvents().filter(({ objectRef }) => objectRef?.name === "audited");
    expect(events).toEqual([
      expect.objectContaining({
        verb: "patch",
        user: expect.objectContaining({ username: "admin" }) as unknown,
        objectRef: expect.objectContaining({ resource: "configmaps", namespace: "default" }) as unknown,
        responseStatus: expect.objectContaining({ code: 201 }) as unknown,
      }),
    ]);
    expect(JSON.stringify(events)).not.toContain("not in the log");
  });

  test("answers kubectl", () => {
    const args = ["--kubeconfig", plane.kubeconfigPath, "get", "namespace", "default", "-o", "name"];
    const { stdout } = spawnSync(binaries.program(Program.KUBECTL), args, {
      encoding: "utf8",
      env: { HOME: plane.folder },
    });
    expect(stdout.trim()).toBe("namespace/default");
  });
});

describe("nodes of a profile", () => {
  let nodes: readonly string[] = [];
  beforeAll(async () => void (nodes = await addNodes(plane, POOL, 2)));
  afterAll(() => removeNodes(plane, nodes));

  test("have the pool's labels, taints and capacity", async () => {
    const node = await plane.client.get("v1", "Node", "training-1");
    expect(node?.metadata.labels).toMatchObject({
      "aidc/pool": "training",
      "node.kubernetes.io/instance-type": "p5.48xlarge",
      "topology.kubernetes.io/zone": "us-east-1a",
      "topology.k8s.aws/network-node-layer-1": "training-1-0",
      "topology.k8s.aws/network-node-layer-3": "training-3-0",
      "kubernetes.io/hostname": "training-1",
    });
    expect(node?.spec).toMatchObject({ taints: POOL.taints });
    expect(node?.status).toMatchObject({
      capacity: { cpu: "192", pods: "51", "nvidia.com/gpu": "8", "vpc.amazonaws.com/efa": "32" },
      allocatable: { "nvidia.com/gpu": "8", "hugepages-2Mi": "5Gi" },
    });
  });

  test("stand below switches, four of them below one of the lowest layer", () => {
    const layers = nodeManifests(POOL, 17).map(({ metadata }) => metadata.labels ?? {});
    const distinct = (layer: number) =>
      new Set(layers.map((all) => all[`topology.k8s.aws/network-node-layer-${layer}`]));
    expect([1, 2, 3].map((layer) => distinct(layer).size)).toEqual([1, 2, 5]);
    expect(distinct(4)).toEqual(new Set([undefined]));
  });

  test("take a pod that tolerates their taint, and one only while it is whole", async () => {
    for (const name of ["first", "second", "third"]) await plane.client.create(pod(name, TOLERATES));
    const running = await plane.client.waitFor("two pods to run", async () => {
      const pods = await plane.client.list("v1", "Pod", { namespace: "default" });
      const found = pods.filter(({ status }) => (status as PodStatus).phase === "Running");
      return found.length === 2 && found;
    });
    expect(new Set(running.map(({ spec }) => (spec as { readonly nodeName: string }).nodeName))).toEqual(
      new Set(nodes),
    );
    const waiting = (await plane.client.list("v1", "Pod", { namespace: "default" })).filter(
      ({ status }) => (status as PodStatus).phase === "Pending",
    );
    expect(waiting).toHaveLength(1);
    for (const { metadata } of [...running, ...waiting]) {
      await plane.client.delete({ apiVersion: "v1", kind: "Pod", metadata });
    }
    await plane.client.waitFor("the pods to go", async () => {
      const pods = await plane.client.list("v1", "Pod", { namespace: "default" });
      return pods.length === 0;
    });
  });

  test("take no pod without the toleration", async () => {
    await plane.client.create(pod("intolerant"));
    const { message } = await plane.client.waitFor("the scheduler to say no", async () =>
      (await statusOf("intolerant")).conditions?.find(
        ({ type, status }) => type === "PodScheduled" && status === "False",
      ),
    );
    expect(message).toMatch(/2 node\(s\) had untolerated taint/);
    await plane.client.delete(pod("intolerant"));
  });

  test("end a pod that asks for it", async () => {
    const asking = pod("asking", TOLERATES);
    const annotations = { "aidc.test/ends-as": "Failed", "aidc.test/ends-after": "1s" };
    await plane.client.create({ ...asking, metadata: { ...asking.metadata, annotations } });
    await plane.client.waitFor("the pod to run", async () => (await statusOf("asking")).phase === "Running");
    await plane.client.waitFor("the pod to fail", async () => (await statusOf("asking")).phase === "Failed");
    await plane.client.delete(asking);
  });
});

describe("Terraform", () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "aidc-terraform-"))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function terraform(...args: readonly string[]): string {
    const env = { PATH: process.env.PATH, HOME: folder, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
    const { stdout, stderr, status } = spawnSync("terraform", args, { cwd: folder, env, encoding: "utf8" });
    if (status !== 0) throw new Error(`${stdout}${stderr}`);
    return stdout;
  }

  test("applies, plans empty and destroys with the kubectl provider", async () => {
    const manifest = configMap("by-terraform", { a: "1" });
    const configuration = {
      terraform: { required_providers: { kubectl: { source: "gavinbunney/kubectl", version: "1.19.0" } } },
      provider: { kubectl: { config_path: plane.kubeconfigPath, load_config_file: true } },
      resource: { kubectl_manifest: { it: { yaml_body: JSON.stringify(manifest), server_side_apply: true } } },
    };
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify(configuration));
    terraform("init", `-plugin-dir=${binaries.pluginDirectory}`);
    terraform("apply", "-auto-approve");
    expect(await plane.client.get("v1", "ConfigMap", "by-terraform", "default")).toMatchObject({ data: { a: "1" } });
    expect(terraform("plan")).toContain("No changes.");
    terraform("destroy", "-auto-approve");
    expect(await plane.client.get("v1", "ConfigMap", "by-terraform", "default")).toBeUndefined();
  });
});

describe("the end", () => {
  function isAlive(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }

  /** Numbers of the processes whose command line names the folder. */
  function processesOf(folder: string): readonly string[] {
    const { stdout } = spawnSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" });
    return stdout.split("\n").filter((line) => line.includes(folder));
  }

  test("leaves neither a process nor a folder", async () => {
    const other = await ControlPlane.start({ binaries });
    const { pids, folder } = other;
    expect(processesOf(folder).length).toBeGreaterThanOrEqual(5);
    await other.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(processesOf(folder)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  test("comes with the process that started it, even when that is killed", async () => {
    const script = `
      const { ControlPlane } = require("./dist/tools/kubernetes/control-plane.js");
      const { KubernetesBinaries } = require("./dist/tools/kubernetes/binaries.js");
      ControlPlane.start({ binaries: new KubernetesBinaries(${JSON.stringify(binaries.folder)}) }).then((plane) => {
        console.log(plane.folder);
        setInterval(() => undefined, 1000);
      });`;
    const parent = spawn(process.execPath, ["-e", script], {
      cwd: join(__dirname, "../.."),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const folder = await new Promise<string>((resolve) => {
      parent.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    });
    expect(processesOf(folder).length).toBeGreaterThanOrEqual(5);
    parent.kill("SIGKILL");
    for (let tries = 0; tries < 100 && (existsSync(folder) || processesOf(folder).length > 0); tries += 1)
      await sleep(100);
    expect(processesOf(folder)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });
});
