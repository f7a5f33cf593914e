import { kubeconfigConnection, KubernetesTarget } from "cdktf-ai-datacenter/kubernetes";
import { resourcesOf, synthStack, testStack } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { TrainingJob } from "cdktf-ai-datacenter/training";
import { Token } from "../../lib/terraform/cdktf";
import { nerJob } from "./jobs";

function placed(apiGroups: readonly string[], more: object = {}) {
  const stack = testStack();
  const connection = kubeconfigConnection({ kubernetesVersion: "1.35", apiGroups: [...apiGroups] });
  const target = new KubernetesTarget(stack, "Kubernetes", { connection });
  const job = new TrainingJob(stack, "Ner", { ...nerJob(more), target });
  return { job, stack };
}

interface Placed {
  readonly manifest: { readonly kind: string; readonly data?: Readonly<Record<string, string>> };
  readonly depends_on?: readonly string[];
  readonly lifecycle?: object;
}

function manifestsOf(stack: ReturnType<typeof testStack>): readonly Placed[] {
  return resourcesOf(synthStack(stack), "kubernetes_manifest").map(({ properties }) => properties as unknown as Placed);
}

test("places the launch spec before the job that reads it", () => {
  const { stack, job } = placed(["jobset.x-k8s.io", "monitoring.coreos.com"]);
  const manifests = manifestsOf(stack);
  expect(manifests.map(({ manifest }) => manifest.kind).sort()).toEqual([
    "ConfigMap",
    "JobSet",
    "PodMonitor",
    "PrometheusRule",
  ]);
  const jobSet = manifests.find(({ manifest }) => manifest.kind === "JobSet");
  const map = manifests.find(({ manifest }) => manifest.kind === "ConfigMap");
  expect(map?.lifecycle).toEqual({ create_before_destroy: true });
  // The last to be made is the first to be taken away, or not: then the others stay with it.
  for (const kind of ["ConfigMap", "PodMonitor", "PrometheusRule"]) expect(jobSet?.depends_on?.join()).toContain(kind);
  expect(job.launchSpec.run.id).toBe(job.runId);
  expect(job.access).toHaveLength(4);
});

test("is refused without JobSet, and not monitored without the operator", () => {
  expect(() => placed([])).toRefuse("API_GROUP_MISSING", { got: "jobset.x-k8s.io" });
  expect(manifestsOf(placed(["jobset.x-k8s.io"]).stack)).toHaveLength(2);
});

test("takes a bucket that is known only after apply, and keeps its name while it is", () => {
  const checkpoints = () => ({
    uri: `s3://${Token.asString({ resolve: () => "${aws_s3_bucket.models.bucket}" })}/runs/`,
    readOnly: false,
  });
  const { stack, job } = placed(["jobset.x-k8s.io"], { checkpoints: checkpoints() });
  expect(job.runId).toBe(placed(["jobset.x-k8s.io"], { checkpoints: checkpoints() }).job.runId);
  const map = manifestsOf(stack).find(({ manifest }) => manifest.kind === "ConfigMap");
  expect(map?.manifest.data?.["launch-spec.json"]).toContain("s3://${aws_s3_bucket.models.bucket}/runs/");
});
