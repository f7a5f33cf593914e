import type { ClusterConnection } from "../../contracts";
import { escape } from "../../core";
import { type Construct, TerraformStack } from "../../terraform/cdktf";
import { KubernetesProvider, Manifest } from "../../terraform/kubernetes";
import type { HelmRelease } from "../helm-release";
import { type KubernetesManifest, manifestKey } from "../manifest";
import { computedFieldsOf } from "./computed-fields";
import { HelmInstaller } from "./helm-installer";
import { providerSettings } from "./provider-settings";
import { dependablesOf, type PlacedObject, Renderer, type Rendering } from "./renderer";

/** What emitted code needs of the provider. */
export const KUBERNETES_PROVIDER = { source: "hashicorp/kubernetes", version: "~> 2.38" };

/** @internal */
export class TerraformRenderer extends Renderer {
  public override bind(scope: Construct, connection: ClusterConnection): Rendering {
    const stack = TerraformStack.of(scope);
    const { exec, ...settings } = providerSettings(connection);
    new KubernetesProvider(scope, "Provider", { ...settings, ...(exec !== undefined && { exec: [exec] }) });
    stack.addOverride("terraform.required_providers.kubernetes", KUBERNETES_PROVIDER);
    return new TerraformRendering(new HelmInstaller(scope, stack, connection));
  }
}

class TerraformRendering implements Rendering {
  public constructor(private readonly helm: HelmInstaller) {}

  public place(
    scope: Construct,
    id: string,
    manifest: KubernetesManifest,
    after: readonly PlacedObject[],
  ): PlacedObject {
    const resource = new Manifest(scope, id, {
      manifest: escape({ ...manifest }),
      computedFields: computedFieldsOf(manifest),
      dependsOn: dependablesOf(after),
    });
    return { key: manifestKey(manifest), dependables: [resource] };
  }

  public install(scope: Construct, id: string, release: HelmRelease, after: readonly PlacedObject[]): PlacedObject {
    return this.helm.install(scope, id, release, after);
  }
}
