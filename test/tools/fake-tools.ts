import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunOptions } from "../../tools/embedded/options";
import type { Toolchain } from "../../tools/embedded/toolchain";

/** What goes wrong in the stand-ins, and which stacks the app has. */
export interface Behaviour {
  readonly stacks?: Readonly<Record<string, object>>;
  readonly fails?: string;
  readonly hangs?: string;
  readonly drift?: string;
  readonly leaves?: string;
  readonly resources?: readonly string[];
  readonly synthFails?: boolean;
  readonly emulatorRefuses?: boolean;
  readonly emulatorBreaks?: boolean;
  readonly emulatorHost?: string;
}

/** A call of the stand-in for Terraform. */
export interface Call {
  readonly stack: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Three stacks that read of each other, written down in no useful order. */
export const STACKS = {
  "prod-cluster": { dependencies: ["prod-data", "prod-foundation"] },
  "dev-foundation": {},
  "prod-data": { dependencies: ["prod-foundation"] },
  "prod-foundation": {},
};

/** Stand-ins for Terraform, the emulator and the app, in a temporary folder of their own. */
export class FakeTools {
  public readonly folder = mkdtempSync(join(tmpdir(), "aidc-tools-"));
  public readonly toolchain: Toolchain;

  public constructor() {
    const app = join(this.folder, "app.mjs");
    copyFileSync(join(__dirname, "fakes", "app.mjs"), app);
    const path = this.script("terraform");
    const terraform = { path, product: "terraform", version: "1.11.4", platform: "linux_amd64" } as const;
    this.toolchain = { terraform, python: this.script("emulator"), app };
    this.behave({});
  }

  public behave(behaviour: Behaviour): void {
    writeFileSync(join(this.folder, "behaviour.json"), JSON.stringify({ stacks: STACKS, ...behaviour }));
  }

  public options(more: Partial<RunOptions> = {}): RunOptions {
    const workDir = join(this.folder, "work", "embedded");
    return {
      stage: "prod",
      port: 0,
      keep: false,
      json: false,
      withFileSystems: false,
      training: false,
      workDir,
      ...more,
    };
  }

  public get calls(): Call[] {
    return this.lines<Call>("calls.jsonl");
  }

  /** Commands in the order in which they were given: "prod-data apply". */
  public get commands(): string[] {
    return this.calls.map(({ stack, args }) => `${stack} ${args[0]}`);
  }

  public get emulatorCalls(): Omit<Call, "stack">[] {
    return this.lines("emulator-calls.jsonl");
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private script(name: string): string {
    const file = join(this.folder, name);
    const fake = join(__dirname, "fakes", `${name}.mjs`);
    writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${fake}" "${this.folder}" "$@"\n`);
    chmodSync(file, 0o755);
    return file;
  }

  private lines<T>(name: string): T[] {
    const file = join(this.folder, name);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as T);
  }
}
