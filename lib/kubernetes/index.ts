export type { HelmRelease } from "./helm-release";
export { apiGroupOf, type KubernetesManifest, manifestKey, type ManifestMetadata } from "./manifest";
export { KubernetesTarget, type PlacedObject, type PlaceOptions } from "./target/kubernetes-target";
