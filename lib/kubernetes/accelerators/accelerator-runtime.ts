import type { ContainerImage } from "../../catalog";
import { safeId } from "../../core";
import { Construct } from "../../terraform/cdktf";
import type { PlacedObject } from "../target/renderer";
import type { AcceleratorRuntimeProps } from "./accelerator-runtime-props";
import { resolveAcceleratorRuntime } from "./resolve-accelerator-runtime";

/**
 * What makes accelerators usable on a cluster: device plugins for NVIDIA GPUs, Neuron devices and EFA, metrics of GPUs, and image caches.
 * Each runs on the nodes of those pools alone that need it, and tolerates their taints and no others. Health of nodes is watched by the
 * EKS node monitoring agent, an add-on of the cluster: `NODE_HEALTH_CONDITIONS` lists what it tells.
 */
export class AcceleratorRuntime extends Construct {
  /** Images of the library that run on the nodes. */
  public readonly images: readonly ContainerImage[];
  /** For `after` of what needs accelerators. */
  public readonly placed: readonly PlacedObject[];

  /** @throws InvalidProps ACCELERATOR_POOL_UNKNOWN, PLUGIN_TOO_OLD, EFA_UNSUPPORTED, IMAGE_UNPINNED, IMAGE_UNREACHABLE */
  public constructor(scope: Construct, id: string, props: AcceleratorRuntimeProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const { target } = props;
    const { manifests, images } = resolveAcceleratorRuntime(props, target.has("monitoring.coreos.com"), this.node.path);
    this.images = images;
    this.placed = target.placeAll(this, manifests);
  }
}
