import type { ClusterConnection } from "../../contracts";
import { type Construct, type ITerraformDependable, TerraformStack } from "../../terraform/cdktf";
import type { HelmRelease } from "../helm-release";
import { type KubernetesManifest, manifestKey } from "../manifest";
import { HelmInstaller } from "./helm-installer";
import { dependablesOf, type PlacedObject, type Rendering } from "./renderer";

/** Draws one object as a resource of some provider. @internal */
export type DrawResource = (
  scope: Construct,
  id: string,
  manifest: KubernetesManifest,
  dependsOn: ITerraformDependable[] | undefined,
) => ITerraformDependable;

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
    after: readonly PlacedObject[],
  ): PlacedObject {
    const resource = this.draw(scope, id, manifest, dependablesOf(after));
    return { key: manifestKey(manifest), dependables: [resource] };
  }

  public install(scope: Construct, id: string, release: HelmRelease, after: readonly PlacedObject[]): PlacedObject {
    return this.helm.install(scope, id, release, after);
  }
}
