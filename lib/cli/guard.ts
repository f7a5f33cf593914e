import { PROTECTED_KINDS, PROTECTED_TYPES } from "../core/protected-types";
import type { Plan, ResourceChange } from "./plan";

/** A protected resource that a plan deletes, replaces or forgets. */
export interface GuardedChange {
  readonly address: string;
  /** Key of a deposed object, where the change is about that. */
  readonly deposed?: string;
  readonly type: string;
  readonly action: "delete" | "replace" | "forget";
  /** Why Terraform does it: the attributes that force a replacement, and its own reason. */
  readonly because: string;
  /** What is lost. */
  readonly loss: string;
}

/** What a plan does to protected resources. */
export interface GuardReport {
  /** Deleted or replaced, and not allowed by name. */
  readonly refused: readonly GuardedChange[];
  /** Deleted or replaced, and allowed by name. */
  readonly allowed: readonly GuardedChange[];
  /** Leave the state and stay in the account: allowed, and worth knowing. */
  readonly forgotten: readonly GuardedChange[];
  /** Allowed addresses that the plan does not know: most likely misspelt. */
  readonly unknown: readonly string[];
  /** Allowed addresses that the plan knows and does not destroy. */
  readonly idle: readonly string[];
}

/**
 * Judges a plan: what it does to resources of protected types.
 * @param allowed addresses that may be destroyed, exactly as in the plan
 */
export function guardPlan(plan: Plan, allowed: readonly string[] = []): GuardReport {
  const guarded = plan.resource_changes.flatMap(guardedChange);
  const destroyed = guarded.filter(({ action }) => action !== "forget");
  const known = new Set(plan.resource_changes.map(({ address }) => address));
  const lost = new Set(plan.resource_changes.filter(destroys).map(({ address }) => address));
  return {
    refused: destroyed.filter(({ address }) => !allowed.includes(address)),
    allowed: destroyed.filter(({ address }) => allowed.includes(address)),
    forgotten: guarded.filter(({ action }) => action === "forget"),
    unknown: allowed.filter((address) => !known.has(address)),
    idle: allowed.filter((address) => known.has(address) && !lost.has(address)),
  };
}

function guardedChange(resource: ResourceChange): GuardedChange[] {
  const loss = lossOf(resource);
  const action = actionOf(resource);
  if (resource.mode === "data" || loss === undefined || action === undefined) return [];
  const { address, deposed, type } = resource;
  return [{ address, ...(deposed === undefined ? {} : { deposed }), type, action, because: becauseOf(resource), loss }];
}

function lossOf({ type, change }: ResourceChange): string | undefined {
  if (Object.hasOwn(PROTECTED_TYPES, type)) return PROTECTED_TYPES[type];
  const kind = type === "kubernetes_manifest" || type === "kubectl_manifest" ? kindOf(change.before) : undefined;
  return kind !== undefined && Object.hasOwn(PROTECTED_KINDS, kind) ? PROTECTED_KINDS[kind] : undefined;
}

/** kubernetes_manifest holds the object below `manifest`; kubectl_manifest tells its kind beside the YAML. */
function kindOf(before: unknown): string | undefined {
  const { manifest, kind } = (before ?? {}) as { manifest?: { kind?: unknown } | null; kind?: unknown };
  const found = manifest?.kind ?? kind;
  return typeof found === "string" ? found : undefined;
}

/** An action that this release does not know counts as a deletion unless it is one of the harmless ones. */
function actionOf(resource: ResourceChange): GuardedChange["action"] | undefined {
  const { actions } = resource.change;
  if (destroys(resource)) return actions.includes("create") ? "replace" : "delete";
  return actions.includes("forget") ? "forget" : undefined;
}

const HARMLESS = new Set(["no-op", "create", "read", "update", "forget"]);

function destroys({ change: { actions } }: ResourceChange): boolean {
  return actions.some((action) => !HARMLESS.has(action));
}

const REASONS: Readonly<Record<string, string>> = {
  delete_because_each_key: "its key is no longer in for_each",
  delete_because_count_index: "its index is beyond count",
  delete_because_no_module: "its module is no longer in the configuration",
  delete_because_no_move_target: "a moved block leads nowhere",
  delete_because_no_resource_config: "it is no longer in the configuration",
  delete_because_wrong_repetition: "its count or for_each changed",
  replace_because_cannot_update: "the provider cannot change it in place",
  replace_because_tainted: "it is tainted",
  replace_by_request: "it was asked for by -replace",
  replace_by_triggers: "replace_triggered_by says so",
};

function becauseOf({ deposed, change, action_reason: reason }: ResourceChange): string {
  const paths = (change.replace_paths ?? []).map(pathText);
  const parts = [
    deposed === undefined ? undefined : `it is the deposed object ${deposed}, left over from a replacement`,
    paths.length === 0 ? undefined : `changed: ${paths.join(", ")}`,
    reason === undefined ? undefined : (REASONS[reason] ?? reason),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? "the plan gives no reason" : parts.join("; ");
}

function pathText(steps: readonly (string | number)[]): string {
  return steps
    .map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join("");
}
