import { spawnSync } from "node:child_process";
import { byCluster, type RenderedManifest } from "./manifests";
import type { Finding, JudgeReport } from "./verdict";

interface PodVerdict {
  readonly index: number;
  /** Empty for a namespace. */
  readonly path: string;
  readonly level: string;
  readonly faults: readonly { readonly reason: string; readonly detail: string }[];
}

/**
 * Pod Security admission, by the API server's own code: each pod specification in any object against what its namespace enforces, and
 * against `restricted` where the namespace is not rendered or states nothing; each namespace against `restricted`. What must be allowed
 * more is a waiver. `evaluated` counts pod specifications and namespaces.
 */
export function judgeByPodSecurity(program: string, manifests: readonly RenderedManifest[]): JudgeReport {
  const reports = [...byCluster(manifests).values()].map((cluster) => judgeCluster(program, cluster));
  return {
    judge: "pod-security",
    evaluated: reports.reduce((sum, { evaluated }) => sum + evaluated, 0),
    findings: reports.flatMap(({ findings }) => findings),
  };
}

function judgeCluster(program: string, manifests: readonly RenderedManifest[]): Omit<JudgeReport, "judge"> {
  const input = JSON.stringify(manifests.map(({ object }) => object));
  const run = spawnSync(program, { input, encoding: "utf8", maxBuffer: Infinity });
  if (run.error) throw run.error;
  if (run.status !== 0) throw new Error(`the Pod Security judge gave up: ${run.stderr.trim()}`);
  const lines = run.stdout.split("\n").filter((line) => line !== "");
  const verdicts = lines.map((line) => JSON.parse(line) as PodVerdict);
  const findings = verdicts.flatMap(({ index, path, level, faults }) =>
    faults.map(({ reason, detail }): Finding => {
      const at = path === "" ? "" : `${path} (${level}): `;
      return {
        check: `pod-security/${reason}`,
        object: manifests[index]?.id ?? "",
        message: `${at}${detail || reason}`,
      };
    }),
  );
  return { evaluated: verdicts.length, findings };
}
