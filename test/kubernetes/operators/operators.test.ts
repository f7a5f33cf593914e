import { HELM_CHARTS } from "cdktf-ai-datacenter/catalog";
import {
  apiGroupsOf,
  ImageSources,
  kubeconfigConnection,
  KubernetesTarget,
  Operator,
  Operators,
} from "cdktf-ai-datacenter/kubernetes";
import { synthStack, testStack } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import type { OperatorsProps } from "../../../lib/kubernetes/operators/operators";

const ALL = [
  Operator.KARPENTER,
  Operator.KUEUE,
  Operator.JOBSET,
  Operator.LEADER_WORKER_SET,
  Operator.KEDA,
  Operator.EXTERNAL_SECRETS,
  Operator.FSX_CSI,
  Operator.MOUNTPOINT_S3_CSI,
  Operator.SECRETS_STORE_CSI,
  Operator.SECRETS_STORE_AWS,
];

function installed(props: Omit<OperatorsProps, "target">) {
  const stack = testStack();
  const target = new KubernetesTarget(stack, "Kubernetes", {
    connection: kubeconfigConnection({ kubernetesVersion: "1.35" }),
  });
  new Operators(stack, "Operators", { target, ...props });
  return Object.values(synthStack(stack).resource.helm_release ?? {});
}

function valuesOf(operator: Operator, props: Omit<OperatorsProps, "target" | "operators"> = {}) {
  const [release] = installed({ operators: [operator], ...props });
  return JSON.parse((release?.values as string[])[0] ?? "null") as Record<string, never>;
}

test("every operator is installed at the version of the catalog", () => {
  const releases = installed({ operators: ALL });
  expect(releases).toHaveLength(ALL.length);
  for (const { name, chart, namespace } of ALL) {
    const release = releases.find((each) => each.name === name);
    expect(release).toMatchObject({
      chart: chart.name,
      version: chart.version,
      repository: chart.repository,
      namespace,
    });
    expect(release?.create_namespace).toBe(namespace !== "kube-system");
  }
});

test.each(ALL)("images of $name come from the stage's source, each with its pin", (operator) => {
  const [release] = installed({ operators: [operator], images: ImageSources.mirror("registry.example/ai") });
  const values = (release?.values as string[])[0] ?? "";
  const { images } = operator.chart;
  for (const { registry, repository, tag } of images) {
    expect(values).toContain(`${registry}/${repository}"`);
    expect(values).toContain(tag);
  }
  expect(values.match(/"(tag)"/g)?.length).toBeGreaterThanOrEqual(images.length);
  expect(release?.repository).toMatch(/^oci:\/\/registry\.example\/ai\//);
});

test("controllers that elect a leader have a second that takes over", () => {
  expect(valuesOf(Operator.KUEUE)).toMatchObject({ controllerManager: { replicas: 2 } });
  expect(valuesOf(Operator.JOBSET)).toMatchObject({ controller: { replicas: 2 } });
  expect(valuesOf(Operator.LEADER_WORKER_SET)).toMatchObject({ replicaCount: 2 });
});

test("each image of a storage driver stands where its chart looks for it, with its own pin", () => {
  const images = ImageSources.mirror("registry.example/ai");
  const at = (operator: Operator, ...path: string[]) => {
    const found = path.reduce<unknown>(
      (values, key) => (values as Record<string, unknown>)[key],
      valuesOf(operator, { images }),
    );
    const { repository, tag, pullPolicy } = found as Record<string, string>;
    expect(pullPolicy).toBe("IfNotPresent");
    return `${repository}:${tag}`;
  };
  const reference = (operator: Operator, ending: string) => {
    const image = operator.chart.images.find(({ repository }) => repository.endsWith(`/${ending}`));
    return `registry.example/ai/${image?.registry}/${image?.repository}:${image?.tag}`;
  };
  const sidecar = { nodeDriverRegistrar: "csi-node-driver-registrar", livenessProbe: "livenessprobe" };
  for (const [name, ending] of Object.entries({ ...sidecar, provisioner: "csi-provisioner", resizer: "csi-resizer" })) {
    expect(at(Operator.FSX_CSI, "sidecars", name, "image")).toBe(reference(Operator.FSX_CSI, ending));
  }
  expect(at(Operator.FSX_CSI, "image")).toBe(reference(Operator.FSX_CSI, "aws-fsx-csi-driver"));
  for (const [name, ending] of Object.entries(sidecar)) {
    expect(at(Operator.MOUNTPOINT_S3_CSI, "sidecars", name, "image")).toBe(
      reference(Operator.MOUNTPOINT_S3_CSI, ending),
    );
  }
  const mountpoint = reference(Operator.MOUNTPOINT_S3_CSI, "aws-mountpoint-s3-csi-driver");
  expect(at(Operator.MOUNTPOINT_S3_CSI, "image")).toBe(mountpoint);
  const linux = { image: "driver", registrarImage: sidecar.nodeDriverRegistrar, livenessProbeImage: "livenessprobe" };
  for (const [name, ending] of Object.entries(linux)) {
    expect(at(Operator.SECRETS_STORE_CSI, "linux", name)).toBe(reference(Operator.SECRETS_STORE_CSI, ending));
  }
  const crds = reference(Operator.SECRETS_STORE_CSI, "driver-crds");
  expect(at(Operator.SECRETS_STORE_CSI, "linux", "crds", "image")).toBe(crds);
});

test("daemons that mount run on nodes with accelerators too, whose taints they must tolerate", () => {
  expect(valuesOf(Operator.FSX_CSI)).toMatchObject({ node: { tolerateAllTaints: true } });
  expect(valuesOf(Operator.MOUNTPOINT_S3_CSI)).toMatchObject({ node: { tolerateAllTaints: true } });
  const everywhere = { tolerations: [{ operator: "Exists" }], priorityClassName: "system-node-critical" };
  expect(valuesOf(Operator.SECRETS_STORE_CSI)).toMatchObject({ linux: everywhere });
  expect(valuesOf(Operator.SECRETS_STORE_AWS)).toMatchObject(everywhere);
});

test("the driver of secrets is installed once, by its own chart", () => {
  expect(valuesOf(Operator.SECRETS_STORE_AWS)).toMatchObject({ "secrets-store-csi-driver": { install: false } });
});

test("Kueue is told to manage every job of a team", () => {
  const { managerConfig } = valuesOf(Operator.KUEUE) as Record<string, Record<string, string>>;
  const configuration = JSON.parse(managerConfig?.controllerManagerConfigYaml ?? "{}") as Record<string, unknown>;
  expect(configuration).toMatchObject({ manageJobsWithoutQueueName: true });
});

test("a stage's values are merged into the library's", () => {
  const values = valuesOf(Operator.KARPENTER, {
    values: { karpenter: { settings: { clusterName: "ai" }, controller: { env: [{ name: "A", value: "b" }] } } },
  });
  expect(values).toMatchObject({
    settings: { clusterName: "ai" },
    controller: { env: [{ name: "A", value: "b" }], image: { digest: HELM_CHARTS.karpenter.images[0].digest } },
  });
});

test("values of what is not installed are refused", () => {
  expect(() => installed({ operators: [Operator.KUEUE], values: { karpenter: {} } })).toRefuse(
    "OPERATOR_VALUES_UNKNOWN",
  );
});

test("images that nodes could not pull are refused where the network has no way out", () => {
  expect(() => installed({ operators: [Operator.KUEUE], hasInternet: false })).toRefuse("IMAGE_UNREACHABLE");
  const images = ImageSources.mirror("123456789012.dkr.ecr.us-east-1.amazonaws.com");
  expect(installed({ operators: [Operator.KUEUE], hasInternet: false, images })).toHaveLength(1);
});

test("the groups that operators bring are known before they are installed", () => {
  expect(apiGroupsOf([Operator.KUEUE, Operator.JOBSET, Operator.KUEUE])).toEqual(["jobset.x-k8s.io", "kueue.x-k8s.io"]);
});
