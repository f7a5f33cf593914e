import { safeId } from "../core";
import type { KubernetesManifest, KubernetesTarget } from "../kubernetes";
import { Construct } from "../terraform/cdktf";
import { CANCELLED_ANNOTATION, RUN_LABEL } from "./job-labels";

export interface RunProtectionProps {
  /** Where the objects go. */
  readonly target: KubernetesTarget;
}

/**
 * Lets nobody delete a run that goes on: what declares another run in its place, or none, must not end it unseen.
 *
 * Terraform destroys what is no longer declared, and offers no way to keep it, so the cluster itself says no: the apply fails for the old run
 * alone, and names the remedy. The new run is another object and is made all the same. Once a cluster.
 */
export class RunProtection extends Construct {
  public constructor(scope: Construct, id: string, { target }: RunProtectionProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const [policy, ...rest] = runProtectionManifests();
    const after = policy === undefined ? [] : target.placeAll(this, [policy]);
    target.placeAll(this, rest, { after });
  }
}

/** Name of the policy and of its binding. */
const NAME = "aidc-runs-end-by-themselves";

/**
 * Who deletes what another one has deleted: everything of a namespace that goes, and what belongs to something that is gone. Where the controller
 * manager has one identity for all its controllers, it is the last of these.
 * Source: Kubernetes v1.35 `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go`, `pkg/controlplane/controller`.
 */
const CLEANERS = [
  "system:serviceaccount:kube-system:namespace-controller",
  "system:serviceaccount:kube-system:generic-garbage-collector",
  "system:kube-controller-manager",
];

/** Source: kubernetes-sigs/jobset v0.10.1 `api/jobset/v1alpha2/jobset_types.go`: terminalState is Completed or Failed, and else empty. */
const HAS_ENDED = `has(oldObject.status) && has(oldObject.status.terminalState) && oldObject.status.terminalState != ""`;
const IS_CANCELLED =
  `has(oldObject.metadata.annotations) && "${CANCELLED_ANNOTATION}" in oldObject.metadata.annotations && ` +
  `oldObject.metadata.annotations["${CANCELLED_ANNOTATION}"] == "true"`;
const IS_GOING = `has(oldObject.metadata.deletionTimestamp)`;

const REMEDY =
  `"run " + oldObject.metadata.name + " has not ended: wait for it, or give it up (npx aidc job cancel FILE --yes; or kubectl annotate jobset " + ` +
  `oldObject.metadata.name + " --namespace " + oldObject.metadata.namespace + " ${CANCELLED_ANNOTATION}=true), then try again"`;

/** The policy, and what puts it into force. Of admissionregistration.k8s.io/v1, which has them from Kubernetes 1.30 on. */
export function runProtectionManifests(): readonly KubernetesManifest[] {
  const apiVersion = "admissionregistration.k8s.io/v1";
  const spec = {
    failurePolicy: "Fail",
    matchConstraints: {
      matchPolicy: "Equivalent",
      namespaceSelector: {},
      objectSelector: { matchExpressions: [{ key: RUN_LABEL, operator: "Exists" }] },
      resourceRules: [
        {
          apiGroups: ["jobset.x-k8s.io"],
          apiVersions: ["*"],
          operations: ["DELETE"],
          resources: ["jobsets"],
          scope: "Namespaced",
        },
      ],
    },
    matchConditions: [
      { name: "asked-for-by-somebody", expression: `!(request.userInfo.username in ${JSON.stringify(CLEANERS)})` },
    ],
    validations: [
      {
        expression: [HAS_ENDED, IS_CANCELLED, IS_GOING].map((condition) => `(${condition})`).join(" || "),
        messageExpression: REMEDY,
        message: "the run has not ended",
        reason: "Forbidden",
      },
    ],
  };
  return [
    { apiVersion, kind: "ValidatingAdmissionPolicy", metadata: { name: NAME }, spec },
    {
      apiVersion,
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: { name: NAME },
      spec: { policyName: NAME, validationActions: ["Deny"] },
    },
  ];
}
