import { CONTAINER_IMAGES, type ContainerImage, HELM_CHARTS, type HelmChart } from "../../catalog";
import { ImageSources } from "./image-sources";

/** An image in the makers' registry, and who starts it. */
export interface ImageListEntry {
  /** "registry/repository:tag", with the digest where it is known. */
  readonly reference: string;
  /** Charts by name, and "aidc" for objects that the library writes itself; sorted. */
  readonly usedBy: readonly string[];
}

/** Every image that the library starts, by itself or through charts: each once, sorted by reference. */
export function allImages(): readonly ContainerImage[] {
  return usedImages().map(({ image }) => image);
}

/** Every chart that the library installs, sorted by name. */
export function allCharts(): readonly HelmChart[] {
  return Object.values<HelmChart>(HELM_CHARTS).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Every image with its users, as `npx aidc images list` prints it.
 * @param sources where the references shall point to; it must have all of them @default ImageSources.upstream()
 * @throws InvalidProps IMAGE_UNREACHABLE
 */
export function imageList(sources: ImageSources = ImageSources.upstream()): readonly ImageListEntry[] {
  return usedImages().map(({ image, usedBy }) => ({ reference: sources.reference(image, "imageList"), usedBy }));
}

interface UsedImage {
  readonly image: ContainerImage;
  readonly usedBy: readonly string[];
}

function usedImages(): readonly UsedImage[] {
  const upstream = ImageSources.upstream();
  const byReference = new Map<string, { readonly image: ContainerImage; readonly usedBy: Set<string> }>();
  const add = (image: ContainerImage, user: string) => {
    const reference = upstream.reference(image, "images");
    const known = byReference.get(reference) ?? { image, usedBy: new Set<string>() };
    byReference.set(reference, known);
    known.usedBy.add(user);
  };
  for (const image of Object.values<ContainerImage>(CONTAINER_IMAGES)) add(image, "aidc");
  for (const chart of allCharts()) for (const image of chart.images) add(image, chart.name);
  const sorted = [...byReference].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, { image, usedBy }]) => ({ image, usedBy: [...usedBy].sort() }));
}
