import type { ClusterConnection } from "../../contracts";
import { escape } from "../../core";
import { Fn, Token } from "../../terraform/cdktf";

/** How a provider for Kubernetes reaches the cluster: the same for all of them. @internal */
export interface ProviderSettings {
  readonly host?: string;
  readonly clusterCaCertificate?: string;
  readonly configPath?: string;
  readonly configContext?: string;
  readonly exec?: {
    readonly apiVersion: string;
    readonly command: string;
    readonly args: string[];
    readonly env?: Record<string, string>;
  };
}

/** @internal */
export function providerSettings(connection: ClusterConnection): ProviderSettings {
  const { host, caData, exec, kubeconfigPath, kubeconfigContext } = connection;
  return {
    ...(host !== undefined && { host: escape(host) }),
    ...(caData !== undefined && { clusterCaCertificate: certificate(caData) }),
    ...(kubeconfigPath !== undefined && { configPath: escape(kubeconfigPath) }),
    ...(kubeconfigContext !== undefined && { configContext: escape(kubeconfigContext) }),
    ...(exec !== undefined && { exec: escape({ ...exec, args: [...exec.args], env: exec.env && { ...exec.env } }) }),
  };
}

/** EKS gives base64, the providers take PEM. */
function certificate(caData: string): string {
  if (Token.isUnresolved(caData)) return Token.asString(Fn.base64decode(caData));
  return escape(Buffer.from(caData, "base64").toString("utf8"));
}
