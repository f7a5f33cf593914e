/** One line of `terraform plan -json` or `apply -json`, as far as it is used here. */
export interface TerraformEvent {
  readonly type?: string;
  readonly change?: { readonly resource?: Resource; readonly action?: string };
  readonly changes?: { readonly operation?: string; readonly add?: number; readonly change?: number; readonly remove?: number };
  readonly hook?: { readonly resource?: Resource; readonly action?: string };
  readonly outputs?: Readonly<Record<string, { readonly sensitive?: boolean; readonly action?: string; readonly value?: unknown }>>;
  readonly diagnostic?: Diagnostic;
}

interface Resource {
  readonly addr?: string;
}

interface Diagnostic {
  readonly severity?: string;
  readonly summary?: string;
  readonly detail?: string;
  readonly address?: string;
}

/** Folds the events of one Terraform command into what people want to know of it. */
export class PlanSummary {
  /** Resources to create, change and remove; one that is replaced counts twice, as it is worked on twice. */
  public planned = 0;
  /** Changes that are made. */
  public done = 0;
  /** What differs: addresses with the planned action ("aws_vpc.main: update"), and outputs that would come out otherwise. */
  public readonly changes: string[] = [];
  /** Outputs of an apply; sensitive ones are named only. */
  public readonly outputs: Record<string, string> = {};
  /** Errors, ready to print. */
  public readonly errors: string[] = [];
  private readonly pending = new Set<string>();

  /** Takes one line of output; lines that are no events are left to the log. */
  public add(line: string): void {
    const event = parse(line);
    if (event.type === "planned_change") this.addChange(event.change?.resource?.addr, event.change?.action);
    if (event.type === "outputs") this.addOutputs(event.outputs ?? {});
    if (event.type === "diagnostic" && event.diagnostic?.severity === "error") this.errors.push(readable(event.diagnostic));
    if (event.type === "change_summary") this.addTotals(event.changes ?? {});
    this.follow(event);
  }

  /** Resources that are being worked on now. */
  public get underway(): readonly string[] {
    return [...this.pending];
  }

  private addChange(address = "?", action = "?"): void {
    // An apply repeats the changes of its plan; "read" is a data source that waits for something to be created.
    if (action === "read" || action === "noop") return;
    const change = `${address}: ${action}`;
    if (!this.changes.includes(change)) this.changes.push(change);
  }

  private addTotals({ operation, add = 0, change = 0, remove = 0 }: NonNullable<TerraformEvent["changes"]>): void {
    if (operation === "plan") this.planned += add + change + remove;
  }

  private addOutputs(outputs: NonNullable<TerraformEvent["outputs"]>): void {
    for (const [name, { sensitive, action, value }] of Object.entries(outputs)) {
      if (action !== undefined && action !== "noop") {
        this.changes.push(`output ${name}: ${action}`);
      }
      if (value !== undefined || sensitive) this.outputs[name] = sensitive ? "(sensitive)" : asText(value);
    }
  }

  private follow({ type, hook }: TerraformEvent): void {
    const address = hook?.resource?.addr;
    if (address === undefined || hook?.action === "read") return;
    if (type === "apply_start") this.pending.add(address);
    if (type === "apply_complete" || type === "apply_errored") this.pending.delete(address);
    if (type === "apply_complete") this.done += 1;
  }
}

/** A diagnostic as Terraform shows it: address, summary, detail. */
function readable({ summary = "", detail = "", address }: Diagnostic): string {
  const head = address === undefined ? summary : `${address}: ${summary}`;
  return detail === "" ? head : `${head}\n${detail.replace(/^/gm, "  ")}`;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function parse(line: string): TerraformEvent {
  if (!line.startsWith("{")) return {};
  try {
    return JSON.parse(line) as TerraformEvent;
  } catch {
    return {};
  }
}
