import type { ClusterConnection } from "../../contracts";
import { jsonText } from "../../core";
import { type Construct, TerraformStack } from "../../terraform/cdktf";
import { KUBECTL_PROVIDER, KubectlManifest, KubectlProvider } from "../../terraform/kubectl";
import type { HelmRelease } from "../helm-release";
import { type KubernetesManifest, manifestKey } from "../manifest";
import { HelmInstaller } from "./helm-installer";
import { providerSettings } from "./provider-settings";
import { dependablesOf, type PlacedObject, Renderer, type Rendering } from "./renderer";
import { yamlSafeJson } from "./yaml-safe-json";

/** @internal */
export class KubectlRenderer extends Renderer {
  public override bind(scope: Construct, connection: ClusterConnection): Rendering {
    const stack = TerraformStack.of(scope);
    new KubectlProvider(scope, "Provider", providerSettings(connection));
    stack.addOverride("terraform.required_providers.kubectl", KUBECTL_PROVIDER);
    return new KubectlRendering(new HelmInstaller(scope, stack, connection));
  }
}

class KubectlRendering implements Rendering {
  public constructor(private readonly helm: HelmInstaller) {}

  public place(
    scope: Construct,
    id: string,
    manifest: KubernetesManifest,
    after: readonly PlacedObject[],
  ): PlacedObject {
    // The body is made here and not by yamlencode: that function would take a token-like text of a user for one.
    const yamlBody = yamlSafeJson(jsonText(manifest));
    const resource = new KubectlManifest(scope, id, { yamlBody, dependsOn: dependablesOf(after) });
    return { key: manifestKey(manifest), dependables: [resource] };
  }

  public install(scope: Construct, id: string, release: HelmRelease, after: readonly PlacedObject[]): PlacedObject {
    return this.helm.install(scope, id, release, after);
  }
}
