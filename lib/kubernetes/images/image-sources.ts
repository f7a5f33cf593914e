import type { ContainerImage, HelmChart } from "../../catalog";
import { InvalidProps, whenKnown } from "../../core";
import { ecrHost, EKS_REGISTRIES_SOURCE, EKS_REGISTRY_REGIONS, eksRegistry, isEksRegistry } from "./eks-registries";

export interface UpstreamOptions {
  /**
   * AWS region of the nodes, so that EKS' own images come from EKS' registry there.
   * @default - the registry in the image's reference: on AWS the region us-west-2
   */
  readonly region?: string;
}

export interface PullThroughCacheOptions {
  /** Account whose ECR holds the cache. */
  readonly accountId: string;
  /** Region of the cache, which should be that of the nodes. */
  readonly region: string;
  /**
   * Repository prefixes of the account's cache rules, by upstream registry.
   * @default - those of the ECR console: ecr-public, kubernetes, quay, docker-hub, github, gitlab
   */
  readonly prefixes?: Readonly<Record<string, string>>;
  /**
   * Where images come from whose registry ECR cannot cache, such as NVIDIA's nvcr.io.
   * @default - they are refused
   */
  readonly others?: ImageSources;
}

/** What must happen before nodes can pull an image from its source. */
export enum ImagePreparation {
  NONE = "none",
  /** The cache fetches it at the first pull. */
  PULL_ONCE = "pull-once",
  COPY = "copy",
}

/** Whether nodes reach more than the VPC's endpoints. */
export interface Reachability {
  readonly hasInternet: boolean;
}

/**
 * Upstream registries that an ECR pull-through cache knows, with the prefixes that the ECR console proposes. GitHub's and Docker's need
 * credentials in Secrets Manager; nvcr.io is none of them.
 * Source: Amazon ECR user guide, "Sync an upstream registry with an Amazon ECR private registry", 2026.
 */
const CONSOLE_PREFIXES: Readonly<Record<string, string>> = {
  "public.ecr.aws": "ecr-public",
  "registry.k8s.io": "kubernetes",
  "quay.io": "quay",
  "docker.io": "docker-hub",
  "ghcr.io": "github",
  "registry.gitlab.com": "gitlab",
};
const CACHE_SOURCE = "Amazon ECR user guide, Sync an upstream registry with an Amazon ECR private registry, 2026";
const MIRROR = /^[a-z0-9][a-z0-9.-]*(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;

/**
 * Where nodes get container images from, and Terraform gets charts from: their makers' registries, a pull-through cache in ECR, or a
 * mirror. One value a stage; every image and chart of the library goes through it.
 */
export abstract class ImageSources {
  /** The makers' own registries. @throws InvalidProps IMAGE_SOURCE_INVALID for a region whose EKS registry is not known */
  public static upstream(options: UpstreamOptions = {}): ImageSources {
    return new Upstream(options.region);
  }

  /**
   * An ECR pull-through cache, whose rules the account has. EKS' own images come from EKS' registry in the region, which ECR's endpoints
   * serve as well. Where nodes have no way out, ECR cannot fetch an image at the first pull through its endpoint: pull each once from
   * elsewhere (`npx aidc images mirror` writes the commands). Charts come from their makers: it is Terraform that loads them, not nodes.
   * Source: Amazon ECR user guide, "Amazon ECR interface VPC endpoints", 2026.
   * @throws InvalidProps IMAGE_SOURCE_INVALID
   */
  public static pullThroughCache(options: PullThroughCacheOptions): ImageSources {
    return new PullThroughCache(options);
  }

  /**
   * A registry that holds copies of all, each under its own host and path, so that no two meet: with "harbor.example.com/ai", pause is
   * "harbor.example.com/ai/registry.k8s.io/pause:3.10.1". `npx aidc images mirror` writes the commands that fill it.
   * @param location "host", "host/prefix" or "host:port/prefix"
   * @throws InvalidProps IMAGE_SOURCE_INVALID
   */
  public static mirror(location: string): ImageSources {
    return new Mirror(location);
  }

  /** Reference of an image in a pod: repository, tag, and the digest where it is known. @throws as `repository` */
  public reference(image: ContainerImage, at: string): string {
    const digest = image.digest === undefined ? "" : `@${image.digest}`;
    return `${this.repository(image, at)}:${image.tag}${digest}`;
  }

  /**
   * Host and path of an image, for charts that take the tag by itself.
   * @param at path of what runs the image, for the message
   * @throws InvalidProps IMAGE_UNREACHABLE for an image that the source cannot have
   */
  public abstract repository(image: ContainerImage, at: string): string;

  /** Where a chart is loaded from: "oci://host/path" or "https://host/path". */
  public abstract chartRepository(chart: HelmChart): string;

  /** Whether nodes need a way out of the VPC to pull the image: ECR's endpoints serve private registries of the region, and no other. */
  public abstract needsInternet(image: ContainerImage): boolean;

  /** What must happen before nodes can pull the image: `mirrorCommands` writes it. */
  public abstract preparationOf(image: ContainerImage): ImagePreparation;

  /**
   * Refuses images that nodes could not pull.
   * @param at path of what runs them
   * @throws InvalidProps IMAGE_UNREACHABLE
   */
  public checkReachable(images: readonly ContainerImage[], { hasInternet }: Reachability, at: string): void {
    const wanted = images.map((image) => ({ image, reference: this.reference(image, at) }));
    if (hasInternet) return;
    const unreachable = wanted.filter(({ image }) => this.needsInternet(image)).map(({ reference }) => reference);
    if (unreachable.length === 0) return;
    const allowed = "images that ECR's endpoints serve, as the network has no way out: those of a cache or mirror";
    throw new InvalidProps("IMAGE_UNREACHABLE", at, { got: [...new Set(unreachable)].sort(), allowed });
  }
}

class Upstream extends ImageSources {
  public constructor(private readonly region?: string) {
    super();
    if (region !== undefined) eksRegistryIn(region);
  }

  public repository({ registry, repository }: ContainerImage): string {
    const host = this.region !== undefined && isEksRegistry(registry) ? eksRegistryIn(this.region) : registry;
    return `${host}/${repository}`;
  }

  public chartRepository({ repository }: HelmChart): string {
    return repository;
  }

  public needsInternet(image: ContainerImage): boolean {
    const [host = ""] = this.repository(image).split("/", 1);
    return this.region === undefined || !host.includes(`.dkr.ecr.${this.region}.`);
  }

  public preparationOf(): ImagePreparation {
    return ImagePreparation.NONE;
  }
}

class PullThroughCache extends ImageSources {
  private readonly host: string;
  private readonly regional: Upstream;
  private readonly prefixes: Readonly<Record<string, string>>;

  public constructor(private readonly options: PullThroughCacheOptions) {
    super();
    whenKnown(options.accountId, (got) => {
      if (!/^\d{12}$/.test(got)) throw invalid("accountId", got, "an account id of 12 digits");
    });
    this.regional = new Upstream(options.region);
    this.host = ecrHost(options.accountId, options.region);
    this.prefixes = { ...CONSOLE_PREFIXES, ...options.prefixes };
  }

  public repository(image: ContainerImage, at: string): string {
    if (isEksRegistry(image.registry)) return this.regional.repository(image);
    const prefix = this.prefixOf(image);
    if (prefix !== undefined) return `${this.host}/${prefix}/${image.repository}`;
    if (this.options.others !== undefined) return this.options.others.repository(image, at);
    throw new InvalidProps("IMAGE_UNREACHABLE", at, {
      got: `${image.registry}/${image.repository}`,
      allowed: `images of ${Object.keys(this.prefixes).sort().join(", ")}: ECR caches no other registry`,
      remedy:
        "Pass `others: ImageSources.mirror(...)` beside the cache, and fill the mirror by `npx aidc images mirror`.",
      source: CACHE_SOURCE,
    });
  }

  public chartRepository(chart: HelmChart): string {
    return (this.options.others ?? this.regional).chartRepository(chart);
  }

  public needsInternet(image: ContainerImage): boolean {
    if (isEksRegistry(image.registry) || this.prefixOf(image) !== undefined) return false;
    return this.options.others?.needsInternet(image) ?? true;
  }

  public preparationOf(image: ContainerImage): ImagePreparation {
    if (isEksRegistry(image.registry)) return ImagePreparation.NONE;
    if (this.prefixOf(image) !== undefined) return ImagePreparation.PULL_ONCE;
    return this.options.others?.preparationOf(image) ?? ImagePreparation.NONE;
  }

  private prefixOf({ registry }: ContainerImage): string | undefined {
    return Object.hasOwn(this.prefixes, registry) ? this.prefixes[registry] : undefined;
  }
}

class Mirror extends ImageSources {
  public constructor(private readonly location: string) {
    super();
    whenKnown(location, (got) => {
      if (!MIRROR.test(got))
        throw invalid("mirror", got, '"host/prefix" in lower case, without a scheme or final slash');
    });
  }

  public repository({ registry, repository }: ContainerImage): string {
    return `${this.location}/${registry}/${repository}`;
  }

  public chartRepository({ repository }: HelmChart): string {
    return `oci://${this.location}/${repository.replace(/^(?:oci|https):\/\//, "")}`;
  }

  /** A mirror stands where nodes reach it. */
  public needsInternet(): boolean {
    return false;
  }

  public preparationOf(): ImagePreparation {
    return ImagePreparation.COPY;
  }
}

function eksRegistryIn(region: string): string {
  const host = eksRegistry(region);
  if (host !== undefined) return host;
  const { repo, path } = EKS_REGISTRIES_SOURCE;
  const source = `${repo} ${path}`;
  throw invalid("region", region, `a region with a known EKS registry: ${EKS_REGISTRY_REGIONS.join(", ")}`, source);
}

function invalid(property: string, got: string, allowed: string, source?: string): InvalidProps {
  return new InvalidProps("IMAGE_SOURCE_INVALID", `ImageSources.${property}`, { got, allowed, source });
}
