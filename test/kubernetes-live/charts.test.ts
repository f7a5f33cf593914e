import { ImageSources, Operator } from "cdktf-ai-datacenter/kubernetes";
import { operatorValues } from "../../lib/kubernetes/operators/operator-values";
import type { ApiObject } from "../../tools/kubernetes/api-client";
import { type KubernetesBinaries, OperatorChart } from "../../tools/kubernetes/binaries";
import { buildKubernetes } from "../../tools/kubernetes/build";
import { ControlPlane } from "../../tools/kubernetes/control-plane";
import { renderChart } from "../../tools/kubernetes/helm";
import { installCrds } from "../../tools/kubernetes/installation";

/** The charts that lie in the modules of the operators, of the versions that the library pins. */
const CHARTS: readonly [Operator, OperatorChart][] = [
  [Operator.KARPENTER, OperatorChart.KARPENTER],
  [Operator.KUEUE, OperatorChart.KUEUE],
  [Operator.JOBSET, OperatorChart.JOBSET],
  [Operator.LEADER_WORKER_SET, OperatorChart.LEADER_WORKER_SET],
];
const CRD = "CustomResourceDefinition";
const MIRROR = "registry.example/mirror";

let binaries: KubernetesBinaries;
let plane: ControlPlane;

beforeAll(async () => {
  binaries = await buildKubernetes();
  plane = await ControlPlane.start({ binaries });
});

afterAll(() => plane.stop());

function rendered(operator: Operator, chart: OperatorChart): readonly ApiObject[] {
  const ours = operatorValues(operator, { images: ImageSources.mirror(MIRROR), at: "test" });
  const values = operator === Operator.KARPENTER ? { ...ours, settings: { clusterName: "test" } } : ours;
  const { name: release, namespace } = operator;
  return renderChart(binaries, binaries.chart(chart), { release, namespace, values });
}

/** Images and replicas of the deployments. */
function deployments(objects: readonly ApiObject[]) {
  return objects
    .filter(({ kind }) => kind === "Deployment")
    .map(({ spec }) => {
      const { replicas, template } = spec as {
        readonly replicas: number;
        readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
      };
      return { replicas, images: template.spec.containers.map(({ image }) => image) };
    });
}

test.each(CHARTS.map(([operator, chart]) => ({ name: operator.name, operator, chart })))(
  "$name's chart takes the library's values: pinned images of the stage's source, two replicas",
  ({ operator, chart }) => {
    const [image] = operator.chart.images;
    const found = deployments(rendered(operator, chart));
    expect(found).toHaveLength(1);
    expect(found[0]?.replicas).toBe(2);
    for (const each of found[0]?.images ?? []) {
      expect(each).toContain(`${MIRROR}/${image?.registry ?? ""}/${image?.repository ?? ""}:${image?.tag ?? ""}`);
    }
  },
);

test("a real API server takes all that the charts render, with strict fields", async () => {
  const all = CHARTS.flatMap(([operator, chart]) =>
    rendered(operator, chart).map((object) => ({ namespace: operator.namespace, object })),
  );
  const namespaces = [...new Set(all.map(({ namespace }) => namespace))].filter((name) => name !== "kube-system");
  for (const name of namespaces) {
    await plane.client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }
  await installCrds(
    plane.client,
    all.filter(({ object }) => object.kind === CRD).map(({ object }) => object),
  );
  // Webhooks come last: nothing answers for them here, and they would refuse what follows.
  const isWebhook = ({ kind }: ApiObject) => kind.endsWith("WebhookConfiguration") || kind === "APIService";
  const others = all.filter(({ object }) => object.kind !== CRD && object.kind !== "Namespace");
  const ordered = [...others].sort((a, b) => Number(isWebhook(a.object)) - Number(isWebhook(b.object)));
  for (const { namespace, object } of ordered) {
    const isShared = /^Cluster|WebhookConfiguration$|^APIService$|^PriorityLevel|^FlowSchema/.test(object.kind);
    const metadata = isShared ? object.metadata : { namespace, ...object.metadata };
    await plane.client.apply({ ...object, metadata });
  }
  expect(ordered.length).toBeGreaterThan(60);
});
