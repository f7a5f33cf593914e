import { profilesOf } from "../../stacks/kubernetes";
import type { PoolProfile } from "../../lib/contracts/pool";
import { wholeNodePodSpec } from "cdktf-ai-datacenter/kubernetes";
import { buildKubernetes } from "../../tools/kubernetes/build";
import { ControlPlane } from "../../tools/kubernetes/control-plane";
import { addNodes } from "../../tools/kubernetes/nodes";
import { prod } from "./reference-stacks";

const NODES = 1000;
let plane: ControlPlane;

beforeAll(async () => {
  plane = await ControlPlane.start({ binaries: await buildKubernetes() });
});

afterAll(() => plane.stop());

test("a job of a thousand whole-node pods takes a thousand nodes, one pod on each", async () => {
  const training = profilesOf(prod).find(({ poolName }) => poolName === "training") as PoolProfile;
  await addNodes(plane, training, NODES);
  const spec = wholeNodePodSpec(training, { image: "registry.example/train:1" }, "test");
  await plane.client.create({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "large", namespace: "default" },
    spec: { parallelism: NODES, completions: NODES, completionMode: "Indexed", template: { spec } },
  });
  const nodes = await plane.client.waitFor(
    "a thousand pods on nodes",
    async () => {
      const pods = await plane.client.list("v1", "Pod", { namespace: "default", fieldSelector: "spec.nodeName!=" });
      return pods.length === NODES
        ? pods.map(({ spec: found }) => (found as { nodeName: string }).nodeName)
        : undefined;
    },
    600_000,
  );
  expect(new Set(nodes).size).toBe(NODES);
});
