import "cdktf-ai-datacenter/testing/jest";
import type { InvalidProps } from "cdktf-ai-datacenter/core";
import type { ExternalSecretOptions } from "../../../lib/kubernetes/secrets/external-secret";
import type { CsiSecretOptions } from "../../../lib/kubernetes/secrets/secret-provider-class";
import { SecretRef } from "../../../lib/kubernetes/secrets/secret-ref";
import { clusterSecretStore, secretStore } from "../../../lib/kubernetes/secrets/secret-store";

const written = (object: unknown) => JSON.parse(JSON.stringify(object)) as Record<string, unknown>;

const external = (options: Partial<ExternalSecretOptions> = {}) =>
  SecretRef.externalSecret({ name: "hub", remoteName: "team/hub", store: "team", ...options });
const csi = (options: Partial<CsiSecretOptions> = {}) =>
  SecretRef.csi({ name: "hub", remoteName: "team/hub", region: "us-east-1", ...options });

interface ProviderClass {
  readonly spec: { readonly parameters: Readonly<Record<string, string>> };
}

const parametersOf = (ref: SecretRef) => (ref.manifests("jobs")[0] as unknown as ProviderClass).spec.parameters;
const objectsOf = (ref: SecretRef) => JSON.parse(parametersOf(ref).objects ?? "") as unknown;

/** Put together at run time, so that no scanner takes this file for a leak. */
const TOKENS = [
  ["hf", "AbCdEfGhIjKlMnOpQrStUvWx"].join("_"),
  ["AKIA", "IOSFODNN7EXAMPLE"].join(""),
  ["sk", "proj", "a1b2c3d4e5f6g7h8"].join("-"),
  ["ghp", "0123456789abcdefghij"].join("_"),
  ["xoxb", "0123456789", "abcdef"].join("-"),
  ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxIn0", "x"].join("."),
  ["-----BEGIN", "PRIVATE KEY-----"].join(" "),
];

describe("a secret that the External Secrets Operator copies", () => {
  test("is written with all that the API server would fill in", () => {
    expect(written(external().manifests("jobs"))).toEqual([
      {
        apiVersion: "external-secrets.io/v1",
        kind: "ExternalSecret",
        metadata: { name: "hub", namespace: "jobs" },
        spec: {
          refreshInterval: "1h0m0s",
          secretStoreRef: { kind: "ClusterSecretStore", name: "team" },
          target: { name: "hub", creationPolicy: "Owner", deletionPolicy: "Retain" },
          data: [
            {
              secretKey: "value",
              remoteRef: {
                key: "team/hub",
                conversionStrategy: "Default",
                decodingStrategy: "None",
                metadataPolicy: "None",
              },
            },
          ],
        },
      },
    ]);
  });

  test("takes a member of an object, another key, a store of the namespace, and its pace", () => {
    const ref = external({ property: "token", key: "HF_TOKEN", namespacedStore: true, refreshMinutes: 90 });
    expect(written(ref.manifests("jobs")[0]).spec).toMatchObject({
      refreshInterval: "1h30m0s",
      secretStoreRef: { kind: "SecretStore", name: "team" },
      data: [{ secretKey: "HF_TOKEN", remoteRef: { property: "token" } }],
    });
    expect(written(external({ refreshMinutes: 5 }).manifests("jobs")[0]).spec).toMatchObject({
      refreshInterval: "5m0s",
    });
  });

  test("reaches a container as a variable or as a file", () => {
    const ref = external({ key: "token" });
    expect(ref.envVar("HF_TOKEN")).toEqual({
      name: "HF_TOKEN",
      valueFrom: { secretKeyRef: { name: "hub", key: "token" } },
    });
    const volume = ref.volume();
    expect(volume.secret).toEqual({ secretName: "hub", items: [{ key: "token", path: "token" }] });
    expect(ref.mount("/run/secrets/hub")).toEqual({
      name: volume.name,
      mountPath: "/run/secrets/hub",
      readOnly: true,
    });
    expect(ref.filePath("/run/secrets/hub/")).toBe("/run/secrets/hub/token");
  });

  test("refuses names that are none", () => {
    const at = "SecretRef.externalSecret";
    expect(() => external({ remoteName: "a b" })).toRefuse("SECRET_NAME_INVALID", { path: `${at}.remoteName` });
    expect(() => external({ remoteName: "" })).toRefuse("SECRET_NAME_INVALID");
    expect(() => external({ key: "a/b" })).toRefuse("SECRET_NAME_INVALID", { path: `${at}.key` });
    expect(() => external({ key: ".." })).toRefuse("SECRET_NAME_INVALID");
    expect(() => external({ name: "Hub" })).toRefuse("KUBERNETES_NAME_INVALID", { path: `${at}.name` });
    expect(() => external({ store: "a.b" })).toRefuse("KUBERNETES_NAME_INVALID", { path: `${at}.store` });
    expect(() => external().manifests("Jobs")).toRefuse("KUBERNETES_NAME_INVALID", { got: "Jobs" });
    expect(() => external().envVar("HF-TOKEN")).toRefuse("SECRET_NAME_INVALID", { got: "HF-TOKEN" });
    expect(() => external().mount("secrets")).toRefuse("SECRET_NAME_INVALID", { got: "secrets" });
    for (const refreshMinutes of [0, 1441, 1.5]) {
      expect(() => external({ refreshMinutes })).toRefuse("VALUE_OUT_OF_RANGE", { got: refreshMinutes });
    }
  });

  test("takes the ARN of a secret, of another service none", () => {
    const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:team/hub-AbCdEf";
    expect(() => external({ remoteName: arn })).not.toThrow();
    expect(() => external({ remoteName: arn.replace("secretsmanager", "ssm") })).toRefuse("SECRET_NAME_INVALID");
  });
});

describe("a secret that is mounted from its provider", () => {
  test("is read with the pod's identity, in a region that nobody must look up", () => {
    expect(written(csi().manifests("jobs"))).toEqual([
      {
        apiVersion: "secrets-store.csi.x-k8s.io/v1",
        kind: "SecretProviderClass",
        metadata: { name: "hub", namespace: "jobs" },
        spec: {
          provider: "aws",
          parameters: { objects: expect.any(String) as string, region: "us-east-1", usePodIdentity: "true" },
        },
      },
    ]);
    expect(objectsOf(csi())).toEqual([{ objectName: "team/hub", objectType: "secretsmanager", objectAlias: "value" }]);
    expect(parametersOf(csi({ podIdentity: false })).usePodIdentity).toBe("false");
  });

  test("takes a member of an object, quoted where its name is no plain word", () => {
    const [object] = objectsOf(csi({ property: "hub-token", fileName: "token" })) as Record<string, unknown>[];
    expect(object).toMatchObject({
      objectAlias: "token.json",
      jmesPath: [{ path: '"hub-token"', objectAlias: "token" }],
    });
    expect(objectsOf(csi({ property: "token" }))).toMatchObject([{ jmesPath: [{ path: "token" }] }]);
  });

  test("reaches a container as a file, never as a variable", () => {
    const ref = csi({ fileName: "token" });
    expect(ref.volume()).toMatchObject({
      csi: {
        driver: "secrets-store.csi.k8s.io",
        readOnly: true,
        volumeAttributes: { secretProviderClass: "hub" },
      },
    });
    expect(ref.filePath("/mnt/hub")).toBe("/mnt/hub/token");
    expect(ref.mount("/mnt/hub").name).toBe(ref.volume().name);
    expect(() => ref.envVar("HF_TOKEN")).toRefuse("SECRET_USE_UNSUPPORTED", { got: "HF_TOKEN" });
  });

  test("refuses files that the provider would misread, and regions that are none", () => {
    expect(() => csi({ fileName: "hub-token" })).toRefuse("SECRET_NAME_INVALID", { path: "SecretRef.csi.fileName" });
    expect(() => csi({ region: "Virginia" })).toRefuse("SECRET_NAME_INVALID", { path: "SecretRef.csi.region" });
    expect(() => csi({ region: "us-gov-west-1" })).not.toThrow();
    expect(() => csi({ name: "Hub" })).toRefuse("KUBERNETES_NAME_INVALID");
    expect(() => csi({ remoteName: "a b" })).toRefuse("SECRET_NAME_INVALID");
  });
});

describe("a secret that is there already", () => {
  test("needs no objects, and keys of one Secret are volumes of their own", () => {
    const ref = SecretRef.existing({ secretName: "registry.hub", key: "token" });
    expect(ref.manifests("jobs")).toEqual([]);
    expect(ref.envVar("TOKEN")).toMatchObject({ valueFrom: { secretKeyRef: { name: "registry.hub", key: "token" } } });
    const other = SecretRef.existing({ secretName: "registry.hub", key: "user" });
    expect(other.volume().name).not.toBe(ref.volume().name);
  });

  test("gives volumes names that Kubernetes takes", () => {
    for (const secretName of ["a", "registry.hub", "x".repeat(253), `${"y".repeat(53)}.${"z".repeat(20)}`]) {
      const { name } = SecretRef.existing({ secretName, key: "token" }).volume();
      expect(name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
    }
    expect(() => SecretRef.existing({ secretName: "Hub", key: "token" })).toRefuse("SECRET_NAME_INVALID");
    expect(() => SecretRef.existing({ secretName: "hub", key: "" })).toRefuse("SECRET_NAME_INVALID");
  });
});

describe("a value where a name belongs", () => {
  test.each(TOKENS)("is refused (%#), and not repeated in the message", (token) => {
    const uses = [
      () => external({ remoteName: token }),
      () => external({ key: token }),
      () => external({ property: token }),
      () => csi({ remoteName: token }),
      () => csi({ property: token }),
      () => SecretRef.existing({ secretName: token, key: "token" }),
      () => external().envVar(token),
      () => secretStore({ name: token, namespace: "jobs", region: "us-east-1" }, "test/Store"),
      () => clusterSecretStore({ name: "team", namespaces: [token], region: "us-east-1" }, "test/Store"),
    ];
    for (const use of uses) {
      expect(use).toRefuse("SECRET_IN_PROPS");
      let message = "";
      try {
        use();
      } catch (error) {
        message = (error as InvalidProps).message;
      }
      expect(message).not.toContain(token.slice(0, 8));
    }
  });

  test.each(["hf_token", "sk-learn-model-registry", "ghp_mirror", "team/AKIA-rotation", "prod/hub/token"])(
    "is not seen in %s",
    (remoteName) => {
      expect(() => external({ remoteName })).not.toThrow();
    },
  );
});

describe("a store", () => {
  const ROLE = "arn:aws:iam::123456789012:role/secrets/team";

  test("of the cluster serves the namespaces that it names", () => {
    const namespaces = ["team-b", "team-a", "team-b"];
    expect(written(clusterSecretStore({ name: "shared", region: "us-east-1", namespaces }, "test/Store"))).toEqual({
      apiVersion: "external-secrets.io/v1",
      kind: "ClusterSecretStore",
      metadata: { name: "shared" },
      spec: {
        conditions: [{ namespaces: ["team-a", "team-b"] }],
        provider: { aws: { service: "SecretsManager", region: "us-east-1" } },
      },
    });
  });

  test("of the cluster is never open to all of it", () => {
    const open = { name: "shared", region: "us-east-1", namespaces: [] };
    expect(() => clusterSecretStore(open, "test/Store")).toRefuse("SECRET_STORE_OPEN", {
      path: "test/Store.namespaces",
    });
    expect(() => clusterSecretStore({ ...open, namespaces: ["*"] }, "test/Store")).toRefuse("KUBERNETES_NAME_INVALID");
  });

  test("of a namespace reads with the operator's identity, a service account's or a role", () => {
    const store = { name: "team", namespace: "team-a", region: "us-east-1" };
    expect(written(secretStore(store, "test/Store"))).toEqual({
      apiVersion: "external-secrets.io/v1",
      kind: "SecretStore",
      metadata: { name: "team", namespace: "team-a" },
      spec: { provider: { aws: { service: "SecretsManager", region: "us-east-1" } } },
    });
    const more = { ...store, serviceAccount: "reader", roleArn: ROLE };
    expect(written(secretStore(more, "test/Store")).spec).toEqual({
      provider: {
        aws: {
          service: "SecretsManager",
          region: "us-east-1",
          role: ROLE,
          auth: { jwt: { serviceAccountRef: { name: "reader" } } },
        },
      },
    });
  });

  test("refuses roles, regions and names that are none", () => {
    const store = { name: "team", namespace: "team-a", region: "us-east-1" };
    const refuse = (more: object) => () => secretStore({ ...store, ...more }, "test/Store");
    expect(refuse({ roleArn: "team" })).toRefuse("ARN_INVALID", { path: "test/Store.roleArn" });
    expect(refuse({ region: "us east" })).toRefuse("SECRET_NAME_INVALID", { path: "test/Store.region" });
    expect(refuse({ name: "a.b" })).toRefuse("KUBERNETES_NAME_INVALID", { path: "test/Store.name" });
    expect(refuse({ namespace: "A" })).toRefuse("KUBERNETES_NAME_INVALID", { path: "test/Store.namespace" });
    expect(refuse({ serviceAccount: "A" })).toRefuse("KUBERNETES_NAME_INVALID");
  });
});
