import { spawnSync } from "node:child_process";
import { parseAllDocuments } from "yaml";
import { RunFailed } from "../embedded/failures";
import type { ApiObject } from "./api-client";
import { KUBERNETES_VERSION, type KubernetesBinaries, Program } from "./binaries";

/** How a chart is rendered. */
export interface RenderOptions {
  readonly release: string;
  readonly namespace: string;
  /** @default - the chart's own */
  readonly values?: object;
  /** API versions that the templates see beside Kubernetes' own. @default - none */
  readonly apiVersions?: readonly string[];
  /** @default - that of the test cluster */
  readonly kubeVersion?: string;
}

/** What `renderChartText` writes, as objects. */
export function renderChart(binaries: KubernetesBinaries, chart: string, options: RenderOptions): readonly ApiObject[] {
  return readManifests(renderChartText(binaries, chart, options));
}

/**
 * What `helm template --include-crds` would print, in the order of the files' names, CRDs first.
 * @param chart folder of the chart, unpacked
 * @throws RunFailed with Helm's words
 */
export function renderChartText(
  binaries: KubernetesBinaries,
  chart: string,
  { release, namespace, values = {}, apiVersions = [], kubeVersion = KUBERNETES_VERSION }: RenderOptions,
): string {
  const flags = { chart, release, namespace, "kube-version": kubeVersion, "api-versions": apiVersions.join(",") };
  const args = Object.entries(flags).flatMap(([name, value]) => [`-${name}`, value]);
  const result = spawnSync(binaries.program(Program.HELM_RENDER), args, {
    input: JSON.stringify(values),
    encoding: "utf8",
    maxBuffer: Infinity,
  });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new RunFailed(`the chart ${chart} does not render`, [result.stderr.trim()]);
  return result.stdout;
}

/** The objects of a YAML file with any number of documents. */
export function readManifests(text: string): readonly ApiObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [problem] = document.errors ?? [];
    if (problem) throw new RunFailed(`not YAML: ${problem.message}`);
    const object = document.toJS() as ApiObject | null;
    return object === null ? [] : [object];
  });
}
