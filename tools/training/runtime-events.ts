/** A line of the runtime's log that says something to people. */
export interface RuntimeEvent {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The event of a line that a run wrote, or undefined where it wrote something else. */
export function eventOf(line: string): RuntimeEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const { message, fields = {} } = JSON.parse(line) as Partial<RuntimeEvent>;
    return message === undefined ? undefined : { message, fields };
  } catch {
    return undefined;
  }
}

/** What became of the run so far, told by its own events. */
export class RunStory {
  /** Last step that was told of. */
  public step = 0;
  public loss: number | undefined;
  /** Step of the newest checkpoint that is whole. */
  public committed: number | undefined;
  /** Step after which the run went on when it was started again. */
  public resumedAt: number | undefined;
  /** Steps that were done again. */
  public lostSteps: number | undefined;
  /** Times that the processes were started again. */
  public restarts = 0;
  /** The report for people, of labels and of entities. */
  public report: string | undefined;
  /** How it ended, in the runtime's words. */
  public end: string | undefined;
  /** Whether an earlier start had finished it. */
  public wasComplete = false;

  public add(line: string): void {
    if (/^aidc-run: run \S+ is complete already/.test(line)) this.wasComplete = true;
    const event = eventOf(line);
    if (event !== undefined) this.take(event);
  }

  private take({ message, fields }: RuntimeEvent): void {
    const number = (name: string) => (typeof fields[name] === "number" ? fields[name] : undefined);
    if (message === "step") {
      this.step = number("step") ?? this.step;
      this.loss = number("loss");
    } else if (message === "checkpoint committed") this.committed = number("step");
    else if (message === "restart") {
      this.restarts += 1;
      this.resumedAt = undefined;
    } else if (message === "resumed") {
      this.resumedAt = this.step = number("step") ?? 0;
      this.lostSteps = number("lost_steps");
    } else if (message === "report") this.report = String(fields.text);
    else if (message === "ended") this.end = `${String(fields.reason)}: ${String(fields.why)}`;
  }
}
