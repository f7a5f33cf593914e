import { Token } from "../../terraform/cdktf";
import type { KubernetesManifest } from "../manifest";
import { yamlSafeJson } from "./yaml-safe-json";

/** A manifest as a template of a Helm chart, with the values that it refers to. @internal */
export interface ChartTemplate {
  readonly text: string;
  /** Strings that hold tokens, by the name that the template refers to; not escaped. */
  readonly references: Readonly<Record<string, string>>;
}

/**
 * Writes a manifest as a template of a chart. A string with a token in it becomes a reference to a value, since the file is written before
 * the value is known; in all other text `{{` is kept from being read as a template.
 * @param prefix of the names of the references: unique in the chart
 * @internal
 */
export function chartTemplate(manifest: KubernetesManifest, prefix: string): ChartTemplate {
  const references: Record<string, string> = {};
  const marks: string[] = [];
  const marked = JSON.stringify(
    manifest,
    (_, value: unknown) => {
      if (typeof value !== "string" || !Token.isUnresolved(value)) return value;
      const name = `${prefix}${Object.keys(references).length}`;
      references[name] = value;
      marks.push(name);
      return `${MARK}${name}${MARK}`;
    },
    2,
  );
  const text = yamlSafeJson(marked)
    .replace(/\{\{/g, '{{ "{{" }}')
    .replace(MARKED, (_, name: string) => `{{ index .Values.references "${name}" | toJson }}`);
  return { text: `${text}\n`, references };
}

/** A character that `preparedManifest` lets nobody else write: JSON text shows it as an escape. */
const MARK = "\ud800";
const MARKED = /"\\ud800([A-Za-z0-9]+)\\ud800"/g;
