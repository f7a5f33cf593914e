import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RUN_LABEL } from "cdktf-ai-datacenter/training";
import { parse } from "yaml";
import { type StageConfig, stages } from "../../stacks/config";
import { renderStages } from "../../stacks/render";
import type { ApiClient, ApiObject } from "../../tools/kubernetes/api-client";
import { type KubernetesBinaries, OperatorChart } from "../../tools/kubernetes/binaries";
import { renderChart } from "../../tools/kubernetes/helm";
import { installCrds } from "../../tools/kubernetes/installation";

export const prod = stages.find(({ name }) => name === "prod") as StageConfig;

/** The charts whose CRDs the reference stages write objects of. */
const CHARTS = [OperatorChart.KARPENTER_CRD, OperatorChart.KUEUE, OperatorChart.JOBSET];

/** Installs the CRDs that the operators of the reference stages bring, from their charts. */
export async function installOperatorCrds(client: ApiClient, binaries: KubernetesBinaries): Promise<void> {
  const rendered = CHARTS.flatMap((chart) =>
    renderChart(binaries, binaries.chart(chart), { release: chart, namespace: "kube-system" }),
  );
  const crds = rendered.filter(({ kind }) => kind === "CustomResourceDefinition");
  // Conversion between versions is a webhook of the operator, which does not run here; objects are written in the stored version.
  await installCrds(
    client,
    crds.map((crd) => ({ ...crd, spec: { ...(crd.spec as object), conversion: { strategy: "None" } } })),
  );
}

/** Whether an object belongs to a training run: most tests are about what stands before the first one. */
export function isOfRun({ metadata }: ApiObject): boolean {
  return metadata.labels?.[RUN_LABEL] !== undefined;
}

/** Objects of the stages as `npm run -s render` writes them, namespaces first. */
export function renderedObjects(configs: readonly StageConfig[] = stages): readonly ApiObject[] {
  const folder = mkdtempSync(join(tmpdir(), "aidc-live-"));
  try {
    renderStages(folder, configs);
    const manifests = join(folder, "manifests");
    const objects = readdirSync(manifests).flatMap((stack) =>
      readdirSync(join(manifests, stack))
        .filter((name) => name.endsWith(".yaml"))
        .map((name) => parse(readFileSync(join(manifests, stack, name), "utf8")) as ApiObject),
    );
    return [...objects].sort((a, b) => Number(b.kind === "Namespace") - Number(a.kind === "Namespace"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
