/** The judges, as the checks of findings and waivers begin. */
export type JudgeName = "checkov" | "kube-score" | "schema" | "pod-security";

/** Something that a judge does not like about an object. */
export interface Finding {
  /** Judge and its own name of the check: "checkov/CKV_K8S_16", "pod-security/hostPath volumes". */
  readonly check: string;
  /** As `RenderedManifest.id`. */
  readonly object: string;
  readonly message: string;
}

/** What one judge found. */
export interface JudgeReport {
  readonly judge: JudgeName;
  /** Checks, objects or pods that it looked at, as the judge counts. */
  readonly evaluated: number;
  readonly findings: readonly Finding[];
}

/** Findings that are lived with. */
export interface Waiver {
  readonly check: string;
  /** Patterns of object ids; "*" stands for any text. Each must cover a finding. */
  readonly objects: readonly string[];
  readonly reason: string;
}

export interface Verdict {
  /** What is wrong, in sentences; empty when all is accepted. */
  readonly problems: readonly string[];
  readonly waived: number;
}

const LEAST_REASON = 20;

/**
 * Accepts reports whose findings are all waived, with waivers that are all used and explained, from judges that looked at enough: one that
 * could not read its input finds nothing too.
 * @param least fewest things that a judge must have looked at
 */
export function weigh(
  reports: readonly JudgeReport[],
  waivers: readonly Waiver[],
  least: Readonly<Record<JudgeName, number>>,
): Verdict {
  const findings = reports.flatMap((report) => report.findings);
  const covers = ({ check, objects }: Waiver, finding: Finding) =>
    check === finding.check && objects.some((pattern) => matches(pattern, finding.object));
  const open = findings.filter((finding) => !waivers.some((waiver) => covers(waiver, finding)));
  const unused = waivers.flatMap((waiver) =>
    waiver.objects
      .filter((pattern) => !findings.some((finding) => covers({ ...waiver, objects: [pattern] }, finding)))
      .map((pattern) => `waiver of ${waiver.check} on ${pattern} covers no finding: remove it`),
  );
  const unexplained = waivers.filter(({ reason }) => reason.trim().length < LEAST_REASON);
  const blind = reports.filter(({ judge, evaluated }) => evaluated < least[judge]);
  return {
    waived: findings.length - open.length,
    problems: [
      ...open.map(({ check, object, message }) => `${check} ${object}: ${message}`),
      ...unused,
      ...unexplained.map(({ check }) => `waiver of ${check} gives no reason`),
      ...blind.map(({ judge, evaluated }) => `${judge} looked at ${evaluated}, expected at least ${least[judge]}`),
    ],
  };
}

function matches(pattern: string, text: string): boolean {
  const escaped = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`).test(text);
}
