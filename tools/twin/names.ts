import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { AUTHORITATIVE_ANSWER, decode, encode, type Packet } from "dns-packet";
import type { ApiClient } from "../kubernetes/api-client";

const ZONE = "cluster.local";
const PORT = 53;
/** Short, so that pods of a job that started again are found at once. */
const TTL_S = 1;
const NAME_ERROR = 3;
const SERVER_FAILURE = 2;

interface Endpoint {
  readonly addresses: readonly string[];
  readonly hostname?: string;
  readonly conditions?: { readonly ready?: boolean };
}

/**
 * The names of headless services and of the pods behind them, as CoreDNS answers them from EndpointSlices. CoreDNS itself was not built: beside
 * Kubernetes 1.35 it moves 60 modules of the programs here. dns-packet knows the format, which is older and odder than it looks.
 */
export class NameServer {
  private readonly socket: Socket = createSocket("udp4");

  private constructor(private readonly client: ApiClient) {
    this.socket.on("message", (message, { address, port }) => {
      void this.answer(message).then((answer) => answer && this.socket.send(answer, port, address));
    });
    // A pod that has gone takes no answer.
    this.socket.on("error", () => undefined);
  }

  public static async start(client: ApiClient, address: string): Promise<NameServer> {
    const server = new NameServer(client);
    server.socket.bind(PORT, address);
    await once(server.socket, "listening");
    server.socket.unref();
    return server;
  }

  public stop(): void {
    this.socket.close();
  }

  private async answer(message: Buffer): Promise<Buffer | undefined> {
    const query = parse(message);
    const question = query?.questions?.[0];
    if (query === undefined || question === undefined) return undefined;
    const found = await addressesOf(this.client, question.name.toLowerCase()).catch(() => "failed" as const);
    const code = found === "failed" ? SERVER_FAILURE : found === undefined ? NAME_ERROR : 0;
    // A name that exists has no addresses of another kind: that is no error.
    const addresses = Array.isArray(found) && question.type === "A" ? (found as readonly string[]) : [];
    return encode({
      type: "response",
      id: query.id,
      flags: AUTHORITATIVE_ANSWER | code,
      questions: [question],
      answers: addresses.map((data) => ({ type: "A", name: question.name, ttl: TTL_S, data })),
    });
  }
}

function parse(message: Buffer): Packet | undefined {
  try {
    return decode(message);
  } catch {
    return undefined;
  }
}

/**
 * Addresses of SERVICE.NAMESPACE.svc.cluster.local, or of HOSTNAME before it.
 * @returns undefined when there is no such name
 */
export async function addressesOf(client: ApiClient, name: string): Promise<readonly string[] | undefined> {
  const suffix = `.svc.${ZONE}`;
  if (!name.endsWith(suffix)) return undefined;
  const [namespace, service, host, ...more] = name.slice(0, -suffix.length).split(".").reverse();
  if (namespace === undefined || service === undefined || more.length > 0) return undefined;
  const labelSelector = `kubernetes.io/service-name=${service}`;
  const slices = await client.list("discovery.k8s.io/v1", "EndpointSlice", { namespace, labelSelector });
  const endpoints = slices.flatMap((slice) => (slice.endpoints ?? []) as readonly Endpoint[]);
  // publishNotReadyAddresses is in the slices already: such endpoints are called ready.
  const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false);
  const wanted = host === undefined ? ready : ready.filter(({ hostname }) => hostname === host);
  const addresses = wanted.flatMap((endpoint) => endpoint.addresses);
  return addresses.length > 0 ? addresses.toSorted() : undefined;
}
