/** A statement of an IAM policy in one form: actions, resources and the like are sorted lists. */
export interface StatementInOneForm {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: Readonly<Record<string, readonly string[]>>;
  readonly NotPrincipal?: Readonly<Record<string, readonly string[]>>;
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** An IAM policy in one form: two policies that mean the same compare equal. */
export interface PolicyInOneForm {
  readonly Version?: string;
  /** Sorted by Sid, then by content. */
  readonly Statement: readonly StatementInOneForm[];
}

/**
 * Reads an IAM policy from the JSON text of an argument, so that tests compare what it means: the order of statements, actions
 * and resources does not matter, and one value equals a list of one. References to other resources are kept as `${…}`.
 *
 * @throws Error when the value is not the JSON text of a policy
 */
export function policyOf(value: unknown): PolicyInOneForm {
  if (typeof value !== "string") throw new Error(`a policy is JSON text, got ${JSON.stringify(value) ?? "nothing"}`);
  const { Version, Statement } = parse(value) as { Version?: string; Statement?: unknown };
  if (Statement === undefined) throw new Error(`a policy has statements, got ${value}`);
  const statements = many(Statement).map((statement) => oneForm(statement as Record<string, unknown>));
  const sortKey = (statement: StatementInOneForm) => `${statement.Sid ?? ""} ${JSON.stringify(statement)}`;
  return { Version, Statement: statements.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)) };
}

function oneForm(statement: Record<string, unknown>): StatementInOneForm {
  const form: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(statement).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (key === "Principal" || key === "NotPrincipal") form[key] = value === "*" ? { "*": ["*"] } : lists(value);
    else if (key === "Condition") form[key] = mapped(value, lists);
    else form[key] = key === "Sid" || key === "Effect" ? value : sorted(value);
  }
  return form as unknown as StatementInOneForm;
}

function lists(value: unknown): Record<string, unknown> {
  return mapped(value, sorted);
}

function mapped(value: unknown, change: (member: unknown) => unknown): Record<string, unknown> {
  const members = Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, change(member)]));
}

function sorted(value: unknown): unknown[] {
  return many(value).sort((a, b) => (String(a) < String(b) ? -1 : 1));
}

function many(value: unknown): unknown[] {
  return Array.isArray(value) ? [...(value as unknown[])] : [value];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(quoteExpressions(text));
  } catch {
    throw new Error(`a policy is JSON text, got ${text}`);
  }
}

/** Terraform evaluates `${…}` before anyone reads the JSON; until then quotes inside of it break the text. */
function quoteExpressions(text: string): string {
  let result = "";
  let at = 0;
  while (at < text.length) {
    const literal = text.startsWith("$${", at);
    if (literal || !text.startsWith("${", at)) {
      const step = literal ? 3 : 1;
      result += text.slice(at, at + step);
      at += step;
      continue;
    }
    const end = endOfExpression(text, at);
    result += JSON.stringify(text.slice(at, end)).slice(1, -1);
    at = end;
  }
  return result;
}

function endOfExpression(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}" && --depth === 0) return at + 1;
  }
  return text.length;
}
