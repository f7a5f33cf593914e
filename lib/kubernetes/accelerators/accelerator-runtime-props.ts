import type { ContainerImage } from "../../catalog";
import type { PoolProfile } from "../../contracts";
import type { ImageSources } from "../images/image-sources";
import type { KubernetesManifest } from "../manifest";
import type { KubernetesTarget } from "../target/kubernetes-target";
import type { PrePull } from "./image-cache";

export interface AcceleratorRuntimeProps {
  /** Where the objects go. */
  readonly target: KubernetesTarget;
  /** Pools of the cluster; what none of them needs is not made. */
  readonly pools: readonly PoolProfile[];
  /** Where nodes get images from. @default ImageSources.upstream() */
  readonly images?: ImageSources;
  /** Whether nodes reach more than VPC endpoints; false refuses images that those do not serve. @default true */
  readonly hasInternet?: boolean;
  /**
   * Names of pools on whose nodes an NVIDIA device plugin runs already: those with a Bottlerocket NVIDIA image
   * (`NVIDIA_DEVICE_PLUGIN_IN_IMAGE` of the catalog), or under the GPU operator. They get no second one. @default - none
   */
  readonly builtInDevicePluginPools?: readonly string[];
  /** Namespace of all objects. It must let pods have host paths. @default "kube-system" */
  readonly namespace?: string;
  /**
   * Runtime class of the pods that look at NVIDIA GPUs, where nodes do not hand GPUs over by their default runtime.
   * @default - the nodes' default runtime, as EKS' images set it up
   */
  readonly runtimeClassName?: string;
  /** EFA device plugin, if not that of the catalog; its tag is the plugin's version. @default CONTAINER_IMAGES.efaDevicePlugin */
  readonly efaDevicePlugin?: ContainerImage;
  /**
   * Whether the EFA device plugin runs privileged on all nodes, as in its makers' chart.
   * @default false: on nodes with Neuron devices only, which it cannot look at otherwise
   */
  readonly privilegedEfaDevicePlugin?: boolean;
  /** Whether metrics of NVIDIA GPUs are published, by DCGM exporter. @default true */
  readonly gpuMetrics?: boolean;
  /**
   * Whether these include how busy tensor cores and memory are. Without `hostEnginePort` that gives the exporter the capability SYS_ADMIN.
   * @default false
   */
  readonly gpuProfilingMetrics?: boolean;
  /**
   * Port on which a DCGM host engine of the node listens, which the exporter then asks: two engines on a node disturb each other. The EKS
   * node monitoring agent's listens on 5555. @default - the exporter runs an engine of its own
   */
  readonly hostEnginePort?: number;
  /** Images that nodes pull when they come. @default - none */
  readonly prePull?: readonly PrePull[];
  /** Last word on each object. @default - none */
  readonly customize?: (manifest: KubernetesManifest) => KubernetesManifest;
}
