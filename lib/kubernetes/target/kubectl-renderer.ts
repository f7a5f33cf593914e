import type { ClusterConnection } from "../../contracts";
import { InvalidProps, jsonText } from "../../core";
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
    refuseControls(manifest, `${scope.node.path}/${id}`);
    const resource = new KubectlManifest(scope, id, { yamlBody, dependsOn: dependablesOf(after) });
    return { key: manifestKey(manifest), dependables: [resource] };
  }

  public install(scope: Construct, id: string, release: HelmRelease, after: readonly PlacedObject[]): PlacedObject {
    return this.helm.install(scope, id, release, after);
  }
}

/**
 * The provider writes the body anew with a YAML writer that leaves controls as they are, and then cannot read it: "control characters are not
 * allowed". Seen with v1.19.0 by test/kubernetes-live, 2026-11-25.
 */
function refuseControls(manifest: KubernetesManifest, at: string): void {
  const controls = /\\u00(?:[01][0-9a-f]|7f|[89][0-9a-f])|\\uff(?:fe|ff)|\\[bf]/;
  const found = controls.exec(yamlSafeJson(JSON.stringify(manifest)).replaceAll("\\\\", ""));
  if (found === null) return;
  throw new InvalidProps("MANIFEST_INVALID", `${at} ${manifestKey(manifest)}`, {
    got: found[0],
    allowed: "text without control characters, for the kubectl renderer: its provider cannot carry them",
    remedy: "Take the character out, or choose another renderer.",
  });
}
