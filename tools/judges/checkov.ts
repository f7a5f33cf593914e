import { spawnSync } from "node:child_process";
import type { Finding, JudgeReport } from "./verdict";
import type { RenderedManifest } from "./manifests";

interface CheckovFinding {
  readonly check_id: string;
  readonly check_name: string;
  /** "/prod-platform/daemonset-agent.yaml" */
  readonly file_path: string;
}

interface CheckovReport {
  readonly results: Readonly<Record<"passed_checks" | "failed_checks" | "skipped_checks", readonly CheckovFinding[]>>;
  readonly summary: { readonly parsing_errors: number };
}

/** checkov's Kubernetes checks. `evaluated` counts checks. */
export function judgeByCheckov(checkov: string, root: string, manifests: readonly RenderedManifest[]): JudgeReport {
  const options = ["--framework", "kubernetes", "--output", "json", "--compact", "--skip-download"];
  const run = spawnSync(checkov, ["--directory", root, ...options], { encoding: "utf8", maxBuffer: Infinity });
  let report: CheckovReport;
  try {
    report = JSON.parse(run.stdout) as CheckovReport;
  } catch {
    throw new Error(`checkov wrote no report (exit ${run.status}): ${run.stderr.slice(-2000)}`);
  }
  if (report.summary.parsing_errors > 0)
    throw new Error(`checkov could not parse ${report.summary.parsing_errors} files`);
  const idOf = new Map(manifests.map(({ file, id }) => [`/${file}`, id]));
  const { passed_checks, failed_checks, skipped_checks } = report.results;
  const finding = ({ check_id, check_name, file_path }: CheckovFinding, why: string): Finding => ({
    check: `checkov/${check_id}`,
    object: idOf.get(file_path) ?? file_path,
    message: `${check_name}${why}`,
  });
  return {
    judge: "checkov",
    evaluated: passed_checks.length + failed_checks.length + skipped_checks.length,
    findings: [
      ...failed_checks.map((failed) => finding(failed, "")),
      // A decision to live with something is written down where all of them are, and not in the object.
      ...skipped_checks.map((skipped) => finding(skipped, " (skipped by an annotation)")),
    ],
  };
}
