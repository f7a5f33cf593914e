import type { ClusterConnection } from "../../contracts";
import { escape, jsonText } from "../../core";
import { type Construct, type TerraformStack } from "../../terraform/cdktf";
import { HelmProvider, Release } from "../../terraform/helm";
import type { HelmRelease } from "../helm-release";
import { dependablesOf, type PlacedObject } from "./renderer";
import { providerSettings } from "./provider-settings";
import { yamlSafeJson } from "./yaml-safe-json";

/** What emitted code needs of the provider. */
export const HELM_PROVIDER = { source: "hashicorp/helm", version: "~> 3.1" };

/** Installs the releases of one target; the provider is there with the first of them. @internal */
export class HelmInstaller {
  private provider?: HelmProvider;

  public constructor(
    private readonly scope: Construct,
    private readonly stack: TerraformStack,
    private readonly connection: ClusterConnection,
  ) {}

  public install(scope: Construct, id: string, release: HelmRelease, after: readonly PlacedObject[]): PlacedObject {
    this.addProvider();
    const { chart } = release;
    const resource = new Release(scope, id, {
      name: escape(release.name),
      namespace: escape(release.namespace),
      createNamespace: release.createNamespace ?? false,
      repository: escape(release.repository ?? chart.repository),
      chart: escape(chart.name),
      version: escape(chart.version),
      values: [yamlSafeJson(jsonText(release.values))],
      // A failed install is taken back, so that the next apply starts from nothing and not from a half of it.
      atomic: true,
      timeout: INSTALL_SECONDS,
      dependsOn: dependablesOf(after),
    });
    return { key: `HelmRelease ${release.namespace}/${release.name}`, dependables: [resource] };
  }

  public addProvider(): void {
    if (this.provider !== undefined) return;
    this.provider = new HelmProvider(this.scope, "Helm", { kubernetes: providerSettings(this.connection) });
    this.stack.addOverride("terraform.required_providers.helm", HELM_PROVIDER);
  }
}

/** Operators with webhooks take a minute or two after their images; a first node may have to start before. */
const INSTALL_SECONDS = 900;
