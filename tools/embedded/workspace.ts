import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RunFailed, Unready } from "./failures";
import { commandLine } from "./processes";
import { shown } from "./repository";

/** The provider version that the emulator is tested with. */
export const PROVIDER_VERSION = "5.100.0";
const PROVIDER = { source: "hashicorp/aws", version: PROVIDER_VERSION };

/** The provider's own 25 make an API that the emulator lacks look like a hang. It ignores AWS_MAX_ATTEMPTS. */
const MAX_RETRIES = 3;

/** The parts of a synthesized stack that matter here. */
interface StackJson {
  readonly terraform?: {
    readonly backend?: Readonly<Record<string, { readonly path?: string }>>;
    readonly required_providers?: Readonly<Record<string, { readonly source?: string }>>;
  };
}

/**
 * The folder in which the embedded cloud works. Everything in it can be thrown away: the emulator keeps its state in memory.
 * Stacks lie in it as deep as in the folder of cdktf.json, so that the relative state path of the shipped JSON stays inside.
 */
export class Workspace {
  /** Empty home of the child processes. */
  public readonly home: string;
  public readonly logs: string;
  public readonly state: string;
  public readonly cliConfig: string;
  /** Which emulator a run kept. */
  public readonly emulatorRecord: string;
  public readonly emulatorLog: string;
  /** One JSON line per request that reached the emulator. Its path also tells our emulator from that of another checkout. */
  public readonly requestLog: string;
  private readonly lockFile: string;

  public constructor(public readonly root: string) {
    this.home = join(root, "home");
    this.logs = join(root, "logs");
    this.state = join(root, "state");
    this.cliConfig = join(root, "terraform.rc");
    this.emulatorRecord = join(root, "emulator.json");
    this.emulatorLog = join(root, "emulator", "emulator.log");
    this.requestLog = join(root, "emulator", "requests.jsonl");
    this.lockFile = join(root, "run.lock");
  }

  /** Where the app writes its JSON; the teardown's, which has no protection, never lies where a deploy would pick it up. */
  public synthFolder(unprotected: boolean): string {
    return join(this.root, unprotected ? "synth-unprotected" : "synth");
  }

  /** Where Terraform runs for a stack. */
  public stackFolder(stack: string): string {
    return join(this.root, "cdktf.out", "stacks", stack);
  }

  public log(name: string): string {
    return join(this.logs, name);
  }

  /**
   * Takes the folder for this process.
   * @throws Unready when another run is at work in it
   */
  public lock(): void {
    mkdirSync(this.root, { recursive: true });
    const owner = this.lockOwner();
    if (owner !== undefined) {
      throw new Unready(
        `process ${owner} is at work in ${shown(this.root)}`,
        "Wait for it, or end it with Ctrl-C; --work-dir chooses another folder.",
      );
    }
    writeFileSync(this.lockFile, String(process.pid));
  }

  /** The process that is at work in this folder, if any. */
  public lockOwner(): number | undefined {
    const pid = existsSync(this.lockFile) ? Number(readFileSync(this.lockFile, "utf8")) : Number.NaN;
    if (!Number.isInteger(pid) || pid === process.pid) return undefined;
    return /(start|destroy)\.js/.test(commandLine(pid) ?? "") ? pid : undefined;
  }

  public unlock(): void {
    rmSync(this.lockFile, { force: true });
  }

  /** Clears what an earlier run left; the state, and the logs of the emulator, only when that emulator is gone. */
  public prepare(emulatorRuns: boolean): void {
    const emulator = dirname(this.emulatorLog);
    const old = [join(this.root, "cdktf.out"), this.home, this.logs, ...(emulatorRuns ? [] : [this.state, emulator])];
    for (const folder of old) rmSync(folder, { recursive: true, force: true });
    for (const folder of [this.home, this.logs, this.state, emulator]) mkdirSync(folder, { recursive: true });
  }

  public get hasState(): boolean {
    return existsSync(this.state);
  }

  /**
   * Copies a synthesized stack, assets and all, and puts the override beside it: the JSON that is applied is the JSON that
   * is shipped, byte for byte.
   */
  public addStack(stack: string, synthesized: string): void {
    const folder = this.stackFolder(stack);
    mkdirSync(folder, { recursive: true });
    cpSync(synthesized, folder, { recursive: true, force: true });
    const json = readStack(folder);
    writeFileSync(join(folder, "pin_override.tf.json"), `${JSON.stringify(overrideFor(stack, json), undefined, 2)}\n`);
  }
}

/** Provider sources that a stack asks for beside AWS: without an emulator for them it cannot be applied here. */
export function foreignProviders(stackFolder: string): string[] {
  const providers = Object.entries(readStack(stackFolder).terraform?.required_providers ?? {});
  return providers.map(([name, { source = name }]) => source).filter((source) => !/(^|\/)aws$/.test(source));
}

/**
 * The override file: the provider version that the emulator is tested with, few retries, and local state for stacks whose own
 * backend would need an account. Terraform merges files named *_override.tf.json over the others, argument by argument: region,
 * account and tags of the shipped provider block stay.
 */
export function overrideFor(stack: string, json: StackJson): object {
  const localPath = json.terraform?.backend?.local?.path ?? "";
  const staysInside = /^\.\.\/\.\.\/\.\.\/state\/[^/]+$/.test(localPath);
  const backend = { local: { path: `../../../state/${stack}.tfstate` } };
  return {
    terraform: { ...(staysInside ? {} : { backend }), required_providers: { aws: PROVIDER } },
    provider: { aws: { max_retries: MAX_RETRIES } },
  };
}

function readStack(folder: string): StackJson {
  const file = join(folder, "cdk.tf.json");
  try {
    return JSON.parse(readFileSync(file, "utf8")) as StackJson;
  } catch (error) {
    throw new RunFailed(`${shown(file)} cannot be read: ${(error as Error).message}`);
  }
}
