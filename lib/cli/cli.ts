import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, CommanderError } from "commander";
import { type CommandIo, guardCommand, OK, UNUSABLE } from "./guard-command";

/**
 * Runs the `aidc` command.
 * @param parameters what stands after the program's name
 * @returns the exit status: 0, 1 when something is refused, 2 when the command could not judge
 */
export function runCli(parameters: readonly string[], io: CommandIo): number {
  let status = OK;
  const program = new Command("aidc")
    .description("Checks for AI data centers declared with cdktf-ai-datacenter.")
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.error(text) });
  program
    .command("guard")
    .description("Refuse plans that delete or replace buckets, keys, clusters and whatever else cannot be had back.")
    .argument("<plan...>", 'outputs of "terraform show -json plan.bin", one for each stack; "-" is the standard input')
    .option(
      "--allow-destroy <address>",
      "address that may be destroyed, in whichever plan it stands; repeatable",
      collect,
      [],
    )
    .option("--json", "write the report as JSON", false)
    .addHelpText("after", "\nExit status: 0 nothing refused, 1 refused, 2 not a plan or a wrong argument.")
    .action((files: string[], options: { allowDestroy: string[]; json: boolean }) => {
      status = guardCommand(files, options, io);
    });
  try {
    program.parse([...parameters], { from: "user" });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? OK : UNUSABLE;
  }
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

/** The package's own version; the compiled file lies deeper than the source. */
function version(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const { name, version: found } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
        name?: string;
        version: string;
      };
      if (name === "cdktf-ai-datacenter") return found;
    } catch {
      // There is none here; the next folder up may have one.
    }
  }
  return "unknown";
}
