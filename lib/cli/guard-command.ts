import { readFileSync } from "node:fs";
import type { GuardedChange, GuardReport } from "./guard";
import { guardPlan } from "./guard";
import { readPlan, UnreadablePlan } from "./plan";

/** Where a command writes to, and what it reads for "-". */
export interface CommandIo {
  out(text: string): void;
  error(text: string): void;
  stdin(): Uint8Array;
}

export interface GuardOptions {
  readonly allowDestroy: readonly string[];
  readonly json: boolean;
}

/** Nothing is refused. */
export const OK = 0;
/** A plan is refused. */
export const REFUSED = 1;
/** The command cannot judge: a wrong argument, or no plan. */
export const UNUSABLE = 2;

/** `aidc guard`: judges plans and tells the exit status. */
export function guardCommand(files: readonly string[], options: GuardOptions, io: CommandIo): number {
  try {
    const reports = files.map((file) => ({
      file,
      ...guardPlan(readPlan(bytesOf(file, io), file === "-" ? "stdin" : file), options.allowDestroy),
    }));
    const unknown = options.allowDestroy.filter((address) =>
      reports.every((report) => report.unknown.includes(address)),
    );
    if (unknown.length > 0) {
      const list = unknown.map((address) => `  ${address}`).join("\n");
      io.error(
        `--allow-destroy names what is in none of the plans; copy addresses from the output of aidc guard:\n${list}\n`,
      );
      return UNUSABLE;
    }
    const refused = reports.some((report) => report.refused.length > 0);
    if (options.json) io.out(`${JSON.stringify({ refused, plans: reports }, null, 2)}\n`);
    else for (const report of reports) io.out(text(report));
    return refused ? REFUSED : OK;
  } catch (error) {
    if (!(error instanceof UnreadablePlan)) throw error;
    io.error(`${error.message}\n`);
    return UNUSABLE;
  }
}

function bytesOf(file: string, io: CommandIo): Uint8Array {
  if (file === "-") return io.stdin();
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UnreadablePlan(file, `it cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}

function text(report: GuardReport & { readonly file: string }): string {
  const { file, refused, allowed, forgotten, idle } = report;
  const lines = [
    ...refused.flatMap((change) => [...described("REFUSED", change), `  ${remedy(change)}`]),
    ...allowed.flatMap((change) => described("allowed", change)),
    ...forgotten.flatMap((change) => described("note", change)),
    ...idle.map((address) => `note     ${address}: allowed by name, but this plan does not destroy it`),
    verdict(file === "-" ? "stdin" : file, refused.length),
  ];
  return `${lines.join("\n")}\n`;
}

function verdict(file: string, refused: number): string {
  if (refused === 0) return `${file}: no protected resource is destroyed without being named`;
  return `${file}: refused, ${refused} protected resource${refused === 1 ? "" : "s"} would be destroyed`;
}

function described(word: string, { address, action, because, loss }: GuardedChange): string[] {
  if (action === "forget") return [`note     ${address}: leaves the state and stays in the account (${because})`];
  return [`${word.padEnd(8)} ${address}`, `  ${action}: ${because}`, `  lost: ${loss}`];
}

function remedy({ address, action, deposed }: GuardedChange): string {
  const byName = `name it if it may go: --allow-destroy '${address}'`;
  if (deposed !== undefined) return `remedy: see what it still holds, then ${byName}`;
  const instead = action === "replace" ? "take the change back" : "if it was renamed in code, move it (moveFromId)";
  return `remedy: ${instead}; or ${byName}`;
}
