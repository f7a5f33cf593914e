import { counted } from "../preflight/finding";

/** How a check went; "skipped" where an earlier trouble left nothing to ask. */
export type DoctorStatus = "ok" | "info" | "warning" | "trouble" | "skipped";

export type DoctorCheck = "tool" | "credentials" | "role" | "account" | "cluster" | "api" | "access";

/** What one check found. Nothing secret is in it. */
export interface DoctorFinding {
  readonly check: DoctorCheck;
  /** What it is about: a program, a region, a role, a cluster. */
  readonly about: string;
  readonly status: DoctorStatus;
  readonly message: string;
  /** What to do about it. @default - nothing is to be done */
  readonly remedy?: string;
}

/** Everything that was found about a stage: what `--json` writes. */
export interface DoctorReport {
  readonly stage: string;
  /** "trouble" if anything is in the way, "ok" otherwise. */
  readonly status: "ok" | "trouble";
  readonly findings: readonly DoctorFinding[];
}

/** Puts together what was found. */
export function doctorReport(stage: string, findings: readonly DoctorFinding[]): DoctorReport {
  return { stage, status: findings.some(({ status }) => status === "trouble") ? "trouble" : "ok", findings };
}

/** The report as lines for people. */
export function describeReport({ stage, status, findings }: DoctorReport): string[] {
  const head = ["Status", "Check", "Of"] as const;
  const rows = findings.map((finding) => [wordOf(finding.status), finding.check, finding.about] as const);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], text: string) =>
    `${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}  ${text}`;
  const indent = line(["", "", ""], "");
  const body = rows.flatMap((row, index) => {
    const { message = "", remedy } = findings[index] ?? {};
    return [line(row, message), ...(remedy === undefined ? [] : [`${indent}remedy: ${remedy}`])];
  });
  return [line(head, "Found"), ...body, "", `${stage}: ${verdict(status, findings)}`];
}

/** What is not well stands out. */
function wordOf(status: DoctorStatus): string {
  return status === "trouble" ? "TROUBLE" : status;
}

function verdict(status: DoctorReport["status"], findings: readonly DoctorFinding[]): string {
  const count = (wanted: DoctorStatus) => findings.filter((finding) => finding.status === wanted).length;
  const counts = [
    counted(findings.length, "check"),
    `${count("trouble")} trouble`,
    counted(count("warning"), "warning"),
    `${count("skipped")} skipped`,
  ].join(", ");
  return `${status === "ok" ? "this machine can deploy it" : "this machine cannot deploy it as it is"} (${counts})`;
}
