/** What `terraform show -json` tells of one resource. Source: Terraform "JSON Output Format", format version 1.2. */
export interface ResourceChange {
  readonly address: string;
  /** Address in the state, where the plan moves the resource. */
  readonly previous_address?: string;
  readonly mode?: string;
  readonly type: string;
  /** Key of an object that a replacement left behind. */
  readonly deposed?: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before?: unknown;
    /** Attribute paths that force the replacement. */
    readonly replace_paths?: readonly (readonly (string | number)[])[];
  };
  readonly action_reason?: string;
}

/** A plan, as far as it matters here. */
export interface Plan {
  readonly resource_changes: readonly ResourceChange[];
}

/** A file that is no plan to judge; the message says what it is and what to do. */
export class UnreadablePlan extends Error {
  public constructor(source: string, reason: string) {
    super(`${source}: ${reason}`);
    this.name = "UnreadablePlan";
  }
}

const HOW = "write one with: terraform plan -out plan.bin && terraform show -json plan.bin > plan.json";

/**
 * Reads the output of `terraform show -json plan.bin`.
 * @param source name of the file, for messages
 * @throws UnreadablePlan when it is anything but a complete plan of a format that this command knows
 */
export function readPlan(bytes: Uint8Array, source: string): Plan {
  const plan = parse(bytes, source);
  const version = plan.format_version;
  if (typeof version !== "string" || !("planned_values" in plan || "resource_changes" in plan)) {
    const what = "values" in plan ? "this is a state, not a plan" : "this is not a Terraform plan";
    throw new UnreadablePlan(source, `${what}; ${HOW}`);
  }
  if (!/^1\./.test(version)) {
    throw new UnreadablePlan(source, `plan format ${version} is not known here, only 1.x; use a newer release of aidc`);
  }
  if (plan.errored === true) {
    throw new UnreadablePlan(source, "planning failed, so the plan does not hold all changes; mend that first");
  }
  const changes = plan.resource_changes ?? [];
  if (!Array.isArray(changes) || !changes.every(isChange)) {
    throw new UnreadablePlan(
      source,
      "its resource_changes have a form that is not known here; use a newer release of aidc",
    );
  }
  return { resource_changes: changes };
}

function parse(bytes: Uint8Array, source: string): Record<string, unknown> {
  const buffer = Buffer.from(bytes);
  if (buffer.length === 0) throw new UnreadablePlan(source, `it is empty; ${HOW}`);
  if (buffer.toString("latin1", 0, 2) === "PK") throw new UnreadablePlan(source, `this is a binary plan; ${HOW}`);
  // PowerShell redirects in UTF-16, with a mark in front.
  const text = buffer[0] === 0xff && buffer[1] === 0xfe ? buffer.toString("utf16le") : buffer.toString("utf8");
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // It is said below, in words that help.
  }
  throw new UnreadablePlan(source, `this is not the JSON of a plan; ${HOW}`);
}

function isChange(value: unknown): value is ResourceChange {
  const { address, type, change } = (value ?? {}) as Record<string, unknown>;
  const { actions } = (change ?? {}) as Record<string, unknown>;
  return typeof address === "string" && typeof type === "string" && Array.isArray(actions);
}
