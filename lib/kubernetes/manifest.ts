/** Metadata of a manifest; names and keys as Kubernetes allows them. */
export interface ManifestMetadata {
  readonly name: string;
  /** @default - the object belongs to no namespace */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * A Kubernetes object as plain data, made by pure functions ("producers"). Strings are as Kubernetes shall see them, or hold tokens of the
 * framework for identifiers that are known only after apply; renderers escape them, once. Quantities are written in canonical form (`2`,
 * not `2000m`; `1Gi`, not `1024Mi`), so that what the API server gives back is what was written. Members that are `undefined` are left out.
 */
export interface KubernetesManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ManifestMetadata;
  readonly [field: string]: unknown;
}

/** Group of an API version: "apps" of "apps/v1"; "" for the core API. */
export function apiGroupOf({ apiVersion }: Pick<KubernetesManifest, "apiVersion">): string {
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}

/** What an object is called among all objects of a cluster: "apps/Deployment kube-system/coredns". */
export function manifestKey({ apiVersion, kind, metadata }: KubernetesManifest): string {
  const group = apiGroupOf({ apiVersion });
  const name = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
  return `${group === "" ? kind : `${group}/${kind}`} ${name}`;
}
