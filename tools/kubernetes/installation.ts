import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ApiClient, ApiObject } from "./api-client";
import { makeCertificates, type ControlPlane } from "./control-plane";

/** A controller's webhook server on loopback. */
export interface WebhookServer {
  readonly port: number;
  /** Holds ca.crt, ca.key, tls.crt, tls.key. */
  readonly certificates: string;
}

/**
 * What a controller outside of the cluster cannot have, or does not need: its own pods, the services to them, APIs behind those services,
 * and objects of other operators.
 */
const LEFT_OUT = new Set(["Deployment", "Service", "APIService", "PodDisruptionBudget", "ServiceMonitor"]);
const CRD = "CustomResourceDefinition";

/**
 * Makes certificates for a webhook server.
 * @param dnsName what the controller itself expects of them, beside an authority called NAME-ca
 */
export function webhookServer(plane: ControlPlane, name: string, port: number, dnsName: string): WebhookServer {
  const certificates = join(plane.folder, `${name}-certificates`);
  makeCertificates(plane.binaries, certificates, ["127.0.0.1", dnsName], `${name}-ca`);
  return { port, certificates };
}

/**
 * Installs what an operator's chart renders, for a controller that runs beside the cluster: namespace, CRDs, rights, and its webhooks, which
 * point at loopback instead of at a service.
 */
export async function install(
  client: ApiClient,
  namespace: string,
  objects: readonly ApiObject[],
  server: WebhookServer,
): Promise<void> {
  await client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const ours = objects.filter(({ kind }) => !LEFT_OUT.has(kind)).map((object) => pointedAt(server, object));
  await installCrds(
    client,
    ours.filter(({ kind }) => kind === CRD),
  );
  for (const object of ours.filter(({ kind }) => kind !== CRD)) {
    const isPlaced =
      object.kind.endsWith("Role") || object.kind.endsWith("Binding") ? !object.kind.startsWith("Cluster") : true;
    // Helm puts an object that names no namespace into the release's.
    const metadata = isPlaced ? { namespace, ...object.metadata } : object.metadata;
    await client.apply({ ...object, metadata });
  }
}

/** Installs CRDs and waits until the server serves them all. */
export async function installCrds(client: ApiClient, crds: readonly ApiObject[]): Promise<void> {
  await Promise.all(crds.map((crd) => client.apply(crd)));
  await client.waitFor("CRDs to be established", async () => {
    const found = await client.list("apiextensions.k8s.io/v1", CRD);
    const established = new Set(found.filter(isEstablished).map(({ metadata }) => metadata.name));
    return crds.every(({ metadata }) => established.has(metadata.name));
  });
}

function isEstablished({ status }: ApiObject): boolean {
  const { conditions } = (status ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[] | null;
  };
  // The API server writes null for a moment.
  return (conditions ?? []).some((condition) => condition.type === "Established" && condition.status === "True");
}

/** Every `clientConfig` of admission and of conversion, which the server calls by URL then; the rest stays as it is. */
function pointedAt(server: WebhookServer, object: ApiObject): ApiObject {
  const caBundle = readFileSync(join(server.certificates, "ca.crt")).toString("base64");
  const replace = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replace);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replaced(key, member)]));
  };
  const replaced = (key: string, value: unknown): unknown => {
    const path = key === "clientConfig" ? servicePath(value) : undefined;
    return path === undefined ? replace(value) : { url: `https://127.0.0.1:${server.port}${path}`, caBundle };
  };
  const isWebhook = object.kind === CRD || object.kind.endsWith("WebhookConfiguration");
  if (isWebhook) return replace(object) as ApiObject;
  // The controller looks whether the certificates in its secret are good, and makes its own where there are none.
  if (object.kind === "Secret" && /webhook/.test(object.metadata.name)) {
    const names = ["ca.crt", "ca.key", "tls.crt", "tls.key"];
    const data = names.map((name) => [name, readFileSync(join(server.certificates, name)).toString("base64")]);
    return { ...object, data: Object.fromEntries(data) as unknown };
  }
  return object;
}

function servicePath(clientConfig: unknown): string | undefined {
  const { service } = clientConfig as { readonly service?: { readonly path?: string } };
  return service === undefined ? undefined : (service.path ?? "/");
}
