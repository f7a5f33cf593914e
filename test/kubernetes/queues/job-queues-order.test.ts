import { kubeconfigConnection, KubernetesTarget } from "cdktf-ai-datacenter/kubernetes";
import { resourcesOf, synthStack, testStack } from "cdktf-ai-datacenter/testing";
import { JobQueues } from "../../../lib/kubernetes/queues/job-queues";
import type { KubernetesManifest } from "../../../lib/kubernetes/manifest";
import type { PlacedObject } from "../../../lib/kubernetes/target/renderer";
import { Tenant } from "../../../lib/kubernetes/tenant/tenant";
import { trainingPool } from "../gang/pools";

const TEAMS = ["research", "product"];

/** The queues of two teams beside their tenants. @param afterOf what of the first tenant the queues are to wait for */
function queuesOf(afterOf?: (tenant: Tenant) => readonly PlacedObject[]) {
  const stack = testStack();
  const connection = kubeconfigConnection({ kubernetesVersion: "1.35", apiGroups: ["kueue.x-k8s.io"] });
  const target = new KubernetesTarget(stack, "Kubernetes", { connection });
  const tenants = TEAMS.map((name) => new Tenant(stack, `Team-${name}`, { target, name }));
  const queues = new JobQueues(stack, "Queues", {
    target,
    pools: [trainingPool()],
    teams: TEAMS.map((name) => ({ name })),
    after: afterOf?.(tenants[0] as Tenant),
  });
  const objects = resourcesOf(synthStack(stack), "kubernetes_manifest")
    .map(({ properties }) => ({
      ...(properties.manifest as unknown as KubernetesManifest),
      dependsOn: JSON.stringify(properties.depends_on ?? []),
    }))
    .filter(({ apiVersion }) => apiVersion.startsWith("kueue."));
  const dependsOn = (kind: string, namespace?: string) =>
    objects.find((object) => object.kind === kind && object.metadata.namespace === namespace)?.dependsOn;
  return { queues, objects, dependsOn };
}

test("a team's queue waits for its own namespace and its ClusterQueue, and that for the flavors", () => {
  const { queues, dependsOn } = queuesOf();
  expect(dependsOn("LocalQueue", "team-research")).toMatch(/ClusterQueue.*Team-research_Namespace/);
  expect(dependsOn("LocalQueue", "team-research")).not.toMatch(/Team-product/);
  expect(dependsOn("LocalQueue", "team-product")).toMatch(/Team-product_Namespace/);
  expect(dependsOn("ClusterQueue")).toMatch(/Cohort/);
  expect(dependsOn("Cohort")).toMatch(/ResourceFlavor/);
  expect(dependsOn("ResourceFlavor")).toMatch(/Topology/);
  expect(queues.placed).toHaveLength(10);
});

test("what the queues are to wait for holds up nothing that belongs to the cluster", () => {
  const { objects, dependsOn } = queuesOf(({ placed }) => placed);
  for (const team of TEAMS) expect(dependsOn("LocalQueue", `team-${team}`)).toMatch(/Team-research_.*NetworkPolicy/);
  const ofCluster = objects.filter(({ metadata }) => metadata.namespace === undefined);
  expect([...new Set(ofCluster.map(({ kind }) => kind))].sort()).toEqual([
    "ClusterQueue",
    "Cohort",
    "ResourceFlavor",
    "Topology",
    "WorkloadPriorityClass",
  ]);
  for (const object of ofCluster) expect(object.dependsOn).not.toMatch(/Team-/);
});
