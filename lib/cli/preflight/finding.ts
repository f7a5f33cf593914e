/** How a check went; "unknown" where AWS did not answer, so that nothing is judged. */
export type Status = "ok" | "warning" | "trouble" | "unknown";

export type CheckName = "identity" | "offering" | "quota" | "reservation" | "block";

/** What one check found. */
export interface Finding {
  readonly check: CheckName;
  /** Pools that it is about; empty where it is about the account. */
  readonly pools: readonly string[];
  readonly status: Status;
  /** One sentence, with the numbers that it rests on. */
  readonly message: string;
  /** What to do about it. @default - nothing is to be done */
  readonly remedy?: string;
  /** The numbers again, for programs. @default - there are none */
  readonly figures?: Readonly<Record<string, number>>;
}

const SEVERITY: readonly Status[] = ["ok", "warning", "unknown", "trouble"];

/** The gravest of some statuses; what is sure to fail weighs more than what is not known. */
export function worst(statuses: readonly Status[]): Status {
  return SEVERITY[Math.max(0, ...statuses.map((status) => SEVERITY.indexOf(status)))] ?? "ok";
}

/** "1 node", "2 nodes". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
