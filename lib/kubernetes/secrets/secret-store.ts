import { checkArn, InvalidProps } from "../../core";
import { checkLabelName } from "../gang/names";
import type { KubernetesManifest } from "../manifest";
import { EXTERNAL_SECRETS_GROUP } from "./external-secret";
import { checkForm, refuseLiterals } from "./secret-names";

/** AWS Secrets Manager, as the External Secrets Operator reads it for one namespace. */
export interface SecretStoreOptions {
  readonly name: string;
  readonly namespace: string;
  /** Region of the secrets. */
  readonly region: string;
  /** Service account of the namespace whose IRSA role reads. @default - the operator's own identity */
  readonly serviceAccount?: string;
  /** ARN of a role that is assumed for reading. @default - none */
  readonly roleArn?: string;
}

/** AWS Secrets Manager, as the External Secrets Operator reads it for some namespaces of the cluster. */
export interface ClusterSecretStoreOptions {
  readonly name: string;
  /** Region of the secrets. */
  readonly region: string;
  /** Namespaces whose ExternalSecrets may use the store, at least one. */
  readonly namespaces: readonly string[];
  /** ARN of a role that is assumed for reading. @default - none */
  readonly roleArn?: string;
}

/**
 * A store of one namespace. What it may read is what its role may: with a role of the team's own, no team reads another's secrets.
 *
 * A service account stands for its IRSA role; EKS Pod Identity serves the operator's own pods, so a team without IRSA passes `roleArn`.
 * Source: external-secrets/external-secrets v1.3.2 `docs/provider/aws-access.md` and the CRD of SecretStore, 2026-01.
 * @param at path of the construct, for messages
 * @throws InvalidProps SECRET_IN_PROPS, KUBERNETES_NAME_INVALID, ARN_INVALID, SECRET_NAME_INVALID
 */
export function secretStore(options: SecretStoreOptions, at: string): KubernetesManifest {
  const { name, namespace, region, serviceAccount, roleArn } = options;
  refuseLiterals(options, at);
  checkLabelName(namespace, `${at}.namespace`);
  if (serviceAccount !== undefined) checkLabelName(serviceAccount, `${at}.serviceAccount`);
  const jwt = serviceAccount === undefined ? undefined : { serviceAccountRef: { name: serviceAccount } };
  return {
    apiVersion: `${EXTERNAL_SECRETS_GROUP}/v1`,
    kind: "SecretStore",
    metadata: { name, namespace },
    spec: { provider: { aws: { ...provider(name, region, roleArn, at), auth: jwt && { jwt } } } },
  };
}

/**
 * A store for several namespaces, read with the operator's own identity: each of them can read all that this identity, or `roleArn`, may.
 *
 * Source: external-secrets/external-secrets v1.3.2, CRD of ClusterSecretStore (`conditions`), 2026-01.
 * @param at path of the construct, for messages
 * @throws InvalidProps SECRET_STORE_OPEN, SECRET_IN_PROPS, KUBERNETES_NAME_INVALID, ARN_INVALID, SECRET_NAME_INVALID
 */
export function clusterSecretStore(options: ClusterSecretStoreOptions, at: string): KubernetesManifest {
  const { name, region, roleArn } = options;
  refuseLiterals(options, at);
  const namespaces = [...new Set(options.namespaces)].sort();
  if (namespaces.length === 0) {
    throw new InvalidProps("SECRET_STORE_OPEN", `${at}.namespaces`, { got: [], allowed: "at least one namespace" });
  }
  for (const namespace of namespaces) checkLabelName(namespace, `${at}.namespaces`);
  return {
    apiVersion: `${EXTERNAL_SECRETS_GROUP}/v1`,
    kind: "ClusterSecretStore",
    metadata: { name },
    spec: { conditions: [{ namespaces }], provider: { aws: provider(name, region, roleArn, at) } },
  };
}

function provider(
  name: string,
  region: string,
  roleArn: string | undefined,
  at: string,
): Readonly<Record<string, unknown>> {
  checkLabelName(name, `${at}.name`);
  checkForm(region, /^[a-z]{2}(-[a-z]+)+-\d+$/, "a region such as us-east-1", `${at}.region`);
  if (roleArn !== undefined) {
    checkArn(roleArn, /^arn:[\w-]+:iam::\d{12}:role\/.+$/, "arn:aws:iam::<account>:role/<name>", `${at}.roleArn`);
  }
  return { service: "SecretsManager", region, role: roleArn };
}
