import { InvalidProps, isWarningId, warningText, type WarningId } from "../../core";
import type { PoolDesign } from "./design";
import type { PhysicsRule, Violation } from "./rule";
import { PHYSICS_RULES } from "./rules";

/** A law that a design breaks. */
export interface PhysicsFinding {
  readonly rule: PhysicsRule;
  readonly violation: Violation;
}

/** Something that works, and that one may regret. */
export interface PoolWarning {
  readonly id: WarningId;
  readonly message: string;
}

/** Every law that a design breaks, refusals and warnings, in the order of the rules. */
export function lintPool(design: PoolDesign): PhysicsFinding[] {
  return PHYSICS_RULES.flatMap((rule) => {
    const violation = rule.check(design);
    return violation === undefined ? [] : [{ rule, violation }];
  });
}

/**
 * Refuses a design that breaks a law.
 * @param at path of the pool, for messages
 * @returns the warnings
 * @throws InvalidProps with the code of the first law that is broken
 */
export function checkPool(design: PoolDesign, at: string): PoolWarning[] {
  return lintPool(design).flatMap(({ rule: { code, source }, violation: { property, ...refusal } }) => {
    const path = `${at}.${property}`;
    if (isWarningId(code)) return [{ id: code, message: warningText(code, path, refusal) }];
    throw new InvalidProps(code, path, { ...refusal, source: source.text });
  });
}
