/** One place where a value is not what was expected. */
export interface Difference {
  /** `tags.Name`, `rule[0].status`, `tags["kubernetes.io/role/elb"]`; empty for the whole value. */
  readonly path: string;
  readonly expected: unknown;
  readonly got: unknown;
}

/**
 * Where a value differs from a subset of it. Objects may hold more than expected, lists may not. Beside plain JSON the expected
 * value may hold a RegExp for a string, undefined for "absent", and matchers such as `expect.stringContaining("x")`.
 */
export function differences(expected: unknown, got: unknown, path = ""): Difference[] {
  if (isMatcher(expected)) return expected.asymmetricMatch(got) ? [] : [{ path, expected, got }];
  if (expected instanceof RegExp) {
    return typeof got === "string" && expected.test(got) ? [] : [{ path, expected, got }];
  }
  if (Array.isArray(expected)) return listDifferences(expected, got, path);
  if (isObject(expected)) {
    if (!isObject(got)) return [{ path, expected, got }];
    return Object.entries(expected).flatMap(([key, value]) => differences(value, got[key], join(path, key)));
  }
  return Object.is(expected, got) ? [] : [{ path, expected, got }];
}

/** One line for each difference: `cidr_block: expected "10.0.0.0/16", got "10.1.0.0/16"`. */
export function showDifferences(found: readonly Difference[]): string {
  return found
    .map(({ path, expected, got }) => `${path || "(value)"}: expected ${show(expected)}, got ${show(got)}`)
    .join("\n");
}

/** How many leaves an expectation holds: the measure for how close a candidate is. */
export function leavesOf(expected: unknown): number {
  if (isMatcher(expected) || expected instanceof RegExp) return 1;
  if (Array.isArray(expected)) return 1 + expected.reduce<number>((sum, member) => sum + leavesOf(member), 0);
  if (!isObject(expected)) return 1;
  return Object.values(expected).reduce<number>((sum, member) => sum + leavesOf(member), 0);
}

function listDifferences(expected: readonly unknown[], got: unknown, path: string): Difference[] {
  if (!Array.isArray(got)) return [{ path, expected, got }];
  const members = expected.flatMap((value, index) => differences(value, got[index], `${path}[${index}]`));
  const surplus = got.slice(expected.length).map((value: unknown, index) => ({
    path: `${path}[${expected.length + index}]`,
    expected: undefined,
    got: value,
  }));
  return [...members, ...surplus];
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value instanceof RegExp) return `text matching ${String(value)}`;
  if (isMatcher(value)) return value.toAsymmetricMatcher?.() ?? String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}

interface Matcher {
  asymmetricMatch(value: unknown): boolean;
  toAsymmetricMatcher?(): string;
}

/** What jest, vitest, jasmine and sinon have in common. */
function isMatcher(value: unknown): value is Matcher {
  return isObject(value) && typeof value.asymmetricMatch === "function";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function join(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}["${key}"]`;
  return path === "" ? key : `${path}.${key}`;
}
