import "cdktf-ai-datacenter/testing/jest";
import { wholeNodeShare } from "../../../lib/kubernetes/gang/node-share";
import { type WholeNodePodOptions, wholeNodePodSpec } from "../../../lib/kubernetes/gang/whole-node-pod";
import { SecretRef } from "../../../lib/kubernetes/secrets/secret-ref";
import { burstPool, onPremisesPool, trainingPool } from "./pools";

interface Container {
  readonly resources: { readonly requests: Record<string, string>; readonly limits: Record<string, string> };
  readonly securityContext: unknown;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly env?: unknown;
  readonly command?: unknown;
}

interface Spec {
  readonly [field: string]: unknown;
  readonly containers: readonly [Container];
  readonly volumes: readonly { readonly name: string; readonly emptyDir?: unknown }[];
}

function podOf(pool = trainingPool(), more: Partial<WholeNodePodOptions> = {}): Spec {
  const spec = wholeNodePodSpec(pool, { image: "train:1", ...more }, "test/Gang");
  return JSON.parse(JSON.stringify(spec)) as Spec;
}

describe("the share of a whole-node pod", () => {
  test("leaves cores and memory for kubelet and daemons", () => {
    // 2 TiB less 7.5 %, 355 MiB + 51 x 11 MiB for kubelet, 2 GiB for daemons and 5 GiB of huge pages, in whole GiB.
    expect(wholeNodeShare(trainingPool(), "test")).toEqual({ cpus: 186, memoryMiB: 1886 * 1024 });
    expect(wholeNodeShare(burstPool, "test")).toEqual({ cpus: 3, memoryMiB: 26 * 1024 });
  });

  test("leaves out what the kernel keeps as huge pages, also where no pod asks for them", () => {
    const wholeNodeResources = { "nvidia.com/gpu": "8", "vpc.amazonaws.com/efa": "32" };
    const pool = trainingPool({ wholeNodeResources, hugePagesMiBPerNode: 10240 });
    expect(wholeNodeShare(pool, "test").memoryMiB).toBe(1881 * 1024);
  });

  test("gives back the memory of huge pages that are not asked for", () => {
    const wholeNodeResources = { "nvidia.com/gpu": "8", "vpc.amazonaws.com/efa": "32" };
    expect(wholeNodeShare(trainingPool({ wholeNodeResources }), "test").memoryMiB).toBe(1891 * 1024);
  });

  test("leaves what is reserved for the pods that come with it", () => {
    const all = wholeNodeShare(trainingPool(), "test");
    const left = wholeNodeShare(trainingPool(), "test", { cpus: 2, memoryMiB: 8 * 1024 });
    expect(left).toEqual({ cpus: all.cpus - 2, memoryMiB: all.memoryMiB - 8 * 1024 });
    expect(() => wholeNodeShare(burstPool, "test/Gang", { cpus: 3, memoryMiB: 0 })).toRefuse("GANG_INVALID");
    expect(() => wholeNodeShare(burstPool, "test/Gang", { cpus: -1, memoryMiB: 0 })).toRefuse("GANG_INVALID", {
      path: "test/Gang.reserve.cpus",
    });
  });

  test.each([
    ["cores", { vcpusPerNode: 1 }],
    ["memory", { memoryMiBPerNode: 4096 }],
  ])("refuses nodes with too little %s", (_, more) => {
    expect(() => wholeNodeShare({ ...burstPool, ...more }, "test/Gang")).toRefuse("GANG_INVALID");
  });
});

describe("a whole-node pod", () => {
  const pod = podOf();
  const [container] = pod.containers;

  test("asks for all that a node has, and its requests are its limits", () => {
    expect(container.resources.requests).toEqual({
      cpu: "186",
      memory: "1886Gi",
      "nvidia.com/gpu": "8",
      "vpc.amazonaws.com/efa": "32",
      "hugepages-2Mi": "5Gi",
    });
    expect(container.resources.limits).toEqual(container.resources.requests);
  });

  test("lands on its pool only", () => {
    expect(pod.nodeSelector).toEqual({ "aidc/pool": "training" });
    expect(pod.tolerations).toEqual([
      { key: "nvidia.com/gpu", operator: "Equal", value: "present", effect: "NoSchedule" },
    ]);
  });

  test("has shared memory, scratch and huge pages", () => {
    expect(pod.volumes).toEqual([
      { name: "shared-memory", emptyDir: { medium: "Memory", sizeLimit: "1Ti" } },
      { name: "scratch", emptyDir: { sizeLimit: "50Gi" } },
      { name: "hugepages-2mi", emptyDir: { medium: "HugePages-2Mi" } },
    ]);
    expect(container.volumeMounts.map(({ mountPath }) => mountPath)).toEqual(["/dev/shm", "/tmp", "/dev/hugepages"]);
  });

  test("keeps the rules of the Pod Security level restricted, and gets no token", () => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      restartPolicy: "Never",
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(pod).not.toHaveProperty("hostNetwork");
  });

  test("runs on a data center of one's own with its fabric", () => {
    const spec = podOf(onPremisesPool);
    expect(spec.nodeSelector).toEqual({ "site/gpu": "h100" });
    expect(spec.tolerations).toEqual([{ key: "site/gpu", operator: "Exists", effect: "NoExecute" }]);
    expect(spec.containers[0].resources.limits).toMatchObject({ "rdma/hca_shared_devices_a": "8" });
    expect(spec.volumes.map(({ name }) => name)).toEqual(["shared-memory", "scratch"]);
  });

  test("takes all its options", () => {
    const spec = podOf(trainingPool(), {
      command: ["python"],
      args: ["-m", "train"],
      env: { B: "2", A: "1" },
      serviceAccount: "trainer",
      userId: 2000,
      groupId: 3000,
      gracePeriodSeconds: 600,
      scratchGiB: 1024,
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }],
      volumeMounts: [{ name: "data", mountPath: "/data" }],
    });
    expect(spec).toMatchObject({
      serviceAccountName: "trainer",
      terminationGracePeriodSeconds: 600,
      securityContext: { runAsUser: 2000, runAsGroup: 3000, fsGroup: 3000 },
    });
    expect(spec.containers[0]).toMatchObject({
      command: ["python"],
      args: ["-m", "train"],
      env: [
        { name: "A", value: "1" },
        { name: "B", value: "2" },
      ],
    });
    expect(spec.volumes).toContainEqual({ name: "scratch", emptyDir: { sizeLimit: "1Ti" } });
    expect(spec.volumes.at(-1)).toEqual({ name: "data", persistentVolumeClaim: { claimName: "data" } });
    expect(spec.containers[0].volumeMounts.at(-1)).toEqual({ name: "data", mountPath: "/data" });
  });

  test("asks for less where it reserves", () => {
    const spec = podOf(trainingPool(), { reserve: { cpus: 1, memoryMiB: 4096 } });
    expect(spec.containers[0].resources.limits).toMatchObject({ cpu: "185", memory: "1882Gi" });
  });

  test("brings the environment that the fabric of its pool needs, and lets the user win", () => {
    const pool = trainingPool({ fabricEnvironment: { FI_EFA_USE_HUGE_PAGE: "0" } });
    expect(podOf(pool).containers[0].env).toEqual([{ name: "FI_EFA_USE_HUGE_PAGE", value: "0" }]);
    const env = { FI_EFA_USE_HUGE_PAGE: "1" };
    expect(podOf(pool, { env }).containers[0].env).toEqual([{ name: "FI_EFA_USE_HUGE_PAGE", value: "1" }]);
  });

  test("takes secrets by reference, as environment and as files", () => {
    const hub = SecretRef.existing({ secretName: "hub", key: "token" });
    const licence = SecretRef.csi({ name: "licence", remoteName: "team/licence", region: "us-east-1" });
    const spec = podOf(trainingPool(), {
      env: { LICENCE: licence.filePath("/secrets/licence"), Z: "last" },
      secretEnv: { HF_TOKEN: hub },
      secretFiles: { "/secrets/licence": licence, "/also": licence },
    });
    expect(spec.containers[0].env).toEqual([
      { name: "HF_TOKEN", valueFrom: { secretKeyRef: { name: "hub", key: "token" } } },
      { name: "LICENCE", value: "/secrets/licence/value" },
      { name: "Z", value: "last" },
    ]);
    const { name } = licence.volume() as { readonly name: string };
    expect(spec.volumes.filter((volume) => volume.name === name)).toEqual([licence.volume()]);
    expect(spec.containers[0].volumeMounts.slice(-2)).toEqual([
      { name, mountPath: "/also", readOnly: true },
      { name, mountPath: "/secrets/licence", readOnly: true },
    ]);
  });

  test("refuses a secret that was written down, and one that no variable can hold", () => {
    const token = ["hf", "AbCdEfGhIjKlMnOpQrStUvWx"].join("_");
    for (const more of [{ env: { HF_TOKEN: token } }, { args: ["--token", token] }, { command: [`x=${token}`] }]) {
      expect(() => podOf(trainingPool(), more)).toRefuse("SECRET_IN_PROPS");
    }
    const licence = SecretRef.csi({ name: "licence", remoteName: "team/licence", region: "us-east-1" });
    expect(() => podOf(trainingPool(), { secretEnv: { LICENCE: licence } })).toRefuse("SECRET_USE_UNSUPPORTED");
    const hub = SecretRef.existing({ secretName: "hub", key: "token" });
    expect(() => podOf(trainingPool(), { env: { A: "1" }, secretEnv: { A: hub } })).toRefuse("GANG_INVALID", {
      path: "test/Gang.secretEnv",
    });
  });

  test.each([{ userId: 0 }, { groupId: -1 }, { scratchGiB: 0.5 }])("refuses %p", (more) => {
    const [name] = Object.keys(more);
    expect(() => podOf(trainingPool(), more)).toRefuse("GANG_INVALID", { path: `test/Gang.${name}` });
  });

  test("refuses a profile whose resources are no whole quantities", () => {
    const wholeNodeResources = { "nvidia.com/gpu": "half" };
    expect(() => podOf(trainingPool({ wholeNodeResources }))).toRefuse("QUANTITY_INVALID");
  });
});

describe("what a container tells and is told", () => {
  const [container] = podOf(trainingPool(), {
    env: { A: "$(RANK)" },
    fieldEnv: { RANK: "metadata.labels['rank']", NODE: "spec.nodeName" },
    ports: { rendezvous: 29500, metrics: 9464 },
    logsAsTerminationMessage: true,
  }).containers;

  test("begins with its own fields, which others may refer to", () => {
    const names = (container.env as readonly { readonly name: string }[]).map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(["NODE", "RANK"]);
    expect(names).toContain("A");
    expect(() => podOf(trainingPool(), { env: { A: "1" }, fieldEnv: { A: "spec.nodeName" } })).toRefuse(
      "GANG_INVALID",
      { path: "test/Gang.fieldEnv", got: "A" },
    );
  });

  test("has ports by name, and the end of its log as a last word", () => {
    expect(container).toMatchObject({
      ports: [
        { name: "metrics", containerPort: 9464, protocol: "TCP" },
        { name: "rendezvous", containerPort: 29500, protocol: "TCP" },
      ],
      terminationMessagePolicy: "FallbackToLogsOnError",
    });
    const [plain] = podOf().containers;
    for (const field of ["ports", "terminationMessagePolicy", "terminationMessagePath"])
      expect(plain).not.toHaveProperty(field);
  });
});
