import { type Construct, type TerraformMetaArguments, TerraformProvider, TerraformResource } from "./cdktf";

/** Source and range of the provider: there are no published bindings of it, so the two blocks in use are written here. */
export const KUBECTL_PROVIDER = { source: "gavinbunney/kubectl", version: "~> 1.19" };

export interface KubectlProviderConfig {
  readonly host?: string;
  readonly clusterCaCertificate?: string;
  readonly configPath?: string;
  readonly configContext?: string;
  readonly exec?: {
    readonly apiVersion: string;
    readonly command: string;
    readonly args: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  };
}

/** The provider `gavinbunney/kubectl`. Source of its arguments: `kubernetes/provider.go` of v1.19.0. */
export class KubectlProvider extends TerraformProvider {
  public constructor(
    scope: Construct,
    id: string,
    private readonly config: KubectlProviderConfig,
  ) {
    super(scope, id, {
      terraformResourceType: "kubectl",
      terraformProviderSource: KUBECTL_PROVIDER.source,
      terraformGeneratorMetadata: { providerName: "kubectl", providerVersionConstraint: KUBECTL_PROVIDER.version },
    });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { host, clusterCaCertificate, configPath, configContext, exec } = this.config;
    return {
      host,
      cluster_ca_certificate: clusterCaCertificate,
      config_path: configPath,
      config_context: configContext,
      // Without a kubeconfig of ours, the user's own must not be read: it may name another cluster.
      load_config_file: configPath !== undefined,
      exec: exec && [{ api_version: exec.apiVersion, command: exec.command, args: exec.args, env: exec.env }],
    };
  }
}

export interface KubectlManifestConfig extends TerraformMetaArguments {
  /** The object, as YAML. */
  readonly yamlBody: string;
}

/** `kubectl_manifest`: one object, by server-side apply. Source of its arguments: `kubernetes/resource_kubectl_manifest.go` of v1.19.0. */
export class KubectlManifest extends TerraformResource {
  public constructor(
    scope: Construct,
    id: string,
    private readonly config: KubectlManifestConfig,
  ) {
    super(scope, id, {
      ...config,
      terraformResourceType: "kubectl_manifest",
      terraformGeneratorMetadata: { providerName: "kubectl", providerVersionConstraint: KUBECTL_PROVIDER.version },
    });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    // Rollouts are not waited for: a pool of accelerators may have no node yet.
    return { yaml_body: this.config.yamlBody, server_side_apply: true, wait_for_rollout: false };
  }
}
