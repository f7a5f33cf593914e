import type { Quota } from "../cloud";
import type { Finding } from "../finding";
import type { NamedPool } from "../pool-facts";
import type { QuotaUse } from "../quota-use";

/** A quota, and the pools of the stage that count against it: one after the other would each fit, and all together not. */
export interface QuotaNeed {
  readonly code: string;
  readonly name: string;
  readonly pools: readonly NamedPool[];
}

/** Quotas that pools state, each with all pools that count against it. */
export function quotaNeeds(pools: readonly NamedPool[]): QuotaNeed[] {
  const needs = new Map<string, QuotaNeed>();
  for (const pool of pools) {
    const { quotaCode: code, quotaName: name } = pool.facts;
    if (code === undefined) continue;
    const known = needs.get(code);
    needs.set(code, { code, name: known?.name ?? name ?? code, pools: [...(known?.pools ?? []), pool] });
  }
  return [...needs.values()];
}

/** The quota holds all nodes at their most, beside what else runs. */
export function checkQuota(
  { code, name, pools }: QuotaNeed,
  quota: Quota | undefined,
  { used, own }: QuotaUse,
): Finding {
  const about = { check: "quota", pools: pools.map((pool) => pool.name) } as const;
  const needed = pools.reduce((sum, { facts }) => sum + facts.maxNodes * facts.vcpusPerNode, 0);
  if (quota === undefined) {
    const message = `not looked at: Service Quotas knows no ${code} ("${name}") here; the pools need ${needed} vCPUs`;
    return { ...about, status: "warning", message, remedy: "Look for it under EC2 in the Service Quotas console." };
  }
  const { value: limit, isDefault } = quota;
  const free = Math.max(0, limit - used);
  const whose = own === 0 ? "" : `, ${own} of them by this stage`;
  const numbers = `limit ${limit}${isDefault ? " (AWS's default)" : ""}, used ${used}${whose}, free ${free}, needed ${needed} vCPUs`;
  const finding = { ...about, message: `${name} (${code}): ${numbers}`, figures: { limit, used, own, free, needed } };
  if (limit < needed) {
    return {
      ...finding,
      status: "trouble",
      remedy: `Ask for ${needed + used - own} vCPUs or more in Service Quotas, or lower maxNodes.`,
    };
  }
  if (limit - (used - own) < needed) {
    const remedy = `Others use ${used - own}: the last nodes may not start. Ask for ${needed + used - own} vCPUs, or lower maxNodes.`;
    return { ...finding, status: "warning", remedy };
  }
  return { ...finding, status: "ok" };
}

/** A pool that states no quota is one whose quota no source of the catalog names. */
export function unknownQuota({ name, facts }: NamedPool): Finding {
  const message = `not looked at: the catalog names no quota of ${facts.instanceType} by ${facts.capacityKind}`;
  const remedy = "Look at the quotas of EC2 in the Service Quotas console.";
  return { check: "quota", pools: [name], status: "warning", message, remedy };
}
