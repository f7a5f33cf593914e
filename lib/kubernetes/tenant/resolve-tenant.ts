import type { ServiceIdentity } from "../../contracts";
import { firstDuplicate, InvalidProps, whenKnown } from "../../core";
import { checkLabelName } from "../gang/names";
import type { KubernetesManifest } from "../manifest";
import { teamAccess } from "./access";
import { type ContainerDefaults, limitRange, resourceQuota, type TenantLimits } from "./limits";
import { networkPolicies } from "./network-policies";
import type { EgressRule, NamespaceAccess } from "./network-rules";
import { checkTeam, TEAM_LABEL, teamNamespace } from "./team";

/** What a tenant is, wherever its objects go. */
export interface TenantOptions {
  /** Name of the team: a DNS label. */
  readonly name: string;
  /** Namespace of the team. @default - "team-" and the name */
  readonly namespace?: string;
  /** RBAC groups of the team's people, as an access entry or an identity provider names them. @default - nobody gets access */
  readonly groups?: readonly string[];
  /** Whether these people may open shells in the team's pods and tunnels to them. @default false */
  readonly debug?: boolean;
  /** Identities of its pods; each becomes a service account. @default - none */
  readonly identities?: readonly ServiceIdentity[];
  /** Where its pods may connect to, beside DNS and each other. @default - nowhere */
  readonly egress?: readonly EgressRule[];
  /** Namespaces whose pods may speak to its pods. @default - none */
  readonly ingressFrom?: readonly NamespaceAccess[];
  /** Whether its pods may speak to each other on any port: gangs need it. @default true */
  readonly internalTraffic?: boolean;
  /** Upper bounds. @default - those of `TenantLimits` */
  readonly limits?: TenantLimits;
  /** What containers get that ask for nothing. @default - those of `ContainerDefaults` */
  readonly containerDefaults?: ContainerDefaults;
}

/**
 * The objects of a tenant: its namespace first.
 * @param kubernetesVersion minor version of the cluster, to which the meaning of "restricted" is pinned
 * @throws InvalidProps KUBERNETES_NAME_INVALID, TENANT_GROUP_INVALID, TENANT_IDENTITY_INVALID, TENANT_EGRESS_INVALID, CIDR_INVALID,
 * QUOTA_INVALID
 */
export function tenantManifests(
  options: TenantOptions,
  kubernetesVersion: string,
  at: string,
): readonly KubernetesManifest[] {
  const { name, namespace = teamNamespace(name), groups = [], identities = [] } = options;
  checkTeam(name, namespace, at);
  checkGroups(groups, `${at}.groups`);
  checkIdentities(identities, namespace, `${at}.identities`);
  const { internalTraffic: internal = true, egress = [], ingressFrom = [] } = options;
  return [
    namespaceManifest(name, namespace, kubernetesVersion),
    ...networkPolicies({ namespace, internal, egress, ingressFrom }, at),
    resourceQuota(namespace, options.limits ?? {}, `${at}.limits`),
    limitRange(namespace, options.containerDefaults ?? {}, `${at}.containerDefaults`),
    ...identities.map(serviceAccount),
    ...teamAccess(namespace, groups, options.debug ?? false),
  ];
}

/** Pod Security: what is not "restricted" is refused, told to who asked, and written to the audit log. */
function namespaceManifest(team: string, name: string, kubernetesVersion: string): KubernetesManifest {
  const levels = ["enforce", "audit", "warn"].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, "restricted"],
    [`pod-security.kubernetes.io/${mode}-version`, `v${kubernetesVersion}`],
  ]);
  const labels = { [TEAM_LABEL]: team, ...Object.fromEntries(levels) };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

/** Pods get no token for the API server; Pod Identity and IRSA mount their own. */
function serviceAccount({ namespace, serviceAccount: name, annotations }: ServiceIdentity): KubernetesManifest {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, namespace, annotations: Object.keys(annotations).length > 0 ? annotations : undefined },
    automountServiceAccountToken: false,
  };
}

function checkGroups(groups: readonly string[], at: string): void {
  const wrong = groups.find((group) => group.trim() === "" || group.startsWith("system:")) ?? firstDuplicate(groups);
  if (wrong === undefined) return;
  throw new InvalidProps("TENANT_GROUP_INVALID", at, {
    got: wrong,
    allowed: 'names of groups, each once, none with "system:"',
  });
}

function checkIdentities(identities: readonly ServiceIdentity[], namespace: string, at: string): void {
  for (const [index, identity] of identities.entries()) {
    checkLabelName(identity.serviceAccount, `${at}[${index}].serviceAccount`);
    whenKnown(identity.namespace, (known) => {
      if (known === namespace) return;
      const allowed = `an identity of namespace ${namespace}`;
      throw new InvalidProps("TENANT_IDENTITY_INVALID", `${at}[${index}].namespace`, { got: known, allowed });
    });
  }
  const twice = firstDuplicate(identities.map(({ serviceAccount: account }) => account));
  if (twice === undefined) return;
  throw new InvalidProps("TENANT_IDENTITY_INVALID", at, { got: twice, allowed: "each service account once" });
}
