import type { KubernetesManifest } from "../manifest";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const READ = ["get", "list", "watch"];
const MANAGE = [...READ, "create", "delete", "patch", "update"];

/**
 * What people of a team may do in their namespace: submit and stop jobs, with what jobs need, and look at what comes of it. They may not create
 * pods, nor what creates pods beside jobs: that would pass by the queues. Nor may they read secrets, or touch who may do what, quotas,
 * network policies and service accounts.
 */
const RULES: readonly Rule[] = [
  { apiGroups: ["batch"], resources: ["jobs"], verbs: MANAGE },
  { apiGroups: ["jobset.x-k8s.io"], resources: ["jobsets"], verbs: MANAGE },
  { apiGroups: [""], resources: ["configmaps", "persistentvolumeclaims", "services"], verbs: MANAGE },
  { apiGroups: [""], resources: ["pods"], verbs: [...READ, "delete"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
  { apiGroups: [""], resources: ["events", "limitranges", "resourcequotas", "serviceaccounts"], verbs: READ },
  { apiGroups: ["kueue.x-k8s.io"], resources: ["localqueues", "workloads"], verbs: READ },
];

/** Shells in running pods, and tunnels to them: with the credentials that the pods have. */
const DEBUG: Rule = { apiGroups: [""], resources: ["pods/exec", "pods/portforward"], verbs: ["create", "get"] };

/** The role of a team's people, and who has it. */
export function teamAccess(
  namespace: string,
  groups: readonly string[],
  debug: boolean,
): readonly KubernetesManifest[] {
  if (groups.length === 0) return [];
  const rbac = "rbac.authorization.k8s.io";
  const metadata = { name: "team", namespace };
  return [
    { apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules: debug ? [...RULES, DEBUG] : RULES },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name: "team" },
      subjects: groups.map((name) => ({ apiGroup: rbac, kind: "Group", name })),
    },
  ];
}
