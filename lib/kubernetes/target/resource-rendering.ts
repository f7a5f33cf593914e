import type { ClusterConnection } from "../../contracts";
import { type Construct, type ITerraformDependable, TerraformStack } from "../../terraform/cdktf";
import type { HelmRelease } from "../helm-release";
import { type KubernetesManifest, manifestKey } from "../manifest";
import { HelmInstaller } from "./helm-installer";
import { dependablesOf, type PlacedObject, type PlaceOrder, type Rendering } from "./renderer";

/** Draws one object as a resource of some provider. @internal */
export type DrawResource = (
  scope: Construct,
  id: string,
  manifest: KubernetesManifest,
  meta: ResourceMeta,
) => ITerraformDependable;

/** What a resource tells Terraform about itself. @internal */
export interface ResourceMeta {
  readonly dependsOn?: ITerraformDependable[];
  readonly lifecycle?: { readonly createBeforeDestroy: boolean };
}

/** A Terraform resource for each object, and releases by the Helm provider. @internal */
export class ResourceRendering implements Rendering {
  private readonly helm: HelmInstaller;

  public constructor(
    scope: Construct,
    connection: ClusterConnection,
    private readonly draw: DrawResource,
  ) {
    this.helm = new HelmInstaller(scope, TerraformStack.of(scope), connection);
  }

  public place(
    scope: Construct,
    id: string,
    manifest: KubernetesManifest,
    { after, goesLast }: PlaceOrder,
  ): PlacedObject {
    // Terraform takes away what has this only after the update of what depended on it, and else before that.
    const lifecycle = goesLast ? { createBeforeDestroy: true } : undefined;
    const resource = this.draw(scope, id, manifest, { dependsOn: dependablesOf(after), lifecycle });
    return { key: manifestKey(manifest), dependables: [resource] };
  }

  public install(scope: Construct, id: string, release: HelmRelease, after: readonly PlacedObject[]): PlacedObject {
    return this.helm.install(scope, id, release, after);
  }
}
