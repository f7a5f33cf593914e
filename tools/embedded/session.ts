import type { ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { aliasHost, writeMirrorConfig } from "./cli-config";
import { checkPort, type Emulator, keptEmulator, resetEmulator, startEmulator, stopEmulator } from "./emulator";
import { emulatorEnvironment, type Environment } from "./environment";
import { RunFailed } from "./failures";
import type { RunOptions } from "./options";
import { ChildProcesses } from "./processes";
import { downloadProvider } from "./provider-download";
import { findProvider, hostOf, type ProviderSource } from "./provider-source";
import { shown } from "./repository";
import { Terraform } from "./terraform";
import type { Toolchain } from "./toolchain";
import { Workspace } from "./workspace";

/** One run of `npm start` or `npm run destroy`: its folder, its tools, its children, its emulator. */
export class Session {
  public readonly children = new ChildProcesses();
  public readonly workspace: Workspace;
  /** An emulator that an earlier run kept. */
  private kept: Emulator | undefined;
  private own: { readonly emulator: Emulator; readonly child: ChildProcess } | undefined;
  private released = false;

  private constructor(
    public readonly options: RunOptions,
    public readonly user: Environment,
    public readonly toolchain: Toolchain,
    private readonly say: (line: string) => void,
  ) {
    this.workspace = new Workspace(options.workDir);
  }

  /**
   * Checks what can be checked before anything is started, and takes the work folder.
   * @throws Unready
   */
  public static async open(
    options: RunOptions,
    user: Environment,
    toolchain: Toolchain,
    say: (line: string) => void,
  ): Promise<Session> {
    const session = new Session(options, user, toolchain, say);
    session.workspace.lock();
    try {
      await session.takeOver();
    } catch (error) {
      session.workspace.unlock();
      throw error;
    }
    return session;
  }

  /** The emulator of this run. */
  public get emulator(): Emulator {
    const emulator = this.kept ?? this.own?.emulator;
    if (!emulator) throw new Error("the emulator is not running yet");
    return emulator;
  }

  /** Whether the emulator goes on after this run. */
  public get keepsEmulator(): boolean {
    return this.kept !== undefined || this.released;
  }

  public get terraform(): Terraform {
    const { children, workspace, toolchain, user } = this;
    const env = emulatorEnvironment(user, workspace, this.emulator.url);
    return new Terraform(children, workspace, toolchain.terraform, env);
  }

  /** Starts the emulator, unless a kept one is there. */
  public async startEmulator(): Promise<Emulator> {
    if (!this.kept) {
      const { port, keep } = this.options;
      const options = { python: this.toolchain.python, port, keep, user: this.user };
      this.own = await startEmulator(this.children, this.workspace, options);
    }
    return this.emulator;
  }

  /** Finds the provider, downloading it if need be, and lets Terraform take it from that one folder only. */
  public async findProvider(): Promise<ProviderSource> {
    const { children, workspace, user, say } = this;
    const { terraform } = this.toolchain;
    // Beside the work folder: it outlives the runs.
    const cache = join(dirname(workspace.root), "plugins");
    const download = () => downloadProvider({ children, workspace, user, terraform: terraform.path, cache, say });
    const source = await findProvider({ user, terraform, cache, download });
    const alias = join(workspace.root, "plugin-alias");
    writeMirrorConfig(workspace.cliConfig, aliasHost(source.folder, source.host, hostOf(terraform.product), alias));
    return source;
  }

  /** Leaves the emulator that this run started to the user. @returns whether there is one */
  public releaseEmulator(): boolean {
    const child = this.own?.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return false;
    this.children.release(child);
    this.released = true;
    return true;
  }

  /** Ends an emulator that an earlier run kept. */
  public async stopKeptEmulator(): Promise<void> {
    await stopEmulator(this.workspace);
    this.kept = undefined;
  }

  /** Ends what this run started. An emulator that an earlier run kept is the user's and stays. */
  public async close(): Promise<void> {
    const own = this.released ? undefined : this.own?.child;
    // Terraform first: what it has under way can then still be finished and noted in its state.
    await this.children.interruptAll(own);
    if (own) {
      await this.children.end(own, "SIGTERM");
      rmSync(this.workspace.emulatorRecord, { force: true });
    }
    this.workspace.unlock();
  }

  /** A failure of Terraform is none when the emulator broke under it. */
  public explain(error: unknown): unknown {
    const { exitCode = null, signalCode = null } = this.own?.child ?? {};
    if (!(error instanceof RunFailed) || (exitCode ?? signalCode) === null) return error;
    const problem = `the emulator ended (${exitCode ?? signalCode}) while Terraform was at work`;
    return new RunFailed(problem, [error.message], shown(this.workspace.emulatorLog));
  }

  /** Goes on with what an earlier run kept, or clears away what it left. */
  private async takeOver(): Promise<void> {
    this.kept = await keptEmulator(this.workspace);
    if (!this.kept) await checkPort(this.options.port);
    if (this.kept) {
      this.say(`The emulator that an earlier run kept answers at ${this.kept.url}: applying onto it.`);
      // Without the state everything would be created a second time, and refused.
      if (!this.workspace.hasState) await resetEmulator(this.kept);
    } else if (this.workspace.hasState) {
      this.say(`Removing ${shown(this.workspace.state)}: it describes resources of an emulator that is gone.`);
    }
    this.workspace.prepare(this.kept !== undefined);
  }
}
