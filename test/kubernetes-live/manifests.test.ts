import { computedFieldsOf } from "../../lib/kubernetes/target/computed-fields";
import type { KubernetesManifest } from "cdktf-ai-datacenter/kubernetes";
import { type KubernetesBinaries } from "../../tools/kubernetes/binaries";
import { buildKubernetes } from "../../tools/kubernetes/build";
import type { ApiObject } from "../../tools/kubernetes/api-client";
import { ControlPlane } from "../../tools/kubernetes/control-plane";
import { declared, differences, nameOf } from "./compare";
import { installOperatorCrds, isOfRun, prod, renderedObjects } from "./reference-stacks";

let binaries: KubernetesBinaries;
let plane: ControlPlane;
// Those of runs wait for the quota to count: training.test.ts.
const objects = renderedObjects([prod]).filter((object) => !isOfRun(object));

beforeAll(async () => {
  binaries = await buildKubernetes();
  plane = await ControlPlane.start({ binaries });
  await installOperatorCrds(plane.client, binaries);
});

afterAll(() => plane.stop());

test("the stage renders enough objects for this to mean something", () => {
  expect(objects.length).toBeGreaterThanOrEqual(30);
  expect(new Set(objects.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(14);
});

test("a real API server takes every object, by server-side apply with strict fields, and the second time changes nothing", async () => {
  for (const object of objects) {
    const first = await plane.client.apply(object);
    const second = await plane.client.apply(object);
    // Volumes and claims are bound in between; storage.test.ts applies them again after that.
    if (object.kind.startsWith("PersistentVolume")) continue;
    expect({ object: nameOf(object), stored: declared(second) }).toEqual({
      object: nameOf(object),
      stored: declared(first),
    });
  }
});

test("what comes back is what was written, or its field is in the table of computed fields", async () => {
  const found = [];
  for (const object of objects) {
    const { apiVersion, kind, metadata } = object;
    const stored = await plane.client.get(apiVersion, kind, metadata.name, metadata.namespace);
    const computed = computedFieldsOf(object as unknown as KubernetesManifest) ?? [];
    const different = differences(object, stored).filter((path) => !computed.includes(path));
    if (different.length > 0) found.push({ object: nameOf(object), different });
  }
  expect(found).toEqual([]);
});

test("the server's audit log has what was asked of it", () => {
  const applied = plane.auditEvents().filter(({ verb }) => verb === "patch");
  const kinds = new Set(applied.map(({ objectRef }) => objectRef?.resource));
  for (const resource of ["namespaces", "clusterqueues", "nodepools", "daemonsets"]) expect(kinds).toContain(resource);
});

describe("a tenant's namespace", () => {
  const container = {
    name: "main",
    image: "registry.example/app:1",
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "1", memory: "1Gi" } },
  };
  const pod = (name: string, securityContext: object, more: object = {}): ApiObject => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "team-research" },
    spec: { securityContext, serviceAccountName: "jobs", containers: [{ ...container, ...more }] },
  });
  const restricted = { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } };

  test("admits a restricted pod", async () => {
    await plane.client.waitFor("the service account", () =>
      plane.client.get("v1", "ServiceAccount", "jobs", "team-research"),
    );
    await expect(plane.client.create(pod("restricted", restricted))).resolves.toMatchObject({ kind: "Pod" });
  });

  test("refuses a privileged pod", async () => {
    const privileged = pod("privileged", restricted, { securityContext: { privileged: true } });
    await expect(plane.client.create(privileged)).rejects.toThrow(/violates PodSecurity "restricted/);
  });

  test("refuses a pod that runs as root", async () => {
    await expect(plane.client.create(pod("root", {}))).rejects.toThrow(/runAsNonRoot != true/);
  });

  test("gives a container that asks for nothing its defaults", async () => {
    const plain = { ...container, resources: undefined };
    const created = await plane.client.create({
      ...pod("defaults", restricted),
      spec: { securityContext: restricted, serviceAccountName: "jobs", containers: [plain] },
    });
    const [first] = (created.spec as { containers: { resources: { requests?: object } }[] }).containers;
    expect(first?.resources.requests).toBeDefined();
  });

  test("holds its quota of pods", async () => {
    const stored = await plane.client.get("v1", "ResourceQuota", "limits", "team-research");
    const { hard } = (stored?.spec ?? {}) as { readonly hard?: Readonly<Record<string, string>> };
    expect(Object.keys(hard ?? {}).length).toBeGreaterThan(0);
    const used = await plane.client.waitFor("the quota to count", async () => {
      const quota = await plane.client.get("v1", "ResourceQuota", "limits", "team-research");
      const { used: counted } = (quota?.status ?? {}) as { readonly used?: Readonly<Record<string, string>> };
      return counted?.pods !== undefined && Number(counted.pods) >= 2 ? counted : undefined;
    });
    expect(Number(used.pods)).toBeGreaterThanOrEqual(2);
  });
});
