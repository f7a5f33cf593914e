import { Agent, request as httpsRequest } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { RunFailed } from "../embedded/failures";

/** Who owns the fields that `apply` sets. */
export const FIELD_MANAGER = "aidc";
const CONNECTIONS = 8;
const POLL_MS = 100;
/** How long a kind may take to be served after its CRD was made. */
const NEW_KIND_MS = 10_000;

/** Names an object, or with more fields is one. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ApiMetadata;
  readonly [field: string]: unknown;
}

export interface ApiMetadata {
  readonly name: string;
  /** @default "default" when the kind has namespaces */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly resourceVersion?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly [field: string]: unknown;
}

export interface ApiResponse {
  readonly status: number;
  /** Parsed when it is JSON, else the text. */
  readonly body: unknown;
}

/** What a list is narrowed to. */
export interface ListOptions {
  /** @default - all */
  readonly namespace?: string;
  /** @default - all */
  readonly labelSelector?: string;
  /** @default - all */
  readonly fieldSelector?: string;
}

/** The API server said no. */
export class ApiRefusal extends Error {
  public constructor(
    public readonly status: number,
    /** Word of the API, such as "Invalid", "Forbidden", "NotFound". */
    public readonly reason: string,
    message: string,
  ) {
    super(message);
    this.name = "ApiRefusal";
  }
}

/** How to reach an API server. */
export interface ApiConnection {
  /** Such as "https://127.0.0.1:6443". */
  readonly host: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** A small client of the Kubernetes API, in nothing but Node's own modules. */
export class ApiClient {
  private readonly agent: Agent;
  private readonly resources = new Map<string, Resource>();

  public constructor(
    private readonly connection: ApiConnection,
    private readonly headers: Readonly<Record<string, string | readonly string[]>> = {},
  ) {
    this.agent = new Agent({ ca: connection.ca, keepAlive: true, maxSockets: CONNECTIONS });
  }

  /** The same server as someone else, such as a team's member: for what RBAC allows. */
  public as(user: string, groups: readonly string[] = []): ApiClient {
    return new ApiClient(this.connection, {
      "Impersonate-User": user,
      ...(groups.length > 0 && { "Impersonate-Group": groups }),
    });
  }

  /**
   * One request; whatever is answered comes back.
   * @param path with its query, such as "/api/v1/nodes?limit=5"
   * @param body plain data @default - none
   */
  public request(method: string, path: string, body?: unknown, contentType = "application/json"): Promise<ApiResponse> {
    const { host, token } = this.connection;
    const text = body === undefined ? "" : JSON.stringify(body);
    const headers = {
      ...this.headers,
      Authorization: `Bearer ${token}`,
      Accept: "application/json",
      // Node gives a DELETE no length by itself, and its body would be taken for the next request.
      ...(body !== undefined && { "Content-Type": contentType, "Content-Length": Buffer.byteLength(text) }),
    };
    return new Promise((resolve, reject) => {
      const call = httpsRequest(`${host}${path}`, { method, headers, agent: this.agent }, (response) => {
        let answer = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (answer += chunk));
        response.once("error", reject);
        response.once("end", () => resolve({ status: response.statusCode ?? 0, body: parsed(answer) }));
      });
      call.once("error", reject);
      call.end(text);
    });
  }

  /**
   * Server-side apply with strict field validation, without taking fields from other managers.
   * @returns the object as it is stored
   * @throws ApiRefusal
   */
  public async apply(manifest: object): Promise<ApiObject> {
    const object = manifest as ApiObject;
    const query = `fieldManager=${FIELD_MANAGER}&force=false&fieldValidation=Strict`;
    const path = `${await this.pathOf(object)}?${query}`;
    return (await this.expect("PATCH", path, object, "application/apply-patch+yaml")) as ApiObject;
  }

  /**
   * As kubectl create.
   * @throws ApiRefusal, also when there is one of that name
   */
  public async create(manifest: object): Promise<ApiObject> {
    const object = manifest as ApiObject;
    const path = await this.collectionOf(object.apiVersion, object.kind, object.metadata.namespace);
    return (await this.expect(
      "POST",
      `${path}?fieldManager=${FIELD_MANAGER}&fieldValidation=Strict`,
      object,
    )) as ApiObject;
  }

  /**
   * JSON merge patch.
   * @param subresource such as "status" @default - the object itself
   */
  public async patch(reference: ApiObject, change: unknown, subresource?: string): Promise<ApiObject> {
    const path = await this.pathOf(reference);
    const whole = subresource === undefined ? path : `${path}/${subresource}`;
    return (await this.expect("PATCH", whole, change, "application/merge-patch+json")) as ApiObject;
  }

  /** @returns undefined when there is none */
  public async get(apiVersion: string, kind: string, name: string, namespace?: string): Promise<ApiObject | undefined> {
    const path = await this.pathOf({ apiVersion, kind, metadata: { name, namespace } });
    return (await this.expectOr404("GET", path)) as ApiObject | undefined;
  }

  public async list(apiVersion: string, kind: string, options: ListOptions = {}): Promise<readonly ApiObject[]> {
    const { name, root } = await this.resolve(apiVersion, kind);
    const query = new URLSearchParams();
    if (options.labelSelector !== undefined) query.set("labelSelector", options.labelSelector);
    if (options.fieldSelector !== undefined) query.set("fieldSelector", options.fieldSelector);
    const scope = options.namespace === undefined ? "" : `/namespaces/${options.namespace}`;
    const body = await this.expect("GET", `${root}${scope}/${name}?${query.toString()}`);
    const items = (body as { readonly items: readonly ApiObject[] }).items;
    // The server leaves these out of lists.
    return items.map((item) => ({ ...item, apiVersion, kind }));
  }

  /** Deletes, with what the object owns, and does not wait. No error when there is none. */
  public async delete(reference: ApiObject): Promise<void> {
    const options = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Background" };
    await this.expectOr404("DELETE", await this.pathOf(reference), options);
  }

  /**
   * Asks again and again until there is something.
   * @param what for the message, such as "the pod to run"
   * @param probe undefined, false or null for not yet
   * @throws RunFailed when time is up
   */
  public async waitFor<T>(
    what: string,
    probe: () => Promise<T | undefined | false | null>,
    timeoutMs = 60_000,
  ): Promise<T> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const asked = Date.now();
      const found = await probe();
      if (found !== undefined && found !== false && found !== null) return found;
      if (Date.now() > end) throw new RunFailed(`waited ${timeoutMs / 1000} s in vain for ${what}`);
      // An expensive question is asked less often: it slows down what it waits for.
      await sleep(Math.max(POLL_MS, 2 * (Date.now() - asked)));
    }
  }

  /** Lets go of the connections. */
  public close(): void {
    this.agent.destroy();
  }

  private async expectOr404(method: string, path: string, body?: unknown): Promise<unknown> {
    try {
      return await this.expect(method, path, body);
    } catch (error) {
      if (error instanceof ApiRefusal && error.status === 404) return undefined;
      throw error;
    }
  }

  private async expect(method: string, path: string, body?: unknown, contentType?: string): Promise<unknown> {
    const response = await this.request(method, path, body, contentType);
    if (response.status >= 200 && response.status < 300) return response.body;
    const { reason, message } = (response.body ?? {}) as { readonly reason?: string; readonly message?: string };
    const text = message ?? (typeof response.body === "string" ? response.body : JSON.stringify(response.body));
    throw new ApiRefusal(response.status, reason ?? "", `${method} ${path}: ${response.status} ${text}`);
  }

  private async pathOf({ apiVersion, kind, metadata }: ApiObject): Promise<string> {
    return `${await this.collectionOf(apiVersion, kind, metadata.namespace)}/${encodeURIComponent(metadata.name)}`;
  }

  private async collectionOf(apiVersion: string, kind: string, namespace = "default"): Promise<string> {
    const { name, root, namespaced } = await this.resolve(apiVersion, kind);
    return namespaced ? `${root}/namespaces/${namespace}/${name}` : `${root}/${name}`;
  }

  /** What the server calls a kind in paths. A kind that it does not know may be about to come. */
  private async resolve(apiVersion: string, kind: string): Promise<Resource & { readonly root: string }> {
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const key = `${apiVersion} ${kind}`;
    const end = Date.now() + NEW_KIND_MS;
    while (!this.resources.has(key)) {
      await this.discover(root, apiVersion);
      if (this.resources.has(key)) break;
      if (Date.now() > end) throw new ApiRefusal(404, "NotFound", `the server serves no ${kind} of ${apiVersion}`);
      await sleep(POLL_MS);
    }
    const resource = this.resources.get(key);
    if (resource === undefined) throw new Error("unreachable");
    return { ...resource, root };
  }

  private async discover(root: string, apiVersion: string): Promise<void> {
    const { status, body } = await this.request("GET", root);
    if (status !== 200) return;
    for (const found of (body as { readonly resources: readonly Resource[] }).resources) {
      if (!found.name.includes("/")) this.resources.set(`${apiVersion} ${found.kind}`, found);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
