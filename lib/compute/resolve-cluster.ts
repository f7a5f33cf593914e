import { EKS_VERSIONS, type EksAddonName } from "../catalog";
import { checkArn, InvalidProps, logRetention, NameRule, physicalName } from "../core";
import { InterfaceEndpoint } from "../network";
import { checkApiAccess } from "./api-access";
import { type ClusterProps, SYSTEM_POOL_DEFAULTS, type SystemPoolOptions } from "./cluster-props";
import { requireEndpoints } from "./required-endpoints";
import { countsRise } from "./scaling";

/** A system pool with all defaults filled in. */
export interface ResolvedSystemPool extends Required<Omit<SystemPoolOptions, "desiredNodes">> {
  /** Absent where whoever scales the pool owns the count. */
  readonly desiredNodes?: number;
}

/** A cluster with all defaults filled in and all checks passed. */
export interface ResolvedCluster {
  readonly name: string;
  readonly kubernetesVersion: string;
  readonly addonVersions: Readonly<Record<EksAddonName, string>>;
  readonly controlPlaneZones: readonly string[];
  readonly systemPool: ResolvedSystemPool;
  readonly logRetentionDays: number;
  /** Every principal with cluster administration, once. */
  readonly administrators: readonly string[];
}

/**
 * @param at path of the construct, for messages
 * @throws InvalidProps API_ACCESS_OPEN, API_ACCESS_EMPTY, CIDR_INVALID, CLUSTER_ZONES_TOO_FEW, ZONE_UNKNOWN,
 *   CLUSTER_ADMINS_EMPTY, ARN_INVALID, KUBERNETES_VERSION_UNKNOWN, NAME_INVALID, POOL_SIZE_INVALID, VALUE_OUT_OF_RANGE,
 *   ENDPOINTS_MISSING
 */
export function resolveCluster(props: ClusterProps, at: string): ResolvedCluster {
  // Nodes join through these endpoints where nothing else leads out.
  requireEndpoints(props.network, InterfaceEndpoint.PRIVATE_CLUSTER, `${at}.network`);
  checkApiAccess(props.apiAccess, `${at}.apiAccess`);
  return {
    name: physicalName(NameRule.EKS_CLUSTER, at, props.name),
    kubernetesVersion: props.kubernetesVersion,
    addonVersions: resolveAddons(props, at),
    controlPlaneZones: resolveZones(props, at),
    systemPool: resolveSystemPool(props.systemPool ?? {}, at),
    logRetentionDays: logRetention(props.logRetentionDays ?? 365, `${at}.logRetentionDays`),
    administrators: resolveAdministrators(props, at),
  };
}

function resolveZones({ network, controlPlaneZones }: ClusterProps, at: string): readonly string[] {
  const unknown = controlPlaneZones?.find((zone) => !network.zones.includes(zone));
  if (unknown !== undefined) {
    const allowed = network.zones.join(", ");
    throw new InvalidProps("ZONE_UNKNOWN", `${at}.controlPlaneZones`, { got: unknown, allowed });
  }
  const zones = controlPlaneZones ?? network.zones;
  if (new Set(zones).size >= 2) return zones;
  const path = controlPlaneZones ? "controlPlaneZones" : "network";
  throw new InvalidProps("CLUSTER_ZONES_TOO_FEW", `${at}.${path}`, { got: zones, allowed: "two or more zones" });
}

function resolveAddons(
  { kubernetesVersion, addonVersions = {} }: ClusterProps,
  at: string,
): Record<EksAddonName, string> {
  const known = Object.hasOwn(EKS_VERSIONS, kubernetesVersion) ? EKS_VERSIONS[kubernetesVersion] : undefined;
  // Every catalog version lists the same add-ons, so any of them tells which ones a cluster needs.
  const needed = Object.keys(Object.values(EKS_VERSIONS)[0]?.addons ?? {}) as EksAddonName[];
  const missing = needed.filter((name) => addonVersions[name] === undefined);
  if (known === undefined && missing.length > 0) {
    const allowed = `${Object.keys(EKS_VERSIONS).join(", ")}, or addonVersions for ${missing.join(", ")}`;
    throw new InvalidProps("KUBERNETES_VERSION_UNKNOWN", `${at}.kubernetesVersion`, {
      got: kubernetesVersion,
      allowed,
    });
  }
  return { ...known?.addons, ...addonVersions } as Record<EksAddonName, string>;
}

function resolveSystemPool(options: SystemPoolOptions, at: string): ResolvedSystemPool {
  const pool = { ...SYSTEM_POOL_DEFAULTS, ...options };
  const { minNodes, maxNodes, desiredNodes = minNodes } = pool;
  if (!countsRise(pool, 1)) {
    const allowed =
      "1 <= minNodes <= desiredNodes <= maxNodes: DNS and storage drivers need a node that is always there";
    throw new InvalidProps("POOL_SIZE_INVALID", `${at}.systemPool`, {
      got: { minNodes, desiredNodes, maxNodes },
      allowed,
    });
  }
  return pool;
}

function resolveAdministrators({ admins, deployers = [] }: ClusterProps, at: string): string[] {
  if (admins.length === 0) {
    const allowed = "at least one ARN of a role or user";
    throw new InvalidProps("CLUSTER_ADMINS_EMPTY", `${at}.admins`, { got: admins, allowed });
  }
  checkPrincipals(admins, `${at}.admins`);
  checkPrincipals(deployers, `${at}.deployers`);
  return [...new Set([...admins, ...deployers])];
}

const PRINCIPAL_ARN = /^arn:[\w-]+:iam::\d{12}:(role|user)\/.+$/;

function checkPrincipals(principals: readonly string[], at: string): void {
  const allowed = "arn:aws:iam::<account>:role/<name>, not an assumed-role session";
  for (const arn of principals) checkArn(arn, PRINCIPAL_ARN, allowed, at);
}
