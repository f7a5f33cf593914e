import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Cycle, StackResult } from "./cycle";
import { describe } from "./failures";
import type { ProviderSource } from "./provider-source";
import { shown } from "./repository";
import type { Session } from "./session";

/** A run that came to its end. */
export interface Finished {
  readonly session: Session;
  readonly cycle: Cycle;
  readonly provider: ProviderSource;
  readonly seconds: number;
}

/** The report of `npm start`. @param training what came of the training, in lines */
export function startReport({ session, cycle, provider, seconds }: Finished, training: readonly string[] = []): string {
  const rows = cycle.results.map(({ name, resources, applySeconds = 0, drift = 0 }) => [
    name,
    String(resources),
    `${applySeconds} s`,
    drift === 0 ? "no changes" : `${drift} changes`,
  ]);
  const total = cycle.results.reduce((sum, { resources }) => sum + resources, 0);
  return [
    "",
    ...table(["Stack", "Resources", "Applied in", "Second plan"], rows),
    "",
    `${total} resources in ${cycle.results.length} stacks, ${seconds} s in all.`,
    "",
    ...(training.length === 0 ? [] : [...training, ""]),
    ...whereabouts(session, cycle, provider),
    ...outputs(cycle.results),
    "",
    ...realAccount(session.options.stage),
    "",
    ...emulatorLines(session),
  ].join("\n");
}

/** The report of `npm run destroy`. */
export function destroyReport({ cycle, seconds }: Finished): string {
  const rows = cycle.results.map(({ name, resources, applySeconds = 0, destroySeconds = 0, left = 0 }) => [
    name,
    String(resources),
    `${applySeconds} s`,
    `${destroySeconds} s`,
    String(left),
  ]);
  const head = ["Stack", "Resources", "Applied in", "Destroyed in", "Left"];
  return ["", ...table(head, rows), "", `${seconds} s in all. The emulator is ended.`].join("\n");
}

/** The one line of --json. @param training what came of the training; null without */
export function startLine(
  results: readonly StackResult[],
  seconds: number,
  training: object | null,
  error?: unknown,
): string {
  const stacks = results.map(({ name, resources, applySeconds = null, drift = null }) => ({
    name,
    resources,
    applySeconds,
    drift,
  }));
  return JSON.stringify({ ...outcome(error), seconds, stacks, training });
}

/** The one line of `npm run destroy -- --json`. */
export function destroyLine(results: readonly StackResult[], seconds: number, error?: unknown): string {
  const stacks = results.map(({ name, resources, applySeconds = null, destroySeconds = null, left = null }) => ({
    name,
    resources,
    applySeconds,
    destroySeconds,
    left,
  }));
  return JSON.stringify({ ...outcome(error), seconds, stacks });
}

/** Columns aligned by spaces: numbers to the right, words to the left. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const isNumeric = head.map((_, column) => rows.length > 0 && rows.every((row) => /^\d/.test(row[column] ?? "")));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (isNumeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)];
}

/** Provider versions as Terraform locked them: "hashicorp/aws 5.100.0". */
export function lockedProviders(lockFile: string): string[] {
  if (!existsSync(lockFile)) return [];
  const blocks = readFileSync(lockFile, "utf8").matchAll(/provider "[^/"]+\/([^"]+)" \{\s*version\s*=\s*"([^"]+)"/g);
  return [...blocks].map(([, source = "", version = ""]) => `${source} ${version}`);
}

function outcome(error: unknown): object {
  return error === undefined ? { ok: true } : { ok: false, error: describe(error).join("\n").replace(/^error: /, "") };
}

function whereabouts(session: Session, cycle: Cycle, provider: ProviderSource): string[] {
  const { workspace, toolchain, emulator } = session;
  const { product, version } = toolchain.terraform;
  const locks = cycle.results.flatMap(({ name }) =>
    lockedProviders(join(workspace.stackFolder(name), ".terraform.lock.hcl")),
  );
  const providers = [...new Set(locks)].join(", ");
  return [
    `Tools      ${product} ${version}, ${providers} (${provider.origin}: ${shown(provider.folder)}), moto ${emulator.moto}`,
    `JSON       ${shown(workspace.synthFolder(false))}/stacks/<stack>/cdk.tf.json`,
    `Applied    ${shown(workspace.stackFolder("<stack>"))}, the same JSON with pin_override.tf.json beside it`,
    `State      ${shown(workspace.state)}`,
    `Logs       ${shown(workspace.logs)}`,
    ...cycle.skipped.map(({ name, providers: needed }) => `Left out   ${name}: no emulator for ${needed.join(", ")}`),
  ];
}

function outputs(results: readonly StackResult[]): string[] {
  const lines = results.flatMap(({ name, outputs: values }) =>
    Object.entries(values).map(([output, value]) => `  ${name}.${output} = ${value}`),
  );
  return lines.length === 0 ? [] : ["", "Outputs", ...lines];
}

function realAccount(stage: string): string[] {
  return [
    "For a real account: set accountId, region and backend of the stage in stacks/config.ts, then",
    `  npx cdktf diff ${stage}-foundation`,
    `  npx cdktf deploy '${stage}-*'`,
  ];
}

function emulatorLines({ keepsEmulator, emulator }: Session): string[] {
  if (!keepsEmulator) return ["The emulator is ended; npm start -- --keep leaves it running."];
  return [
    `The emulator stays at ${emulator.url}; npm run destroy destroys the stacks, npm run stop ends it.`,
    `  AWS_ENDPOINT_URL=${emulator.url} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 aws s3 ls`,
  ];
}
