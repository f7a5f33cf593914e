import { checkLabelName } from "../gang/names";
import type { KubernetesManifest } from "../manifest";
import { checkRange } from "../storage/volume-sizes";
import { checkRemoteName, checkSecretKey, refuseLiterals } from "./secret-names";

/** API group of the External Secrets Operator. */
export const EXTERNAL_SECRETS_GROUP = "external-secrets.io";

/** A secret that the External Secrets Operator copies from AWS Secrets Manager into a Kubernetes Secret, and keeps fresh. */
export interface ExternalSecretOptions {
  /** Name of the Kubernetes Secret. */
  readonly name: string;
  /** Name or ARN of the secret in AWS Secrets Manager. */
  readonly remoteName: string;
  /** Member of a secret that is a JSON object. @default - the whole secret */
  readonly property?: string;
  /** Key in the Kubernetes Secret. @default "value" */
  readonly key?: string;
  /** Name of the store that the operator reads from. */
  readonly store: string;
  /** Whether the store belongs to the namespace (SecretStore) and not to the cluster. @default false */
  readonly namespacedStore?: boolean;
  /** Minutes between two looks at the source, 1 to 1440: each is a paid call. @default 60 */
  readonly refreshMinutes?: number;
}

/** Key of the value where none is named. @internal */
export const DEFAULT_KEY = "value";

/** @throws InvalidProps SECRET_IN_PROPS, SECRET_NAME_INVALID, KUBERNETES_NAME_INVALID, VALUE_OUT_OF_RANGE @internal */
export function checkExternalSecret(options: ExternalSecretOptions, at: string): void {
  refuseLiterals(options, at);
  checkLabelName(options.name, `${at}.name`);
  checkLabelName(options.store, `${at}.store`);
  checkRemoteName(options.remoteName, `${at}.remoteName`);
  checkSecretKey(options.key ?? DEFAULT_KEY, `${at}.key`);
  checkRange(options.refreshMinutes ?? 60, 1, 1440, `${at}.refreshMinutes`);
}

/**
 * The ExternalSecret, with all that the API server would fill in, so that it reads back as written.
 *
 * Source: external-secrets/external-secrets v1.3.2, `config/crds/bases/external-secrets.io_externalsecrets.yaml`, 2026-01.
 * @internal
 */
export function externalSecret(options: ExternalSecretOptions, namespace: string): KubernetesManifest {
  const { name, remoteName, property, key = DEFAULT_KEY, store, refreshMinutes = 60 } = options;
  return {
    apiVersion: `${EXTERNAL_SECRETS_GROUP}/v1`,
    kind: "ExternalSecret",
    metadata: { name, namespace },
    spec: {
      refreshInterval: durationOf(refreshMinutes),
      secretStoreRef: { kind: options.namespacedStore === true ? "SecretStore" : "ClusterSecretStore", name: store },
      target: { name, creationPolicy: "Owner", deletionPolicy: "Retain" },
      data: [
        {
          secretKey: key,
          remoteRef: {
            key: remoteName,
            property,
            conversionStrategy: "Default",
            decodingStrategy: "None",
            metadataPolicy: "None",
          },
        },
      ],
    },
  };
}

/** As Go writes durations: "1h30m0s". */
function durationOf(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  return `${hours > 0 ? `${hours}h` : ""}${minutes % 60}m0s`;
}
