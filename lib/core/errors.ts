import { Token } from "../terraform/cdktf";
import { ERROR_CODES, type ErrorCode } from "./error-codes";

/** What a refusal tells beside its code. */
export interface Refusal {
  /** What came in, as the user wrote it. */
  readonly got: unknown;
  /** What would have been accepted: a range, a list of values, a form. */
  readonly allowed: string;
  /** What to do about it. @default - the remedy of the code in `docs/errors.md` */
  readonly remedy?: string;
  /** Where the fact behind the refusal is written. @default - not told */
  readonly source?: string;
}

/**
 * Properties that cannot work, refused before anything is synthesized.
 *
 * The message holds the code, the construct path, what came in, what is allowed, and the remedy.
 */
export class InvalidProps extends Error {
  public readonly remedy: string;
  public readonly got: unknown;
  public readonly allowed: string;

  /**
   * @param code stable code, see `docs/errors.md`
   * @param path construct path, with the property where one is at fault: `prod-cluster/Training.zone`
   */
  public constructor(
    public readonly code: ErrorCode,
    public readonly path: string,
    refusal: Refusal,
  ) {
    const remedy = refusal.remedy ?? ERROR_CODES[code].remedy;
    super(messageOf(code, path, { ...refusal, remedy }));
    this.name = "InvalidProps";
    this.remedy = remedy;
    this.got = refusal.got;
    this.allowed = refusal.allowed;
  }
}

/** The text of a refusal or a warning. */
export function messageOf(code: string, path: string, { got, allowed, remedy = "", source }: Refusal): string {
  const told = source === undefined ? "" : ` Source: ${source}.`;
  return `[${code}] ${path}: got ${show(got)}; allowed: ${allowed}. ${remedy}${told}`;
}

/** Never throws: an error that fails while it is made hides what was wrong. */
function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Token.isUnresolved(value)) return "a value known only after apply";
  if (typeof value === "number") return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
