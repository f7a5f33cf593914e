import { apiGroupOf, type KubernetesManifest } from "../manifest";

/** What the provider takes for computed when nothing is said: controllers and admission add to both. */
const ALWAYS = ["metadata.annotations", "metadata.labels"];

/**
 * Fields that an API server or a controller fills in or writes in its own way, by group and kind: to the provider `kubernetes_manifest` a
 * value that comes back different is an error unless its field is listed. Derived by `test/kubernetes-live`, which applies what the library
 * makes to a real API server, reads it back and compares.
 */
export const COMPUTED_FIELDS: Readonly<Record<string, readonly string[]>> = {};

/** The fields that the provider must not compare; `undefined` where its own default says it all. @internal */
export function computedFieldsOf(manifest: KubernetesManifest): string[] | undefined {
  const group = apiGroupOf(manifest);
  const fields = COMPUTED_FIELDS[group === "" ? manifest.kind : `${group}/${manifest.kind}`];
  return fields === undefined ? undefined : [...ALWAYS, ...fields];
}
