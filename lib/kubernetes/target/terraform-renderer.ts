import type { ClusterConnection } from "../../contracts";
import { escape } from "../../core";
import { type Construct, TerraformStack } from "../../terraform/cdktf";
import { KubernetesProvider, Manifest } from "../../terraform/kubernetes";
import { computedFieldsOf } from "./computed-fields";
import { providerSettings } from "./provider-settings";
import { Renderer, type Rendering } from "./renderer";
import { ResourceRendering } from "./resource-rendering";

/** What emitted code needs of the provider. */
export const KUBERNETES_PROVIDER = { source: "hashicorp/kubernetes", version: "~> 2.38" };

/** @internal */
export class TerraformRenderer extends Renderer {
  public override bind(scope: Construct, connection: ClusterConnection): Rendering {
    const { exec, ...settings } = providerSettings(connection);
    new KubernetesProvider(scope, "Provider", { ...settings, ...(exec !== undefined && { exec: [exec] }) });
    TerraformStack.of(scope).addOverride("terraform.required_providers.kubernetes", KUBERNETES_PROVIDER);
    return new ResourceRendering(scope, connection, (at, id, manifest, meta) => {
      return new Manifest(at, id, {
        manifest: escape({ ...manifest }),
        computedFields: computedFieldsOf(manifest),
        ...meta,
      });
    });
  }
}
