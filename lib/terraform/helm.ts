/** The Helm bindings in use, by their deep paths. The package is an optional peer: it is loaded with the first release. */
export { HelmProvider } from "@cdktf/provider-helm/lib/provider";
export { Release } from "@cdktf/provider-helm/lib/release";
