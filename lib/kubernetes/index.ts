export {
  eksConnection,
  type EksConnectionProps,
  kubeconfigConnection,
  type KubeconfigConnectionProps,
} from "./cluster-connection";
export type { HelmRelease } from "./helm-release";
export { apiGroupOf, type KubernetesManifest, manifestKey, type ManifestMetadata } from "./manifest";
export { Renderers } from "./renderers";
export type { ChartOptions } from "./target/chart-renderer";
export type { FilesOptions } from "./target/files-renderer";
export { KubernetesTarget, type KubernetesTargetProps, type PlaceOptions } from "./target/kubernetes-target";
export { type PlacedObject, Renderer } from "./target/renderer";
export { AcceleratorRuntime } from "./accelerators/accelerator-runtime";
export type { AcceleratorRuntimeProps } from "./accelerators/accelerator-runtime-props";
export { GPU_COUNTERS, type GpuCounter } from "./accelerators/gpu-counters";
export type { PrePull } from "./accelerators/image-cache";
export { FATAL_XID_ERRORS, NODE_HEALTH_CONDITIONS, type NodeHealthCondition } from "./accelerators/node-health";
export { allCharts, allImages, imageList, type ImageListEntry } from "./images/image-list";
export {
  ImagePreparation,
  ImageSources,
  type PullThroughCacheOptions,
  type Reachability,
  type UpstreamOptions,
} from "./images/image-sources";
export { mirrorCommands, MirrorTool } from "./images/mirror-commands";
