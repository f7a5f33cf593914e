import type { CatalogSource } from "./source";

/** A container image, pinned. Its reference is `registry/repository:tag`, or with the digest where it is known. */
export interface ContainerImage {
  /** Host, such as "public.ecr.aws". */
  readonly registry: string;
  /** Path in the registry, such as "eks/aws-efa-k8s-device-plugin". */
  readonly repository: string;
  readonly tag: string;
  /** "sha256:…" of the multi-platform index. @default - not known: the tag pins it */
  readonly digest?: string;
  readonly source: CatalogSource;
}

/** A Helm chart, pinned, with the images that it starts. */
export interface HelmChart {
  readonly name: string;
  /** "oci://host/path" or "https://host/path", as its makers publish it. */
  readonly repository: string;
  readonly version: string;
  /** Images that the chart starts with our values. */
  readonly images: readonly ContainerImage[];
  readonly source: CatalogSource;
}
