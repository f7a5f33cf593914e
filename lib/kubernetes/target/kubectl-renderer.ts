import type { ClusterConnection } from "../../contracts";
import { InvalidProps, jsonText } from "../../core";
import { type Construct, TerraformStack } from "../../terraform/cdktf";
import { KUBECTL_PROVIDER, KubectlManifest, KubectlProvider } from "../../terraform/kubectl";
import { type KubernetesManifest, manifestKey } from "../manifest";
import { providerSettings } from "./provider-settings";
import { Renderer, type Rendering } from "./renderer";
import { ResourceRendering } from "./resource-rendering";
import { yamlSafeJson } from "./yaml-safe-json";

/** @internal */
export class KubectlRenderer extends Renderer {
  public override bind(scope: Construct, connection: ClusterConnection): Rendering {
    new KubectlProvider(scope, "Provider", providerSettings(connection));
    TerraformStack.of(scope).addOverride("terraform.required_providers.kubectl", KUBECTL_PROVIDER);
    return new ResourceRendering(scope, connection, (at, id, manifest, meta) => {
      refuseControls(manifest, `${at.node.path}/${id}`);
      // The body is made here and not by yamlencode: that function would take a token-like text of a user for one.
      return new KubectlManifest(at, id, { yamlBody: yamlSafeJson(jsonText(manifest)), ...meta });
    });
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
