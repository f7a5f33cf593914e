import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { REPOSITORY } from "./repository";

export interface RunOptions {
  /** First segment of the ids of the stacks that are applied. */
  readonly stage: string;
  /** Port of the emulator; 0 takes a free one. */
  readonly port: number;
  /** Whether the emulator stays up afterwards. */
  readonly keep: boolean;
  /** Whether the result is one JSON line. */
  readonly json: boolean;
  /** Whether file systems that take ten minutes to delete are deleted too. */
  readonly withFileSystems: boolean;
  /** Whether the reference job is trained too. */
  readonly training: boolean;
  readonly workDir: string;
}

/** Options of `npm start` and `npm run destroy`. Ends the process on --help and on options it does not know (exit 2). */
export function parseRunOptions(tool: "start" | "destroy", args: readonly string[]): RunOptions {
  const command = newCommand(`npm ${tool === "start" ? tool : "run destroy"} --`)
    .option("--stage <name>", "stage of stacks/config.ts to apply", "prod")
    .option("--port <number>", "port of the emulator on 127.0.0.1; 0 takes a free one", portNumber, 0)
    .option("--json", "end with one JSON line on standard output, and write nothing else there", false);
  if (tool === "start") {
    command.description("Applies a stage of the reference data center to an embedded AWS cloud, with the real Terraform, and trains its job.");
    command.option("--no-training", "leave out the reference job, and the packages that it is trained with");
    command.option("--keep", "leave the emulator running; npm run stop ends it", false);
  } else {
    command.description("Destroys what npm start -- --keep left in the embedded cloud; without it, applies and destroys.");
    command.option("--with-file-systems", "delete Lustre file systems too: Terraform waits ten minutes for each", false);
  }
  const options = command.parse(args, { from: "user" }).opts<Partial<RunOptions> & Pick<RunOptions, "workDir">>();
  return {
    stage: "prod",
    port: 0,
    json: false,
    keep: false,
    withFileSystems: false,
    training: false,
    ...options,
    workDir: resolve(REPOSITORY, options.workDir),
  };
}

/** Options of `npm run stop`. */
export function parseStopOptions(args: readonly string[]): Pick<RunOptions, "workDir"> {
  const command = newCommand("npm run stop --").description("Ends the emulator that npm start -- --keep left running.");
  const { workDir } = command.parse(args, { from: "user" }).opts<Pick<RunOptions, "workDir">>();
  return { workDir: resolve(REPOSITORY, workDir) };
}

function newCommand(name: string): Command {
  return (
    new Command(name)
      .option("--work-dir <folder>", "folder to work in, for two runs side by side", ".aidc/embedded")
      .allowExcessArguments(false)
      // 2 is what everything that the user has to put right ends with.
      .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  );
}

function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("a port is a number from 0 to 65535.");
}
