import { checkLabelName } from "../gang/names";
import type { KubernetesManifest } from "../manifest";
import { checkForm, checkRemoteName, refuseLiterals } from "./secret-names";

/** API group of the Secrets Store CSI driver. */
export const SECRETS_STORE_GROUP = "secrets-store.csi.x-k8s.io";

/** A secret that is mounted straight from AWS Secrets Manager, with the identity of the pod: it never is in the cluster's database. */
export interface CsiSecretOptions {
  /** Name of the SecretProviderClass. */
  readonly name: string;
  /** Name or ARN of the secret in AWS Secrets Manager. */
  readonly remoteName: string;
  /** Member of a secret that is a JSON object. @default - the whole secret */
  readonly property?: string;
  /** Name of the file, of letters, digits, "_" and ".". @default "value" */
  readonly fileName?: string;
  /** Region of the secret. Without it each mount would ask the API server for the node's. */
  readonly region: string;
  /** Whether the pod's identity comes by EKS Pod Identity and not by IRSA. @default true */
  readonly podIdentity?: boolean;
}

/** Name of the file where none is named. @internal */
export const DEFAULT_FILE = "value";

/** @throws InvalidProps SECRET_IN_PROPS, SECRET_NAME_INVALID, KUBERNETES_NAME_INVALID @internal */
export function checkCsiSecret(options: CsiSecretOptions, at: string): void {
  refuseLiterals(options, at);
  checkLabelName(options.name, `${at}.name`);
  checkRemoteName(options.remoteName, `${at}.remoteName`);
  // The provider reads a hyphen in an alias as arithmetic unless it is quoted.
  checkForm(
    options.fileName ?? DEFAULT_FILE,
    /^(?!\.\.?$)[A-Za-z0-9_.]{1,253}$/,
    'letters, digits, "_" and "."',
    `${at}.fileName`,
  );
  checkForm(options.region, /^[a-z]{2}(-[a-z]+)+-\d+$/, "a region such as us-east-1", `${at}.region`);
}

/**
 * The SecretProviderClass. The provider wants its list of objects as YAML in a string: JSON is YAML, and quotes safely. Where one member of
 * an object is asked for, the whole object is mounted beside it, as `<file>.json`.
 *
 * Source: aws/secrets-store-csi-driver-provider-aws `README.md` at 441dc1af (v1, `usePodIdentity`, `jmesPath`), 2026.
 * @internal
 */
export function secretProviderClass(options: CsiSecretOptions, namespace: string): KubernetesManifest {
  const { name, remoteName, property, fileName = DEFAULT_FILE, region, podIdentity = true } = options;
  const object = { objectName: remoteName, objectType: "secretsmanager" };
  const objects =
    property === undefined
      ? [{ ...object, objectAlias: fileName }]
      : [
          {
            ...object,
            objectAlias: `${fileName}.json`,
            jmesPath: [{ path: memberPath(property), objectAlias: fileName }],
          },
        ];
  return {
    apiVersion: `${SECRETS_STORE_GROUP}/v1`,
    kind: "SecretProviderClass",
    metadata: { name, namespace },
    spec: {
      provider: "aws",
      parameters: { objects: JSON.stringify(objects), region, usePodIdentity: podIdentity ? "true" : "false" },
    },
  };
}

/** A member as JMESPath names it: quoted unless it is a plain word. Source: jmespath.org/specification, identifiers. */
function memberPath(property: string): string {
  return /^[A-Za-z_]\w*$/.test(property) ? property : JSON.stringify(property);
}
