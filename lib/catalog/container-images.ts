import type { ContainerImage } from "./container-image";
import type { CatalogSource } from "./source";

/** What EKS' accelerated stacks run, as NVIDIA's recipes list it after rendering the charts of their makers. */
const AICR: CatalogSource = {
  repo: "NVIDIA/aicr",
  path: "docs/user/container-images.md",
  facts: "images and tags that the charts start",
  date: "2026",
};

/**
 * Images of the objects that the library writes itself, pinned by tag; charts bring their own. A digest stands where a source states that
 * of the multi-platform index.
 */
export const CONTAINER_IMAGES = {
  nvidiaDevicePlugin: {
    registry: "nvcr.io",
    repository: "nvidia/k8s-device-plugin",
    tag: "v0.19.3",
    source: {
      repo: "NVIDIA/k8s-device-plugin",
      commit: "v0.19.3",
      path: "deployments/static/nvidia-device-plugin.yml",
      facts: "image and tag; the first release after 0.19.0 that leaves mofed off by default (#1837)",
      date: "2026-06-17",
    },
  },
  /** EKS replicates it to its registry in each region: see `ImageSources.upstream`. The tag is the plugin's version, not its chart's. */
  efaDevicePlugin: {
    registry: "602401143452.dkr.ecr.us-west-2.amazonaws.com",
    repository: "eks/aws-efa-k8s-device-plugin",
    tag: "v0.5.20",
    source: AICR,
  },
  neuronDevicePlugin: {
    registry: "public.ecr.aws",
    repository: "neuron/neuron-device-plugin",
    tag: "2.28.27.0",
    source: {
      repo: "aws-neuron/neuron-helm-charts",
      commit: "14049c20",
      path: "charts/neuron-helm-chart/values.yaml",
      facts: "repository and tag of the device plugin",
      date: "2026",
    },
  },
  dcgmExporter: {
    registry: "nvcr.io",
    repository: "nvidia/k8s/dcgm-exporter",
    tag: "4.6.1-4.8.4-distroless",
    source: AICR,
  },
  pause: {
    registry: "registry.k8s.io",
    repository: "pause",
    tag: "3.10.1",
    source: {
      repo: "kubernetes/kubernetes",
      commit: "v1.35.4",
      path: "cmd/kubeadm/app/constants/constants.go",
      facts: "PauseVersion",
      date: "2026-04-15",
    },
  },
} as const satisfies Readonly<Record<string, ContainerImage>>;
