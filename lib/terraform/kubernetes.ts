/** The Kubernetes bindings in use, by their deep paths. */
export { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
export { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
