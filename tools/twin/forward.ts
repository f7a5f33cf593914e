import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** Passes on connections to a port on loopback: the API server listens nowhere else, and nodes have a network of their own. */
export class Forward {
  private readonly open = new Set<Socket>();
  private readonly server: Server;

  private constructor(to: number) {
    this.server = createServer((from) => {
      const there = connect(to, "127.0.0.1");
      for (const socket of [from, there]) {
        this.open.add(socket);
        socket.once("close", () => this.open.delete(socket));
        socket.once("error", () => [from, there].forEach((each) => each.destroy()));
      }
      from.pipe(there).pipe(from);
    });
  }

  /** @returns with its port */
  public static async start(address: string, to: number): Promise<Forward> {
    const forward = new Forward(to);
    forward.server.listen(0, address);
    await once(forward.server, "listening");
    forward.server.unref();
    return forward;
  }

  public get port(): number {
    const address = this.server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  public async stop(): Promise<void> {
    const closed = once(this.server, "close");
    this.server.close();
    for (const socket of this.open) socket.destroy();
    await closed;
  }
}
