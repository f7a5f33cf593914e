import type { ContainerImage, HelmChart } from "../../catalog";
import { allCharts, allImages } from "./image-list";
import { ImagePreparation, ImageSources } from "./image-sources";

/** Programs that copy between registries with all platforms, so that digests stay what they are. */
export enum MirrorTool {
  /** Source: containers/skopeo `docs/skopeo-copy.1.md`, 2026. */
  SKOPEO = "skopeo",
  /** Source: google/go-containerregistry v0.20.6 `cmd/crane/doc`, 2026. */
  CRANE = "crane",
}

const AT = "mirrorCommands";

/**
 * Shell commands that make every image and chart available where a stage looks for it. Registries are logged in to beforehand, and a
 * mirror's repositories exist where it does not make them at the first push (in ECR: by a repository creation template).
 *
 * - A mirror gets copies. Charts that their makers publish over HTTPS are loaded into the working folder and pushed, both by Helm.
 * - A pull-through cache is filled by pulling each image once, from a place with a way out.
 * - The makers' registries need nothing.
 *
 * @throws InvalidProps IMAGE_UNREACHABLE for images that the source cannot have
 */
export function mirrorCommands(sources: ImageSources, tool: MirrorTool): readonly string[] {
  const images = allImages().flatMap((image) => imageCommands(image, sources, tool));
  const charts = allCharts().flatMap((chart) => chartCommands(chart, sources, tool));
  return [...images, ...charts];
}

function imageCommands(image: ContainerImage, sources: ImageSources, tool: MirrorTool): readonly string[] {
  const target = `${sources.repository(image, AT)}:${image.tag}`;
  switch (sources.preparationOf(image)) {
    case ImagePreparation.NONE:
      return [];
    case ImagePreparation.PULL_ONCE:
      return [pullCommand(target, tool)];
    case ImagePreparation.COPY:
      return [copyCommand(copySource(image), target, tool)];
  }
}

/** Neither program takes a tag beside a digest. Source: podman-container-tools/skopeo #2745, 2025-11. */
function copySource(image: ContainerImage): string {
  const repository = ImageSources.upstream().repository(image, AT);
  return image.digest === undefined ? `${repository}:${image.tag}` : `${repository}@${image.digest}`;
}

function copyCommand(from: string, to: string, tool: MirrorTool): string {
  return tool === MirrorTool.SKOPEO
    ? `skopeo copy --all --preserve-digests docker://${from} docker://${to}`
    : `crane copy ${from} ${to}`;
}

/** Reads every layer of every platform: that is what makes the cache fetch them. */
function pullCommand(reference: string, tool: MirrorTool): string {
  return tool === MirrorTool.SKOPEO
    ? `skopeo copy --all docker://${reference} dir:"$(mktemp -d)"`
    : `crane validate --remote ${reference}`;
}

function chartCommands(chart: HelmChart, sources: ImageSources, tool: MirrorTool): readonly string[] {
  const { name, repository, version } = chart;
  const target = sources.chartRepository(chart);
  if (target === repository) return [];
  if (repository.startsWith("oci://")) {
    const [from, to] = [repository, target].map((place) => `${place.slice("oci://".length)}/${name}:${version}`);
    return [copyCommand(from ?? "", to ?? "", tool)];
  }
  return [`helm pull ${name} --repo ${repository} --version ${version}`, `helm push ${name}-${version}.tgz ${target}`];
}
