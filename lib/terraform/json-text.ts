import { Token, Tokenization } from "./cdktf";
import { escape, isPresent } from "./escape";

/**
 * JSON text for a Terraform string argument: policies, container definitions, add-on configuration.
 *
 * User strings are escaped, tokens inside strings are kept (their values must not hold quotes or backslashes: ARNs, ids and
 * names do not), `null` and `undefined` members are dropped, and keys are sorted so that the text does not depend on the order
 * in which properties were written.
 *
 * @throws Error when a whole list or number is a token: it has no JSON form before apply. Pass its elements, or a string.
 */
export function jsonText(value: unknown): string {
  return escape(JSON.stringify(prepared(value, "$")));
}

function prepared(value: unknown, at: string): unknown {
  if (Array.isArray(value)) {
    if (Token.isUnresolved(value)) throw unknownAt(at, "list");
    return value.filter(isPresent).map((member, index) => prepared(member, `${at}[${index}]`));
  }
  if (typeof value === "number" && Token.isUnresolved(value)) throw unknownAt(at, "number");
  if (typeof value !== "object" || value === null) return value;
  if (Tokenization.isResolvable(value)) throw unknownAt(at, "object");
  const members = Object.entries(value)
    .filter(([, member]) => isPresent(member))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, prepared(member, `${at}.${key}`)]));
}

function unknownAt(at: string, kind: string): Error {
  return new Error(`${at}: a ${kind} that is known only after apply cannot stand in JSON text; pass strings`);
}
