import type { ContainerImage } from "../../catalog";
import type { ImageSources } from "../images/image-sources";

/** Where images come from. @internal */
export interface ImageOrigin {
  readonly images: ImageSources;
  /** Path of the construct, for messages. */
  readonly at: string;
}

type Values = Readonly<Record<string, unknown>>;

/** A pinned image never changes under its tag. @internal */
export const PULL_POLICY = "IfNotPresent";

/** @throws InvalidProps IMAGE_UNREACHABLE @internal */
export function tagged(image: ContainerImage | undefined, { images, at }: ImageOrigin): Values {
  if (image === undefined) return {};
  return { repository: images.repository(image, at), tag: image.tag };
}

/** @internal */
export function digested(image: ContainerImage | undefined, origin: ImageOrigin): Values {
  return { ...tagged(image, origin), ...(image?.digest !== undefined && { digest: image.digest }) };
}

/** For charts that put the host in front of the repository themselves. @internal */
export function split(image: ContainerImage | undefined, origin: ImageOrigin): Values {
  const { repository, tag } = tagged(image, origin) as { readonly repository?: string; readonly tag?: string };
  if (repository === undefined) return {};
  const slash = repository.indexOf("/");
  return { registry: repository.slice(0, slash), repository: repository.slice(slash + 1), tag };
}
