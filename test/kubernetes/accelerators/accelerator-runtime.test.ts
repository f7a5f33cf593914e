import { CONTAINER_IMAGES } from "cdktf-ai-datacenter/catalog";
import { TaintEffect } from "cdktf-ai-datacenter/contracts";
import {
  kubeconfigConnection,
  type KubernetesManifest,
  KubernetesTarget,
  Renderers,
} from "cdktf-ai-datacenter/kubernetes";
import { synthStack, testStack } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { AcceleratorRuntime } from "../../../lib/kubernetes/accelerators/accelerator-runtime";
import type { AcceleratorRuntimeProps } from "../../../lib/kubernetes/accelerators/accelerator-runtime-props";
import { resolveAcceleratorRuntime } from "../../../lib/kubernetes/accelerators/resolve-accelerator-runtime";
import { ImageSources } from "../../../lib/kubernetes/images/image-sources";
import { infinibandPool, inferencePool, neuronPool, pool } from "./pools";

type Props = Omit<AcceleratorRuntimeProps, "target">;

function runtime(props: Props, monitored = false) {
  return resolveAcceleratorRuntime(props, monitored, "test/Runtime");
}

/** What a DaemonSet looks like to these tests. */
interface DaemonSet extends KubernetesManifest {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly affinity: {
          readonly nodeAffinity: {
            readonly requiredDuringSchedulingIgnoredDuringExecution: {
              readonly nodeSelectorTerms: readonly { readonly matchExpressions: readonly unknown[] }[];
            };
          };
        };
        readonly tolerations: readonly unknown[];
        readonly priorityClassName?: string;
        readonly automountServiceAccountToken: boolean;
        readonly hostNetwork?: boolean;
        readonly runtimeClassName?: string;
        readonly securityContext: { readonly seccompProfile: { readonly type: string } };
        readonly initContainers?: readonly Container[];
        readonly containers: readonly Container[];
        readonly volumes: readonly { readonly name: string; readonly hostPath?: { readonly path: string } }[];
      };
    };
  };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext: {
    readonly privileged: boolean;
    readonly capabilities?: { readonly drop: readonly string[]; readonly add?: readonly string[] };
    readonly readOnlyRootFilesystem: boolean;
  };
  readonly resources: { readonly requests: object; readonly limits: object };
}

function daemonSets(manifests: readonly KubernetesManifest[]): readonly DaemonSet[] {
  return manifests.filter(({ kind }) => kind === "DaemonSet") as DaemonSet[];
}

function names(manifests: readonly KubernetesManifest[]): string[] {
  return manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
}

/** Pod and only container of a DaemonSet by name. */
function podOf(manifests: readonly KubernetesManifest[], name: string) {
  const found = daemonSets(manifests).find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`no DaemonSet ${name} among ${names(manifests).join(", ")}`);
  const { spec } = found.spec.template;
  const [container] = spec.containers;
  if (container === undefined) throw new Error(`${name} has no container`);
  const [term] = spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
  return { spec, container, expressions: term?.matchExpressions };
}

const onPools = (...values: string[]) => ({ key: "aidc/pool", operator: "In", values });

describe("what is made", () => {
  test("is nothing where no pool has accelerators, or those of makers that bring their own plugins", () => {
    expect(runtime({ pools: [] })).toEqual({ manifests: [], images: [] });
    const amd = pool({ acceleratorResource: "amd.com/gpu", fabricResource: undefined });
    expect(runtime({ pools: [amd] })).toEqual({ manifests: [], images: [] });
  });

  test("follows from the pools, and from nothing else", () => {
    expect(names(runtime({ pools: [pool(), inferencePool] }).manifests)).toEqual([
      "ConfigMap dcgm-exporter-counters",
      "DaemonSet aws-efa-device-plugin",
      "DaemonSet dcgm-exporter",
      "DaemonSet nvidia-device-plugin",
      "Service dcgm-exporter",
    ]);
    expect(names(runtime({ pools: [inferencePool], gpuMetrics: false }).manifests)).toEqual([
      "DaemonSet nvidia-device-plugin",
    ]);
    expect(names(runtime({ pools: [neuronPool] }).manifests)).toEqual([
      "ClusterRole neuron-device-plugin",
      "ClusterRoleBinding neuron-device-plugin",
      "DaemonSet aws-efa-device-plugin-neuron",
      "DaemonSet neuron-device-plugin",
      "ServiceAccount neuron-device-plugin",
    ]);
  });

  test("leaves a foreign fabric to its own cluster: nothing of AWS is made for it", () => {
    const { manifests } = runtime({ pools: [infinibandPool] });
    expect(names(manifests)).toContain("DaemonSet nvidia-device-plugin");
    expect(JSON.stringify(manifests)).not.toMatch(/aws|amazon|\befa\b/i);
  });

  test("does not depend on the order of the pools", () => {
    const pools = [pool(), neuronPool, infinibandPool, inferencePool];
    expect(runtime({ pools: [...pools].reverse() })).toEqual(runtime({ pools }));
  });

  test("asks Prometheus to look only where its operator's resources are", () => {
    expect(names(runtime({ pools: [pool()] }).manifests)).not.toContain("ServiceMonitor dcgm-exporter");
    expect(names(runtime({ pools: [pool()] }, true).manifests)).toContain("ServiceMonitor dcgm-exporter");
  });

  test("lists its images, for whoever checks or mirrors them", () => {
    expect(runtime({ pools: [pool(), neuronPool] }).images).toEqual([
      CONTAINER_IMAGES.efaDevicePlugin,
      CONTAINER_IMAGES.nvidiaDevicePlugin,
      CONTAINER_IMAGES.neuronDevicePlugin,
      CONTAINER_IMAGES.dcgmExporter,
    ]);
  });
});

describe("where it runs", () => {
  test("is on the nodes of the pools that need it, with exactly their taints tolerated", () => {
    const { manifests } = runtime({ pools: [pool(), infinibandPool, neuronPool] });
    const nvidia = podOf(manifests, "nvidia-device-plugin");
    expect(nvidia.expressions).toEqual([onPools("dgx", "train")]);
    expect(nvidia.spec.tolerations).toEqual([
      { key: "nvidia.com/gpu", operator: "Equal", value: "present", effect: "NoSchedule" },
      { key: "site/gpu", operator: "Exists", effect: "NoExecute" },
    ]);
    expect(podOf(manifests, "neuron-device-plugin").spec.tolerations).toEqual([
      { key: "aws.amazon.com/neuron", operator: "Equal", value: "present", effect: "NoSchedule" },
    ]);
    expect(podOf(manifests, "dcgm-exporter").expressions).toEqual([onPools("dgx", "train")]);
  });

  test("tolerates a taint once, however many pools have it", () => {
    const more = { key: "team", value: "a", effect: TaintEffect.NO_SCHEDULE };
    const { manifests } = runtime({ pools: [pool(), pool({ poolName: "b", taints: [...pool().taints, more] })] });
    expect(podOf(manifests, "nvidia-device-plugin").spec.tolerations).toHaveLength(2);
  });

  test("leaves pools out whose image runs the NVIDIA device plugin by itself, and gives metrics their devices as such images do", () => {
    const bottlerocket = pool({ poolName: "rocket" });
    const props = { pools: [pool(), bottlerocket], builtInDevicePluginPools: ["rocket"] };
    const { manifests } = runtime(props);
    expect(podOf(manifests, "nvidia-device-plugin").expressions).toEqual([onPools("train")]);
    expect(podOf(manifests, "aws-efa-device-plugin").expressions?.[0]).toEqual(onPools("rocket", "train"));
    const volumes = podOf(manifests, "dcgm-exporter").spec.volumes;
    expect(volumes).toContainEqual({ name: "all-devices", hostPath: { path: "/dev/null", type: "CharDevice" } });
    expect(names(runtime({ ...props, pools: [bottlerocket] }).manifests)).not.toContain(
      "DaemonSet nvidia-device-plugin",
    );
  });

  test("refuses names of pools that it does not have", () => {
    expect(() => runtime({ pools: [pool()], builtInDevicePluginPools: ["other"] })).toRefuse(
      "ACCELERATOR_POOL_UNKNOWN",
      { path: "test/Runtime.builtInDevicePluginPools", got: "other", allowed: /train/ },
    );
    expect(() => runtime({ pools: [pool()], prePull: [{ pool: "other", images: ["a.io/b:1"] }] })).toRefuse(
      "ACCELERATOR_POOL_UNKNOWN",
      { path: "test/Runtime.prePull[0].pool" },
    );
  });
});

describe("the EFA device plugin", () => {
  test("runs on the instance types of its pools only", () => {
    const { manifests } = runtime({
      pools: [pool(), pool({ poolName: "b", instanceType: "p5en.48xlarge" }), inferencePool],
    });
    expect(podOf(manifests, "aws-efa-device-plugin").expressions).toEqual([
      onPools("b", "train"),
      { key: "node.kubernetes.io/instance-type", operator: "In", values: ["p5.48xlarge", "p5en.48xlarge"] },
    ]);
  });

  test("is privileged on Neuron nodes alone, unless asked for elsewhere", () => {
    const pools = [pool(), neuronPool];
    const privileged = (props: Props, name: string) =>
      podOf(runtime(props).manifests, name).container.securityContext.privileged;
    expect(privileged({ pools }, "aws-efa-device-plugin")).toBe(false);
    expect(privileged({ pools }, "aws-efa-device-plugin-neuron")).toBe(true);
    expect(privileged({ pools, privilegedEfaDevicePlugin: true }, "aws-efa-device-plugin")).toBe(true);
  });

  test("has the verbs devices, and the host's network as its makers run it", () => {
    const { spec } = podOf(runtime({ pools: [pool()] }).manifests, "aws-efa-device-plugin");
    expect(spec.hostNetwork).toBe(true);
    expect(spec.volumes).toContainEqual({ name: "infiniband", hostPath: { path: "/dev/infiniband/" } });
    expect(JSON.stringify(spec)).not.toContain("/opt/aws/neuron");
  });

  test("is refused where it is older than the family", () => {
    const blackwell = pool({ poolName: "b200", instanceType: "p6-b200.48xlarge" });
    const plugin = (tag: string) => ({ ...CONTAINER_IMAGES.efaDevicePlugin, tag });
    const withPlugin = (tag: string, pools = [blackwell]) => runtime({ pools, efaDevicePlugin: plugin(tag) });
    expect(() => withPlugin("v0.5.9")).toRefuse("PLUGIN_TOO_OLD", {
      path: "test/Runtime.efaDevicePlugin",
      got: "v0.5.9",
      allowed: /0\.5\.10 or newer for p6-b200 in b200/,
    });
    expect(() => withPlugin("stable")).toRefuse("PLUGIN_TOO_OLD");
    expect(podOf(withPlugin("v0.5.10").manifests, "aws-efa-device-plugin").container.image).toMatch(/:v0\.5\.10$/);
    expect(() => withPlugin("v0.5.3", [pool()])).not.toThrow();
    expect(() => runtime({ pools: [blackwell, pool({ instanceType: "p6e-gb200.36xlarge" })] })).not.toThrow();
  });

  test("is refused on a type that has no EFA", () => {
    const wrong = pool({ poolName: "wrong", instanceType: "g6.xlarge" });
    expect(() => runtime({ pools: [wrong] })).toRefuse("EFA_UNSUPPORTED", {
      path: "test/Runtime.pools[wrong].fabricResource",
    });
  });
});

describe("the NVIDIA device plugin", () => {
  test("leaves verbs devices to the EFA device plugin", () => {
    const { container } = podOf(runtime({ pools: [pool()] }).manifests, "nvidia-device-plugin");
    expect(container.env).toContainEqual({ name: "MOFED_ENABLED", value: "false" });
    expect(container.image).toBe("nvcr.io/nvidia/k8s-device-plugin:v0.19.3");
  });

  test("uses a runtime class where nodes need one, and metrics too", () => {
    const { manifests } = runtime({ pools: [pool()], runtimeClassName: "nvidia" });
    const classes = daemonSets(manifests).map(({ metadata, spec }) => [
      metadata.name,
      spec.template.spec.runtimeClassName,
    ]);
    expect(Object.fromEntries(classes)).toEqual({
      "nvidia-device-plugin": "nvidia",
      "dcgm-exporter": "nvidia",
      "aws-efa-device-plugin": undefined,
    });
  });
});

describe("metrics of GPUs", () => {
  const counters = (props: Partial<Props>) => {
    const { manifests } = runtime({ pools: [pool()], ...props });
    const map = manifests.find(({ kind }) => kind === "ConfigMap") as unknown as { data: Record<string, string> };
    return { text: map.data["counters.csv"] ?? "", ...podOf(manifests, "dcgm-exporter").container };
  };

  test("need no capability without profiling", () => {
    const { text, securityContext, args } = counters({});
    expect(text).toContain("DCGM_FI_DEV_XID_ERRORS, gauge, ");
    expect(text).not.toContain("DCGM_FI_PROF_");
    expect(securityContext.capabilities).toEqual({ drop: ["ALL"] });
    expect(args).toEqual(["-f", "/etc/dcgm-exporter/aidc/counters.csv"]);
  });

  test("get SYS_ADMIN with profiling, but not where the node's own engine does it", () => {
    const own = counters({ gpuProfilingMetrics: true });
    expect(own.text).toContain("DCGM_FI_PROF_PIPE_TENSOR_ACTIVE, gauge, ");
    expect(own.securityContext.capabilities).toEqual({ drop: ["ALL"], add: ["SYS_ADMIN"] });
    const remote = counters({ gpuProfilingMetrics: true, hostEnginePort: 5555 });
    expect(remote.securityContext.capabilities).toEqual({ drop: ["ALL"] });
    expect(remote.args?.slice(2)).toEqual(["-r", "$(NODE_IP):5555"]);
  });
});

describe("images pulled ahead", () => {
  const IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/train:1.2";
  const prePull = [{ pool: "train", images: [IMAGE, `${IMAGE.replace(":1.2", "")}@sha256:${"a".repeat(64)}`] }];

  test("are run once, without GPUs, on the pool's nodes, and held by pause", () => {
    const { spec, container, expressions } = podOf(
      runtime({ pools: [pool(), inferencePool], prePull }).manifests,
      "image-cache-train",
    );
    expect(expressions).toEqual([onPools("train")]);
    expect(spec.tolerations).toHaveLength(1);
    expect(spec.initContainers?.map(({ image }) => image)).toEqual(prePull[0]?.images);
    expect(spec.initContainers?.[0]).toMatchObject({
      command: ["/bin/true"],
      env: [{ name: "NVIDIA_VISIBLE_DEVICES", value: "void" }],
      securityContext: { runAsNonRoot: true },
    });
    expect(spec.priorityClassName).toBeUndefined();
    expect(container.image).toBe("registry.k8s.io/pause:3.10.1");
  });

  test("run what they are told to where they have no /bin/true", () => {
    const { spec } = podOf(
      runtime({ pools: [pool()], prePull: [{ pool: "train", images: [IMAGE], command: ["/app", "--version"] }] })
        .manifests,
      "image-cache-train",
    );
    expect(spec.initContainers?.[0]?.command).toEqual(["/app", "--version"]);
  });

  test.each(["train", "train:latest", "host:5000/train", "a.io/train@sha256:abc"])(
    "are refused unpinned: %s",
    (image) => {
      expect(() => runtime({ pools: [pool()], prePull: [{ pool: "train", images: [image] }] })).toRefuse(
        "IMAGE_UNPINNED",
        {
          path: "test/Runtime.prePull[0].images",
          got: image,
        },
      );
    },
  );
});

describe("images", () => {
  test("come from the given source", () => {
    const { manifests } = runtime({
      pools: [pool(), neuronPool],
      images: ImageSources.mirror("harbor.example.com/ai"),
    });
    for (const { metadata, spec } of daemonSets(manifests)) {
      expect([metadata.name, spec.template.spec.containers[0]?.image]).toEqual([
        metadata.name,
        expect.stringMatching(/^harbor\.example\.com\/ai\//),
      ]);
    }
  });

  test("are refused where the network has no way out and endpoints do not serve them", () => {
    const images = ImageSources.upstream({ region: "us-east-1" });
    expect(() => runtime({ pools: [pool()], images, hasInternet: false })).toRefuse("IMAGE_UNREACHABLE", {
      path: "test/Runtime",
      got: [
        "nvcr.io/nvidia/k8s-device-plugin:v0.19.3",
        `nvcr.io/nvidia/k8s/dcgm-exporter:${CONTAINER_IMAGES.dcgmExporter.tag}`,
      ],
    });
    const mirror = ImageSources.mirror("123456789012.dkr.ecr.us-east-1.amazonaws.com/mirror");
    expect(() => runtime({ pools: [pool()], images: mirror, hasInternet: false })).not.toThrow();
  });
});

test("every pod is bounded and hardened", () => {
  const prePull = [{ pool: "train", images: ["a.io/b:1"] }];
  const { manifests } = runtime({ pools: [pool(), neuronPool], prePull, gpuProfilingMetrics: true });
  expect(daemonSets(manifests)).toHaveLength(6);
  for (const { metadata, spec } of daemonSets(manifests)) {
    const { initContainers = [], containers, securityContext, automountServiceAccountToken } = spec.template.spec;
    expect(securityContext).toEqual({ seccompProfile: { type: "RuntimeDefault" } });
    expect([metadata.name, automountServiceAccountToken]).toEqual([metadata.name, /^neuron/.test(metadata.name)]);
    for (const container of [...initContainers, ...containers]) {
      expect(container.resources).toMatchObject({
        requests: { cpu: expect.any(String), memory: expect.any(String) },
        limits: { memory: expect.any(String) },
      });
      expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
      if (!container.securityContext.privileged) expect(container.securityContext.capabilities?.drop).toEqual(["ALL"]);
    }
  }
});

test("the Neuron device plugin's rights name what they are for", () => {
  const { manifests } = runtime({ pools: [neuronPool] });
  expect(JSON.stringify(manifests.find(({ kind }) => kind === "ClusterRole"))).not.toContain("*");
});

test("all objects stand in the given namespace, and the last word is the user's", () => {
  const customize = (manifest: KubernetesManifest) => ({
    ...manifest,
    metadata: { ...manifest.metadata, annotations: { a: "b" } },
  });
  const { manifests } = runtime({ pools: [pool(), neuronPool], namespace: "accelerators", customize }, true);
  for (const { kind, metadata } of manifests) {
    expect(metadata.annotations).toEqual({ a: "b" });
    expect(metadata.namespace).toBe(kind.startsWith("ClusterRole") ? undefined : "accelerators");
  }
});

test("the construct hands every object to its target", () => {
  const stack = testStack();
  const connection = kubeconfigConnection({ kubernetesVersion: "1.35", apiGroups: ["monitoring.coreos.com"] });
  const target = new KubernetesTarget(stack, "Kubernetes", { connection, renderer: Renderers.terraform() });
  const { placed, images } = new AcceleratorRuntime(stack, "Accelerators", { target, pools: [pool()] });
  expect(placed.map(({ key }) => key)).toContain("monitoring.coreos.com/ServiceMonitor kube-system/dcgm-exporter");
  expect(images).toContain(CONTAINER_IMAGES.dcgmExporter);
  expect(synthStack(stack)).toHaveResourceCount("kubernetes_manifest", 6);
});
