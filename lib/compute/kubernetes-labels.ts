import type { PoolTaint } from "../contracts";
import { firstDuplicate, InvalidProps } from "../core";

/** Source: kubernetes.io, "Labels and Selectors", syntax and character set, 2026. EKS takes keys of up to 63 characters. */
const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
/** Keys that the pool sets itself, and those that Kubernetes and EKS keep for themselves. */
const RESERVED = /^(aidc\/|([a-z0-9-]+\.)*(kubernetes\.io|k8s\.io|eks\.amazonaws\.com)\/)/;

/** @throws InvalidProps LABEL_INVALID */
export function checkLabels(labels: Readonly<Record<string, string>>, at: string): void {
  for (const [key, value] of Object.entries(labels)) {
    if (RESERVED.test(key)) refuse(`${at}.labels`, key, "keys outside of aidc/, kubernetes.io/ and eks.amazonaws.com/");
    checkPair(`${at}.labels`, key, value);
  }
}

/** @throws InvalidProps LABEL_INVALID */
export function checkTaints(taints: readonly PoolTaint[], at: string): void {
  const path = `${at}.taints`;
  for (const { key, value = "" } of taints) checkPair(path, key, value);
  const named = taints.map(({ key, effect }) => `${key}:${effect}`);
  const twice = firstDuplicate(named);
  if (twice !== undefined)
    refuse(path, twice, "one taint for each key and effect; the accelerator's own is already there");
}

function checkPair(path: string, key: string, value: string): void {
  const [name = "", prefix] = key.split("/").reverse();
  const legalKey = key.length <= 63 && NAME.test(name) && (prefix === undefined || PREFIX.test(prefix));
  if (!legalKey || key.split("/").length > 2) refuse(path, key, "a Kubernetes key of at most 63 characters");
  if (value !== "" && !NAME.test(value)) refuse(path, value, "a Kubernetes label value of at most 63 characters");
}

function refuse(path: string, got: string, allowed: string): never {
  throw new InvalidProps("LABEL_INVALID", path, { got, allowed });
}

/** The pool that every cluster has under this name. */
export const SYSTEM_POOL = "system";

/**
 * A pool's name is a label value and part of physical names, which do not tell upper from lower case.
 * @throws InvalidProps LABEL_INVALID
 */
export function checkPoolName(name: string, at: string): void {
  if (/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name) && name !== SYSTEM_POOL) return;
  refuse(`${at}.id`, name, `lower-case letters, digits and "-", up to 63 characters, not "${SYSTEM_POOL}"`);
}
