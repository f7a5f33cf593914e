import { spawnSync } from "node:child_process";
import { join, relative, sep } from "node:path";
import { byCluster, type RenderedManifest } from "./manifests";
import type { Finding, JudgeReport } from "./verdict";

/** Grades of kube-score: 1 critical, 5 warning, 7 almost, 10 all right. */
const WARNING = 5;

interface ScoredObject {
  readonly file_name: string;
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly path: string; readonly summary: string }[] | null;
  }[];
}

/**
 * kube-score's checks, cluster by cluster, since some look from object to object. `evaluated` counts checks.
 * @param version of Kubernetes, such as "1.35"
 */
export function judgeByKubeScore(
  program: string,
  root: string,
  manifests: readonly RenderedManifest[],
  version: string,
): JudgeReport {
  const reports = [...byCluster(manifests).values()].map((cluster) => scoreCluster(program, root, cluster, version));
  return {
    judge: "kube-score",
    evaluated: reports.reduce((sum, { evaluated }) => sum + evaluated, 0),
    findings: reports.flatMap(({ findings }) => findings),
  };
}

function scoreCluster(
  program: string,
  root: string,
  manifests: readonly RenderedManifest[],
  version: string,
): Omit<JudgeReport, "judge"> {
  const options = [
    ...["--kubernetes-version", `v${version}`, "--output-format", "json"],
    ...["--enable-optional-test", "container-seccomp-profile"],
    // A decision to live with something is written down where all of them are, and not in the object.
    "--disable-ignore-checks-annotations",
  ];
  const files = manifests.map(({ file }) => join(root, file));
  const run = spawnSync(program, ["score", ...options, ...files], { encoding: "utf8", maxBuffer: Infinity });
  let scored: readonly ScoredObject[] | null;
  try {
    scored = JSON.parse(run.stdout) as readonly ScoredObject[] | null;
  } catch {
    throw new Error(`kube-score wrote no report (exit ${run.status}): ${run.stderr.slice(-2000)}`);
  }
  const idOf = new Map(manifests.map(({ file, id }) => [file, id]));
  const checks = (scored ?? []).flatMap(({ file_name, checks: all }) => {
    const file = relative(root, file_name).replaceAll(sep, "/");
    return all.filter(({ skipped }) => !skipped).map((check) => ({ ...check, object: idOf.get(file) ?? file }));
  });
  const findings = checks
    .filter(({ grade }) => grade <= WARNING)
    .map(({ check, comments, object }): Finding => {
      const said = (comments ?? []).map(({ path, summary }) => (path === "" ? summary : `${path}: ${summary}`));
      return { check: `kube-score/${check.id}`, object, message: said.join("; ") };
    });
  // It goes through its checks in no order.
  findings.sort((a, b) => (`${a.object} ${a.check}` < `${b.object} ${b.check}` ? -1 : 1));
  return { evaluated: checks.length, findings };
}
