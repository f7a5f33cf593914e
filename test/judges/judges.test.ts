import { join } from "node:path";
import { judgeByCheckov } from "../../tools/judges/checkov";
import { buildGoPrograms } from "../../tools/judges/go-programs";
import { judgeByKubeScore } from "../../tools/judges/kube-score";
import { askJudges, KUBERNETES_VERSION } from "../../tools/judges/judges";
import { readManifests, type RenderedManifest } from "../../tools/judges/manifests";
import { judgeByPodSecurity } from "../../tools/judges/pod-security";
import { installPython } from "../../tools/judges/python";
import { judgeBySchema } from "../../tools/judges/schema";
import type { JudgeReport } from "../../tools/judges/verdict";

const GOOD = join(__dirname, "fixtures/good");
const BAD = join(__dirname, "fixtures/bad");
const AGENT = "lab-platform/DaemonSet/kube-system/agent";

/** Checks that found something on an object. */
function checksOn({ findings }: JudgeReport, object: string): string[] {
  return [...new Set(findings.filter((finding) => finding.object === object).map(({ check }) => check))].sort();
}

test("all judges look at the good manifests and find nothing", async () => {
  const reports = await askJudges(GOOD);
  expect(reports.flatMap(({ findings }) => findings)).toEqual([]);
  expect(reports.map(({ judge }) => judge)).toEqual(["checkov", "kube-score", "schema", "pod-security"]);
  const [checkov, kubeScore, schema, podSecurity] = reports.map(({ evaluated }) => evaluated);
  expect(checkov).toBeGreaterThan(50);
  expect(kubeScore).toBeGreaterThan(25);
  // All but the JobSet, which Kubernetes does not have itself; and pods of Deployment and JobSet, and the namespace.
  expect({ schema, podSecurity }).toEqual({ schema: 6, podSecurity: 3 });
});

test("checkov finds the privileged pod", () => {
  const report = judgeByCheckov(installPython().checkov, BAD, readManifests(BAD));
  expect(checksOn(report, AGENT)).toEqual(
    expect.arrayContaining(["checkov/CKV_K8S_16", "checkov/CKV_K8S_19", "checkov/CKV_K8S_14"]),
  );
});

test("checkov's annotations waive nothing", () => {
  const report = judgeByCheckov(installPython().checkov, BAD, readManifests(BAD));
  const skipped = report.findings.filter(({ message }) => message.endsWith("(skipped by an annotation)"));
  expect(skipped).toEqual([
    expect.objectContaining({ check: "checkov/CKV_K8S_21", object: "lab-platform/Service/default/skipping" }),
  ]);
});

test("kube-score finds the privileged pod, whatever its annotations say", async () => {
  const { kubeScore } = await buildGoPrograms();
  const report = judgeByKubeScore(kubeScore, BAD, readManifests(BAD), KUBERNETES_VERSION);
  expect(checksOn(report, AGENT)).toEqual(
    expect.arrayContaining([
      "kube-score/container-image-tag",
      "kube-score/container-seccomp-profile",
      "kube-score/container-security-context-privileged",
    ]),
  );
});

test("the schemas find a field that is not there, and one of the wrong type", () => {
  const { python } = installPython();
  const report = judgeBySchema(python, readManifests(BAD), KUBERNETES_VERSION);
  expect(report.findings.map(({ object, message }) => `${object}: ${message}`)).toEqual([
    expect.stringMatching(/^lab-platform\/Service\/kube-system\/agent: spec: .*'port' was unexpected/),
  ]);
  const [manifest] = readManifests(GOOD);
  const wrong = (object: object): RenderedManifest => ({ ...manifest, object }) as RenderedManifest;
  const judged = judgeBySchema(
    python,
    [
      wrong({ apiVersion: "v1", kind: "Service", metadata: { name: "a" }, spec: { ports: [{ port: "eighty" }] } }),
      wrong({ apiVersion: "apps/v1beta2", kind: "Deployment", metadata: { name: "a" } }),
      wrong({ apiVersion: "kueue.x-k8s.io/v1beta2", kind: "ClusterQueue", metadata: { name: "a" } }),
    ],
    KUBERNETES_VERSION,
  );
  expect(judged.evaluated).toBe(2);
  expect(judged.findings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^spec\.ports\.0\.port: 'eighty' is not of type/),
    "Kubernetes 1.35 has no apps/v1beta2 Deployment",
  ]);
});

describe("Pod Security", () => {
  test("refuses what restricted refuses, and namespaces that state no level", async () => {
    const { podSecurity } = await buildGoPrograms();
    const report = judgeByPodSecurity(podSecurity, readManifests(BAD));
    expect(checksOn(report, AGENT)).toEqual([
      "pod-security/allowPrivilegeEscalation != false",
      "pod-security/host namespaces",
      "pod-security/privileged",
      "pod-security/restricted volume types",
      "pod-security/runAsNonRoot != true",
      "pod-security/seccompProfile",
      "pod-security/unrestricted capabilities",
    ]);
    expect(checksOn(report, "lab-platform/Namespace/-/open")).toEqual(["pod-security/no level"]);
    expect(report.findings[0]?.message).toMatch(/^spec\.template\.spec \(restricted\): /);
  });

  const judged = async (...objects: object[]) => {
    const { podSecurity } = await buildGoPrograms();
    const manifests = objects.map((object, index) => ({ file: "", stack: "lab-platform", id: `${index}`, object }));
    return judgeByPodSecurity(podSecurity, manifests as unknown as RenderedManifest[]);
  };
  const namespace = (level: string) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "team", labels: { "pod-security.kubernetes.io/enforce": level } },
  });
  const pod = { containers: [{ name: "main", image: "a", securityContext: { privileged: true } }] };

  test("holds pods to the level of their own namespace, and namespaces to restricted", async () => {
    const one = { apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "team" }, spec: pod };
    expect((await judged(one, namespace("privileged"))).findings).toEqual([
      { check: "pod-security/level", object: "1", message: "it enforces privileged" },
    ]);
    const { findings } = await judged(one, namespace("baseline"));
    expect(findings.map(({ check }) => check)).toEqual(["pod-security/privileged", "pod-security/level"]);
    const { findings: odd } = await judged(namespace("strict"));
    expect(odd.map(({ check }) => check)).toContain("pod-security/invalid label");
  });

  test("finds every pod of kinds that hold several", async () => {
    const jobs = [1, 2].map((index) => ({ name: `job-${index}`, template: { spec: { template: { spec: pod } } } }));
    const jobSet = {
      apiVersion: "jobset.x-k8s.io/v1alpha2",
      kind: "JobSet",
      metadata: { name: "a" },
      spec: { replicatedJobs: jobs },
    };
    const { evaluated, findings } = await judged(jobSet);
    expect(evaluated).toBe(2);
    expect(findings.filter(({ check }) => check === "pod-security/privileged").map(({ message }) => message)).toEqual([
      expect.stringMatching(/^spec\.replicatedJobs\[0\]\.template\.spec\.template\.spec \(restricted\): /),
      expect.stringMatching(/^spec\.replicatedJobs\[1\]\.template\.spec\.template\.spec \(restricted\): /),
    ]);
  });

  test("does not take a pod that it cannot read for a good one", async () => {
    const spec = { containers: [{ name: "main", ports: "none" }] };
    const { findings } = await judged({ apiVersion: "v1", kind: "Pod", metadata: { name: "a" }, spec });
    expect(findings.map(({ check }) => check)).toEqual(["pod-security/unreadable"]);
  });
});
