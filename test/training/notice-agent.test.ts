import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TaintEffect } from "cdktf-ai-datacenter/contracts";
import { kubeconfigConnection, KubernetesTarget } from "cdktf-ai-datacenter/kubernetes";
import { resourcesOf, synthStack, testStack } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import {
  NOTICE_CONDITION,
  NOTICE_TAINT,
  NoticeAgent,
  noticeAgentManifests,
  type NoticeAgentOptions,
} from "cdktf-ai-datacenter/training";
import { IMAGE, pool } from "./jobs";

const SOURCES = join(__dirname, "../../runtime/src");
const GPU = { key: "nvidia.com/gpu", effect: TaintEffect.NO_SCHEDULE };
const TEAM = { key: "team", value: "research", effect: TaintEffect.NO_EXECUTE };

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
  readonly subjects: readonly object[];
  readonly roleRef: object;
  readonly automountServiceAccountToken: boolean;
  readonly spec: { readonly template: { readonly spec: PodSpec } };
}

interface PodSpec {
  readonly containers: readonly [{ readonly command: readonly string[]; readonly [field: string]: unknown }];
  readonly tolerations: readonly object[];
  readonly [field: string]: unknown;
}

function made(more: Partial<NoticeAgentOptions> = {}) {
  const options = { pools: [pool({ poolName: "training", taints: [GPU] })], image: IMAGE, ...more };
  const manifests = JSON.parse(JSON.stringify(noticeAgentManifests(options, "stack/Agent"))) as readonly Manifest[];
  const [account, role, binding, agent] = manifests as readonly [Manifest, Manifest, Manifest, Manifest];
  expect(manifests).toHaveLength(4);
  return { account, role, binding, agent, pod: agent.spec.template.spec };
}

test("may do what the agent does to nodes, and nothing else", () => {
  const { account, role, binding } = made();
  expect(role.rules).toEqual([
    { apiGroups: [""], resources: ["nodes"], verbs: ["get", "patch"] },
    { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch"] },
  ]);
  expect(binding.roleRef).toMatchObject({ kind: role.kind, name: role.metadata.name });
  const { name, namespace } = account.metadata;
  expect(binding.subjects).toEqual([{ kind: "ServiceAccount", name, namespace }]);
});

test("has its token in its own pod alone", () => {
  const { account, pod } = made();
  expect(account.automountServiceAccountToken).toBe(false);
  expect(pod).toMatchObject({ automountServiceAccountToken: true, serviceAccountName: account.metadata.name });
});

test("has the host's network and is otherwise as small as can be", () => {
  const { pod } = made();
  expect(pod).toMatchObject({
    hostNetwork: true,
    priorityClassName: "system-node-critical",
    securityContext: { seccompProfile: { type: "RuntimeDefault" } },
  });
  expect(pod).not.toHaveProperty("hostPID");
  expect(pod).not.toHaveProperty("initContainers");
  expect(pod).not.toHaveProperty("volumes");
  expect(pod.containers[0]).toMatchObject({
    image: IMAGE,
    resources: { requests: { cpu: "10m", memory: "48Mi" }, limits: { memory: "128Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 1000,
    },
  });
});

test("runs on the pools' nodes, whatever their taints and its own", () => {
  const pools = [
    pool({ poolName: "training", taints: [GPU] }),
    pool({ poolName: "research", taints: [GPU, TEAM] }),
    pool({ poolName: "training", taints: [GPU] }),
  ];
  const { pod } = made({ pools });
  const matchExpressions = [{ key: "aidc/pool", operator: "In", values: ["research", "training"] }];
  expect(pod.affinity).toEqual({
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } },
  });
  expect(pod.tolerations).toEqual([
    { key: NOTICE_TAINT, operator: "Exists", effect: "NoExecute" },
    { key: NOTICE_TAINT, operator: "Exists", effect: "NoSchedule" },
    { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" },
    { key: "team", operator: "Equal", value: "research", effect: "NoExecute" },
  ]);
  expect(made({ pools: [...pools].reverse() })).toEqual(made({ pools }));
});

test("goes where it is told", () => {
  const { account, binding, agent, role } = made({ namespace: "node-agents" });
  expect([account, agent].map(({ metadata }) => metadata.namespace)).toEqual(["node-agents", "node-agents"]);
  expect(binding.subjects).toMatchObject([{ namespace: "node-agents" }]);
  expect(role.metadata).not.toHaveProperty("namespace");
  expect(made().agent.metadata.namespace).toBe("kube-system");
});

test("starts the runtime's agent, whose words are those of this library", () => {
  const [program = "", ...parameters] = made().pod.containers[0].command;
  const env = { PATH: process.env.PATH, PYTHONPATH: SOURCES, PYTHONDONTWRITEBYTECODE: "1" };
  const { status, stdout } = spawnSync(program, parameters, { env, encoding: "utf8" });
  expect(stdout).toContain("KUBERNETES_SERVICE_HOST");
  expect(status).toBe(64);
  const code = readFileSync(join(SOURCES, "aidc_runtime/agent/node.py"), "utf8");
  expect(code).toContain(`\nCONDITION = "${NOTICE_CONDITION}"\n`);
  expect(code).toContain(`\nTAINT = "${NOTICE_TAINT}"\n`);
});

test("refuses no pools, an image without a digest, and a namespace that cannot be", () => {
  expect(() => made({ pools: [] })).toRefuse("POOL_UNKNOWN", { path: "stack/Agent.pools" });
  expect(() => made({ image: "train:1" })).toRefuse("TRAINING_IMAGE_UNPINNED", { got: "train:1" });
  expect(() => made({ namespace: "Kube_System" })).toRefuse("KUBERNETES_NAME_INVALID", { got: "Kube_System" });
});

test("is placed with its permissions before it", () => {
  const stack = testStack();
  const connection = kubeconfigConnection({ kubernetesVersion: "1.35" });
  const target = new KubernetesTarget(stack, "Kubernetes", { connection });
  new NoticeAgent(stack, "Agent", { target, pools: [pool()], image: IMAGE });
  const placed = resourcesOf(synthStack(stack), "kubernetes_manifest").map(
    ({ properties }) =>
      properties as { readonly manifest: { readonly kind: string }; readonly depends_on?: readonly string[] },
  );
  const dependsOn = (kind: string) => placed.find(({ manifest }) => manifest.kind === kind)?.depends_on?.join(" ");
  expect(placed).toHaveLength(4);
  expect(dependsOn("ClusterRoleBinding")).toContain("_ClusterRole-");
  expect(dependsOn("DaemonSet")).toContain("_ServiceAccount-");
  expect(dependsOn("DaemonSet")).toContain("_ClusterRoleBinding-");
});
