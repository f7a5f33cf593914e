import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { RunFailed } from "../embedded/failures";

/** A program of a test cluster that shall run. */
export interface ServiceOptions {
  /** Name of its log. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Its whole environment: none of the user's variables, which could point it at another cluster. @default - empty */
  readonly env?: Readonly<Record<string, string>>;
  /** Folder to remove when it and its parent are gone. @default - none */
  readonly removes?: string;
}

/**
 * A program that runs until it is stopped or its parent ends, however that ends. `ChildProcesses` of the embedded cloud passes on signals
 * instead; inside of Jest there is no handler for those that would be called.
 */
export class Service {
  private readonly child: ChildProcess;
  private readonly log: string;
  private readonly name: string;
  private ended = false;
  private stopping = false;

  /**
   * @param tethered path of the program that ties the other to us
   * @param folder for the log
   */
  public constructor(tethered: string, folder: string, { name, program, args, env, removes }: ServiceOptions) {
    this.name = name;
    this.log = join(folder, `${name}.log`);
    const log = openSync(this.log, "a");
    try {
      const flags = removes === undefined ? [] : ["-remove", removes];
      // A session of its own: a Ctrl-C in the terminal reaches only us.
      this.child = spawn(tethered, [...flags, "--", program, ...args], {
        cwd: folder,
        env: { HOME: folder, ...env },
        detached: true,
        stdio: ["pipe", log, log],
      });
    } finally {
      closeSync(log);
    }
    this.child.once("exit", () => (this.ended = true));
    this.child.stdin?.on("error", () => undefined);
    // Neither the child nor the pipe to it keeps us alive.
    this.child.unref();
    (this.child.stdin as { unref?: () => void } | null)?.unref?.();
  }

  /** Number of the process that ties the program to us. */
  public get pid(): number {
    return this.child.pid ?? 0;
  }

  /** What it has written. */
  public get output(): string {
    return readFileSync(this.log, "utf8");
  }

  /** @throws RunFailed when it has ended by itself; for loops that wait for it */
  public check(): void {
    if (this.ended && !this.stopping) throw new RunFailed(`${this.name} has ended`, [lastLines(this.output)]);
  }

  /** Ends it. */
  public async stop(): Promise<void> {
    this.stopping = true;
    if (this.ended) return;
    this.child.ref();
    const gone = once(this.child, "exit");
    this.child.stdin?.end();
    await gone;
  }
}

/** Numbers of free ports on loopback. Another program could take one before it is used; nothing here does. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return server;
    }),
  );
  return Promise.all(
    servers.map(async (server) => {
      const address = server.address();
      server.close();
      await once(server, "close");
      return typeof address === "object" && address !== null ? address.port : 0;
    }),
  );
}

/** The end of a log, as details of a failure. */
export function lastLines(text: string, count = 15): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
