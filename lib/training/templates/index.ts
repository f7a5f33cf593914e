import type { KubernetesManifest } from "../../kubernetes";
import { ordered, yamlOf } from "../../kubernetes/target/manifest-file";

export { JobOverride, type JobTemplateDocument } from "./document";
export { type JobFile, parseJobFile, resolveJobFile } from "./job-file";
export { JobTemplate, type JobTemplateProps, resolveJobTemplate } from "./job-template";

/** Manifests as one YAML text. */
export function manifestsText(manifests: readonly KubernetesManifest[]): string {
  const plain = JSON.parse(JSON.stringify(manifests)) as readonly KubernetesManifest[];
  return plain.map((manifest) => `---\n${yamlOf(ordered(manifest))}`).join("");
}
