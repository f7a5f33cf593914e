import { kubeconfigConnection, KubernetesTarget } from "cdktf-ai-datacenter/kubernetes";
import { resourcesOf, synthStack, testStack } from "cdktf-ai-datacenter/testing";
import { CANCELLED_ANNOTATION, RUN_LABEL, RunProtection, runProtectionManifests } from "cdktf-ai-datacenter/training";

const [policy, binding] = JSON.parse(JSON.stringify(runProtectionManifests())) as [Policy, Policy];

interface Policy {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly policyName: string;
    readonly validationActions: readonly string[];
    readonly matchConstraints: { readonly objectSelector: unknown; readonly resourceRules: readonly object[] };
    readonly matchConditions: readonly { readonly expression: string }[];
    readonly validations: readonly { readonly expression: string; readonly messageExpression: string }[];
  };
}

test("looks at the deletion of runs and at nothing else", () => {
  expect(policy.spec.matchConstraints).toMatchObject({
    objectSelector: { matchExpressions: [{ key: RUN_LABEL, operator: "Exists" }] },
    resourceRules: [{ apiGroups: ["jobset.x-k8s.io"], operations: ["DELETE"], resources: ["jobsets"] }],
  });
});

test("lets ended and cancelled runs go, and whatever goes with its namespace", () => {
  const [{ expression, messageExpression }] = policy.spec.validations as [Policy["spec"]["validations"][0]];
  expect(expression).toContain("oldObject.status.terminalState");
  expect(expression).toContain(`["${CANCELLED_ANNOTATION}"] == "true"`);
  expect(messageExpression).toContain("aidc job cancel");
  expect(policy.spec.matchConditions[0]?.expression).toContain("kube-system:namespace-controller");
});

test("is in force by its binding, which comes after it", () => {
  expect(binding.spec).toEqual({ policyName: policy.metadata.name, validationActions: ["Deny"] });
  const stack = testStack();
  const target = new KubernetesTarget(stack, "Kubernetes", {
    connection: kubeconfigConnection({ kubernetesVersion: "1.35" }),
  });
  new RunProtection(stack, "Runs", { target });
  const placed = resourcesOf(synthStack(stack), "kubernetes_manifest").map(
    ({ properties }) =>
      properties as { readonly manifest: { readonly kind: string }; readonly depends_on?: readonly string[] },
  );
  expect(placed.map(({ manifest }) => manifest.kind).sort()).toEqual([
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
  ]);
  const last = placed.find(({ manifest }) => manifest.kind === "ValidatingAdmissionPolicyBinding");
  expect(last?.depends_on?.join()).toContain("ValidatingAdmissionPolicy-");
});
