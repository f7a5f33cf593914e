/** A finding of checkov: a check that failed on a resource of a file. */
export interface Finding {
  readonly check_id: string;
  readonly check_name: string;
  /** `/prod-data/cdk.tf.json` */
  readonly file_path: string;
  /** Address, such as `aws_s3_bucket.Datasets_0030EE04`. */
  readonly resource: string;
}

/** The part of checkov's JSON report that is read here. */
export interface CheckovReport {
  readonly results: { readonly passed_checks: readonly Finding[]; readonly failed_checks: readonly Finding[] };
  readonly summary: { readonly parsing_errors: number };
}

/** A finding that is lived with. */
export interface Waiver {
  readonly check: string;
  /** Patterns of `<stack>/<address>`; "*" stands for any text. */
  readonly resources: readonly string[];
  readonly reason: string;
}

/** What is wrong, in sentences; empty when the report is accepted. */
export interface Judgement {
  readonly problems: readonly string[];
  readonly waived: number;
  /** Checks evaluated on the stacks whose folder starts with the prefix. */
  readonly evaluated: number;
}

/**
 * Accepts a report whose findings are all waived, whose waivers are all used, and that has looked at enough: a scanner that could
 * not read its input finds nothing too.
 * @param prefix folder prefix of the stacks whose evaluated checks are counted
 * @param least fewest evaluated checks on those stacks
 */
export function judge(report: CheckovReport, waivers: readonly Waiver[], prefix: string, least: number): Judgement {
  const { passed_checks, failed_checks } = report.results;
  const covers = (waiver: Waiver, finding: Finding) =>
    waiver.check === finding.check_id && waiver.resources.some((pattern) => matches(pattern, place(finding)));
  const open = failed_checks.filter((finding) => !waivers.some((waiver) => covers(waiver, finding)));
  const unused = waivers.filter((waiver) => !failed_checks.some((finding) => covers(waiver, finding)));
  const unexplained = waivers.filter(({ reason }) => reason.trim().length < 20);
  const evaluated = [...passed_checks, ...failed_checks].filter(({ file_path }) =>
    file_path.startsWith(`/${prefix}`),
  ).length;
  return {
    evaluated,
    waived: failed_checks.length - open.length,
    problems: [
      ...open.map((f) => `${f.check_id} ${f.file_path} ${f.resource}: ${f.check_name}`),
      ...unused.map(
        ({ check, resources }) => `waiver of ${check} on ${resources.join(", ")} covers no finding: remove it`,
      ),
      ...unexplained.map(({ check }) => `waiver of ${check} gives no reason`),
      ...(report.summary.parsing_errors > 0 ? [`${report.summary.parsing_errors} files could not be parsed`] : []),
      ...(evaluated < least
        ? [`only ${evaluated} checks were evaluated on ${prefix}*, expected at least ${least}`]
        : []),
    ],
  };
}

/** `/prod-data/cdk.tf.json` and its resource as `prod-data/aws_s3_bucket.Datasets_0030EE04`. */
function place({ file_path, resource }: Finding): string {
  return `${file_path.split("/")[1]}/${resource}`;
}

function matches(pattern: string, text: string): boolean {
  const escaped = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`).test(text);
}
