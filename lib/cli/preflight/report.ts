import { counted, type Finding, type Status, worst } from "./finding";
import type { Target } from "./stage";

/** What was found in one place. */
export interface PlaceReport {
  readonly account: string;
  readonly region: string;
  readonly stacks: readonly string[];
  readonly findings: readonly Finding[];
}

/** Everything that was found about a stage: what `--json` writes. */
export interface PreflightReport {
  readonly stage: string;
  readonly status: Status;
  readonly places: readonly PlaceReport[];
}

/** Puts together what was found. */
export function reportOf(stage: string, places: readonly PlaceReport[]): PreflightReport {
  const statuses = places.flatMap(({ findings }) => findings.map(({ status }) => status));
  return { stage, status: worst(statuses), places };
}

/** The part of a report that a place is known by. */
export function placeReport({ region, stacks }: Target, account: string, findings: readonly Finding[]): PlaceReport {
  return { account, region, stacks, findings };
}

/** What is not well stands out. */
const WORDS: Readonly<Record<Status, string>> = {
  ok: "ok",
  warning: "warning",
  trouble: "TROUBLE",
  unknown: "UNKNOWN",
};

/** The report as lines for people. */
export function describe(report: PreflightReport): string[] {
  return [...report.places.flatMap(describePlace), "", verdict(report)];
}

function describePlace({ account, region, stacks, findings }: PlaceReport): string[] {
  const rows = findings.map(({ status, check, pools }) => [WORDS[status], check, pools.join(", ") || "-"] as const);
  const head = ["Status", "Check", "Pools"] as const;
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], text: string) =>
    `${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}  ${text}`;
  const indent = line(["", "", ""], "");
  return [
    `${stacks.join(", ")}: account ${account}, ${region}`,
    line(head, "Found"),
    ...rows.flatMap((row, index) => {
      const { message = "", remedy } = findings[index] ?? {};
      return [line(row, message), ...(remedy === undefined ? [] : [`${indent}remedy: ${remedy}`])];
    }),
  ];
}

function verdict({ stage, status, places }: PreflightReport): string {
  const findings = places.flatMap((place) => place.findings);
  const count = (wanted: Status) => findings.filter((finding) => finding.status === wanted).length;
  const parts = [
    counted(findings.length, "check"),
    `${count("trouble")} trouble`,
    counted(count("warning"), "warning"),
    `${count("unknown")} unknown`,
  ];
  const words: Readonly<Record<Status, string>> = {
    ok: "nothing stands in the way",
    warning: "nothing stands in the way for certain",
    trouble: "a deploy will fail, or its nodes will not start",
    unknown: "not everything could be judged",
  };
  return `${stage}: ${words[status]} (${parts.join(", ")})`;
}
