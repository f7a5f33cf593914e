import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Backend, ContractChannel, DatacenterStack } from "../core";
import { type App, Testing } from "../terraform/cdktf";

export interface TestAppOptions {
  /** Context of the app, such as `{ "aidc:unprotected": "data-loss-accepted" }`. @default - none */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Folder that `app.synth()` writes to. @default - a new one in the system's temporary folder */
  readonly outdir?: string;
}

export interface TestStackOptions {
  /** App around the stack. @default - a new `testApp` */
  readonly app?: App;
  /** @default "test" */
  readonly id?: string;
  /** @default "test" */
  readonly stage?: string;
  /** @default "123456789012" */
  readonly accountId?: string;
  /** @default "us-east-1" */
  readonly region?: string;
  /** @default Backend.local("state") */
  readonly backend?: Backend;
  /** @default ContractChannel.literals({}) */
  readonly channel?: ContractChannel;
  /** Context of the new app; give it to `testApp` where the app is given. @default - none */
  readonly context?: Readonly<Record<string, unknown>>;
}

const folders: string[] = [];

/** An app for tests: it writes to a temporary folder, and records no stack traces. */
export function testApp(options: TestAppOptions = {}): App {
  return Testing.app({
    outdir: options.outdir ?? temporaryFolder(),
    context: options.context as Record<string, unknown> | undefined,
    stackTraces: false,
  });
}

/** A stack with a provider and a backend, in which any construct can be tested. */
export function testStack(options: TestStackOptions = {}): DatacenterStack {
  const { app = testApp({ context: options.context }), id = "test", stage = "test" } = options;
  return new DatacenterStack(app, id, {
    stage,
    accountId: options.accountId ?? "123456789012",
    region: options.region ?? "us-east-1",
    backend: options.backend ?? Backend.local("state"),
    channel: options.channel ?? ContractChannel.literals({}),
  });
}

/** Removes the temporary folders of all apps made so far. Where the test runner has a global `afterAll`, that happens by itself. */
export function removeTestFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

try {
  (globalThis as { afterAll?: (action: () => void) => void }).afterAll?.(removeTestFolders);
} catch {
  // Runners refuse hooks where a test itself loads this module; the system's own cleaning has to do then.
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "aidc-test-"));
  folders.push(folder);
  return folder;
}
