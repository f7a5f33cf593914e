import type { ClusterConnection } from "../../contracts";
import { type Construct, type ITerraformDependable } from "../../terraform/cdktf";
import type { HelmRelease } from "../helm-release";
import type { KubernetesManifest } from "../manifest";

/** What was handed to a target: for `after` of what must come later. */
export interface PlacedObject {
  /** Name among all objects of the cluster, such as "apps/Deployment kube-system/coredns". */
  readonly key: string;
  /** What Terraform waits for. Empty where a renderer makes no resources. */
  readonly dependables: readonly ITerraformDependable[];
}

export interface PlaceOptions {
  /** Objects that must be there before. @default - none */
  readonly after?: readonly PlacedObject[];
}

/**
 * Where the objects of a cluster go. Producers make manifests as data and constructs hand them over here; which of the renderers writes
 * them (`KubernetesTarget.terraform`, `.kubectl`, `.chart`, `.files`) is decided where the target is made, once a stack.
 */
export abstract class KubernetesTarget {
  protected constructor(
    /** The cluster: its version, and the API groups that are present. */
    public readonly connection: ClusterConnection,
  ) {}

  /** Whether the cluster has an API group beyond those of Kubernetes itself, so that objects of it may be made. */
  public has(apiGroup: string): boolean {
    return this.connection.apiGroups.includes(apiGroup);
  }

  /**
   * Hands over one object.
   * @param id id of the construct below `scope`: a constant word
   */
  public abstract place(
    scope: Construct,
    id: string,
    manifest: KubernetesManifest,
    options?: PlaceOptions,
  ): PlacedObject;

  /** Hands over a Helm release. */
  public abstract install(scope: Construct, id: string, release: HelmRelease, options?: PlaceOptions): PlacedObject;

  /** Hands over objects whose ids follow from their kinds and names. */
  public placeAll(
    scope: Construct,
    manifests: readonly KubernetesManifest[],
    options?: PlaceOptions,
  ): readonly PlacedObject[] {
    return manifests.map((manifest) => this.place(scope, placeId(manifest), manifest, options));
  }
}

/** `apps/Deployment kube-system/coredns` becomes "Deployment-kube-system-coredns". */
function placeId({ kind, metadata }: KubernetesManifest): string {
  const parts = [kind, metadata.namespace, metadata.name].filter((part) => part !== undefined);
  return parts.join("-").replace(/[^A-Za-z0-9-]+/g, "-");
}
