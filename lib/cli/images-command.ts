import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidProps } from "../core";
import { allCharts, imageList } from "../kubernetes/images/image-list";
import { ImageSources } from "../kubernetes/images/image-sources";
import { mirrorCommands, type MirrorTool } from "../kubernetes/images/mirror-commands";
import { type CommandIo, OK, REFUSED, UNUSABLE } from "./guard-command";

export interface ImagesListOptions {
  readonly json: boolean;
}

export interface ImagesMirrorOptions {
  readonly tool: MirrorTool;
  /** Run the commands instead of writing them. */
  readonly run: boolean;
}

/** Runs a shell command in a folder, before the user's eyes. @returns its exit status */
export type ShellRunner = (command: string, folder: string) => Promise<number>;

/** `aidc images list`: every image and chart that the library runs, pinned, with who starts it. @returns the exit status */
export function imagesListCommand({ json }: ImagesListOptions, io: CommandIo): number {
  const images = imageList();
  const charts = allCharts().map(({ name, repository, version }) => ({ name, repository, version }));
  if (json) io.out(`${JSON.stringify({ images, charts }, undefined, 2)}\n`);
  else {
    const lines = [
      ...table(
        ["Image", "Used by"],
        images.map(({ reference, usedBy }) => [reference, usedBy.join(", ")]),
      ),
      "",
      ...table(
        ["Chart", "Version", "Repository"],
        charts.map((chart) => [chart.name, chart.version, chart.repository]),
      ),
    ];
    io.out(`${lines.join("\n")}\n`);
  }
  return OK;
}

/**
 * `aidc images mirror`: the commands that copy every image and chart to a registry under their own tags and digests; with `--run`, they are
 * run one after the other, up to the first that fails. To run them again does no harm.
 * @param to host and path of the mirror, such as "harbor.example.com/ai"
 * @param shell what runs a command @default - sh
 * @returns the exit status
 */
export async function imagesMirrorCommand(
  to: string,
  { tool, run }: ImagesMirrorOptions,
  io: CommandIo,
  shell: ShellRunner = runInShell,
): Promise<number> {
  let commands: readonly string[];
  try {
    commands = mirrorCommands(ImageSources.mirror(to), tool);
  } catch (error) {
    if (!(error instanceof InvalidProps)) throw error;
    io.error(`${error.message}\n`);
    return UNUSABLE;
  }
  if (run) return runAll(commands, io, shell);
  io.out(commands.map((command) => `${command}\n`).join(""));
  return OK;
}

async function runAll(commands: readonly string[], io: CommandIo, shell: ShellRunner): Promise<number> {
  // Charts are loaded into the working folder, which should not be the user's.
  const folder = mkdtempSync(join(tmpdir(), "aidc-mirror-"));
  try {
    for (const [done, command] of commands.entries()) {
      io.error(`[${done + 1}/${commands.length}] ${command}\n`);
      const status = await shell(command, folder);
      if (status === 0) continue;
      const remedy =
        status === COMMAND_NOT_FOUND
          ? "the program is not on the PATH; install it, or choose another with --tool"
          : "log in to both registries, see that the mirror makes repositories at the first push, and run it again";
      io.error(`exit ${status} after ${done} of ${commands.length} commands: ${remedy}\n`);
      return REFUSED;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  io.out(`mirrored: ${commands.length} commands run\n`);
  return OK;
}

/** What a shell answers. */
const COMMAND_NOT_FOUND = 127;

function runInShell(command: string, folder: string): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn("sh", ["-c", command], {
      cwd: folder,
      env: process.env,
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.on("error", () => resolve(COMMAND_NOT_FOUND));
    child.on("close", (status) => resolve(status ?? 1));
  });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows].map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join("  "),
  );
}
