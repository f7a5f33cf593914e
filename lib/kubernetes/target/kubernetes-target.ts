import type { ClusterConnection } from "../../contracts";
import { InvalidProps, safeId } from "../../core";
import { Construct } from "../../terraform/cdktf";
import type { HelmRelease } from "../helm-release";
import { type KubernetesManifest, manifestKey } from "../manifest";
import { preparedManifest } from "../prepare-manifest";
import { Renderers } from "../renderers";
import type { PlacedObject, Renderer, Rendering } from "./renderer";

export interface KubernetesTargetProps {
  /** The cluster: how it is reached, its version, and the API groups that are present. */
  readonly connection: ClusterConnection;
  /** How objects are written. @default Renderers.terraform() */
  readonly renderer?: Renderer;
}

export interface PlaceOptions {
  /** Objects that must be there before. @default - none beside the object's namespace, where that was placed by the same target */
  readonly after?: readonly PlacedObject[];
  /**
   * Whether it is taken away only when all that came after it has been changed to do without it; by default Terraform takes it away before.
   * For resources: charts and files are taken away by others. @default false
   */
  readonly goesLast?: boolean;
}

/**
 * Where the objects of a cluster go. Producers make manifests as data, constructs hand them over here, and a renderer writes them: as
 * Terraform resources of one provider or another, as a Helm chart, or as files. One target a stack.
 */
export class KubernetesTarget extends Construct {
  public readonly connection: ClusterConnection;
  private readonly rendering: Rendering;
  private readonly placed = new Map<string, PlacedObject>();

  public constructor(scope: Construct, id: string, props: KubernetesTargetProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    this.connection = props.connection;
    this.rendering = (props.renderer ?? Renderers.terraform()).bind(this, props.connection);
  }

  /** Whether the cluster has an API group beyond those of Kubernetes itself, so that objects of it may be made. */
  public has(apiGroup: string): boolean {
    return this.connection.apiGroups.includes(apiGroup);
  }

  /**
   * Hands over one object.
   * @param id id of the construct below `scope`: a constant word
   * @throws InvalidProps MANIFEST_INVALID; MANIFEST_DUPLICATE; MANIFEST_UNRESOLVED where files are written
   */
  public place(scope: Construct, id: string, manifest: KubernetesManifest, options: PlaceOptions = {}): PlacedObject {
    const at = `${scope.node.path}/${id}`;
    const prepared = preparedManifest(manifest, at);
    const key = this.unused(manifestKey(prepared), at);
    const namespace = this.placed.get(`Namespace ${prepared.metadata.namespace ?? ""}`);
    const after = [...(options.after ?? []), ...(namespace === undefined ? [] : [namespace])];
    return this.kept(
      key,
      this.rendering.place(scope, safeId(id, at), prepared, { after, goesLast: options.goesLast === true }),
    );
  }

  /**
   * Hands over a Helm release.
   * @throws InvalidProps MANIFEST_DUPLICATE; MANIFEST_INVALID for values that have no form in YAML
   */
  public install(scope: Construct, id: string, release: HelmRelease, options: PlaceOptions = {}): PlacedObject {
    const at = `${scope.node.path}/${id}`;
    const key = this.unused(`HelmRelease ${release.namespace}/${release.name}`, at);
    const namespace = this.placed.get(`Namespace ${release.namespace}`);
    const after = [...(options.after ?? []), ...(namespace === undefined ? [] : [namespace])];
    return this.kept(key, this.rendering.install(scope, safeId(id, at), release, after));
  }

  /** Hands over objects whose ids follow from their kinds and names. */
  public placeAll(
    scope: Construct,
    manifests: readonly KubernetesManifest[],
    options?: PlaceOptions,
  ): readonly PlacedObject[] {
    return manifests.map((manifest) => this.place(scope, placeId(manifest), manifest, options));
  }

  private unused(key: string, at: string): string {
    if (!this.placed.has(key)) return key;
    const refusal = { got: key, allowed: "each object once in a target: two owners would overwrite each other" };
    throw new InvalidProps("MANIFEST_DUPLICATE", at, refusal);
  }

  private kept(key: string, object: PlacedObject): PlacedObject {
    this.placed.set(key, object);
    return object;
  }
}

/** `apps/Deployment kube-system/coredns` becomes "Deployment-kube-system-coredns". */
function placeId({ kind, metadata }: KubernetesManifest): string {
  const parts = [kind, metadata.namespace, metadata.name].filter((part) => part !== undefined);
  return parts.join("-").replace(/[^A-Za-z0-9-]+/g, "-");
}
