import { stringify } from "yaml";
import { type KubernetesManifest, manifestKey } from "../manifest";

/** "apps/Deployment kube-system/coredns" lies in "apps-deployment_kube-system_coredns.yaml". @internal */
export function fileNameOf(manifest: KubernetesManifest): string {
  const words = manifestKey(manifest).split(/[ ]|\/(?=[^ ]*$)/);
  return `${words
    .join("_")
    .toLowerCase()
    .replaceAll("/", "-")
    .replace(/[^a-z0-9._-]/g, "-")}.yaml`;
}

/** A manifest or any other data as YAML that readers of version 1.1 and 1.2 understand alike. @internal */
export function yamlOf(value: unknown): string {
  // Kubernetes reads by the rules of 1.1, where a bare `on` is true; long lines are not folded, since people search in them.
  return stringify(value, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false });
}

const FIRST = ["apiVersion", "kind", "metadata"];

/** The members of a manifest in an order that does not depend on who wrote them. @internal */
export function ordered(manifest: KubernetesManifest): Readonly<Record<string, unknown>> {
  const rest = Object.keys(manifest).filter((key) => !FIRST.includes(key));
  const keys = [...FIRST, ...rest.sort()];
  return Object.fromEntries(keys.map((key) => [key, sorted(manifest[key])]));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, sorted(member)]));
}
