import type { ErrorCode } from "../core";
import { differences, leavesOf, showDifferences } from "./difference";
import { type FoundBlock, resourcesOf } from "./find";
import type { Properties, SynthesizedStack } from "./synth";

/** Whether an expectation holds, and what to say: why it does not, or, for a negated one, why it does. */
export interface Verdict {
  readonly pass: boolean;
  readonly message: string;
}

/** What a refusal should hold, beside its code. */
export interface ExpectedRefusal {
  /** Construct path with the property at fault, such as "test/Network.cidr". @default - not checked */
  readonly path?: string;
  /** What came in. @default - not checked */
  readonly got?: unknown;
  /** What would have been accepted, as the message says it, or a pattern of it. @default - not checked */
  readonly allowed?: string | RegExp;
}

/**
 * A resource of the type holds the given properties; objects may hold more, lists may not.
 * @throws Error with the closest resource and the paths at which it differs
 */
export function assertResource(stack: SynthesizedStack, type: string, subset: Properties = {}): void {
  demand(judgeResource(stack, type, subset));
}

/** The stack has exactly so many resources of the type. @throws Error with the addresses it has */
export function assertResourceCount(stack: SynthesizedStack, type: string, count: number): void {
  demand(judgeResourceCount(stack, type, count));
}

/**
 * The action is refused with the code: by an InvalidProps thrown, or by a validation that `synthStack` reports.
 * @throws Error with what happened instead
 */
export function assertRefusal(action: () => unknown, code: ErrorCode, expected: ExpectedRefusal = {}): void {
  demand(judgeRefusal(action, code, expected));
}

/** @internal */
export function judgeResource(stack: SynthesizedStack, type: string, subset: Properties): Verdict {
  const candidates = resourcesOf(stack, type);
  const ranked = candidates
    .map((block) => ({ block, found: differences(subset, block.properties) }))
    .sort((a, b) => a.found.length - b.found.length);
  const closest = ranked[0];
  if (!closest) return { pass: false, message: `no ${type} in the stack. ${inventory(stack)}` };
  const equal = ranked.filter(({ found }) => found.length === 0).map(({ block }) => block);
  if (equal.length > 0) return { pass: true, message: `found ${list(equal)}` };
  const heading = `none of ${candidates.length} ${type} has these properties`;
  const [share, leaves] = [closest.found.length, leavesOf(subset)];
  const near = `Closest, ${Math.max(leaves - share, 0)} of ${leaves} equal: ${closest.block.address}`;
  return { pass: false, message: `${heading}. ${near}\n${indent(showDifferences(closest.found))}` };
}

/** @internal */
export function judgeResourceCount(stack: SynthesizedStack, type: string, count: number): Verdict {
  const found = resourcesOf(stack, type);
  const what = found.length === 0 ? inventory(stack) : list(found);
  return { pass: found.length === count, message: `expected ${count} ${type}, found ${found.length}. ${what}` };
}

/** @internal */
export function judgeRefusal(action: () => unknown, code: ErrorCode, expected: ExpectedRefusal): Verdict {
  let thrown: unknown;
  try {
    action();
    return { pass: false, message: `expected a refusal with ${code}, but nothing was refused` };
  } catch (error) {
    thrown = error;
  }
  const refusals = refusalsOf(thrown);
  const same = refusals.filter((refusal) => refusal.code === code);
  if (same.length === 0) {
    return { pass: false, message: `expected a refusal with ${code}, but got\n${indent(String(thrown))}` };
  }
  const wrong = same.map((refusal) => mismatch(refusal, expected));
  if (wrong.includes("")) return { pass: true, message: `it was refused:\n${indent(String(thrown))}` };
  return { pass: false, message: `refused with ${code}, but\n${indent(wrong.join("\n"))}` };
}

interface SeenRefusal {
  readonly code: string;
  readonly path: string;
  /** As text, as a validation has nothing else. */
  readonly got: string;
  readonly allowed: string;
}

/** Refusals are known by their shape, not their class: two copies of a package are normal in an npm tree. */
function refusalsOf(error: unknown): SeenRefusal[] {
  const { code, path, got, allowed, problems } = error as Record<string, unknown>;
  if (typeof code === "string" && typeof path === "string")
    return [{ code, path, got: asText(got), allowed: String(allowed) }];
  if (!Array.isArray(problems)) return [];
  return problems.flatMap(({ message }: { message: string }) => {
    const match = /^\[([A-Z0-9_]+)\] (.*?): got (.*); allowed: (.*?)\. /s.exec(message);
    const [, code = "", path = "", got = "", allowed = ""] = match ?? [];
    return match ? [{ code, path, got, allowed }] : [];
  });
}

function mismatch(refusal: SeenRefusal, expected: ExpectedRefusal): string {
  const wanted = { ...expected, ...("got" in expected ? { got: asText(expected.got) } : {}) };
  return showDifferences(differences(wanted, refusal));
}

/** As InvalidProps writes it. */
function asText(value: unknown): string {
  if (typeof value === "number") return String(value);
  return value === undefined ? "nothing" : JSON.stringify(value);
}

function inventory(stack: SynthesizedStack): string {
  const types = Object.entries(stack.resource).map(([type, blocks]) => `${type} (${Object.keys(blocks).length})`);
  return types.length === 0 ? "It has no resources." : `It has ${types.sort().join(", ")}.`;
}

function list(blocks: readonly FoundBlock[]): string {
  return blocks.map(({ address }) => address).join(", ");
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}

function demand({ pass, message }: Verdict): void {
  if (!pass) throw new Error(message);
}
