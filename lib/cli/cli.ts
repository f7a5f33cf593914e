import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, CommanderError, Option } from "commander";
import type { FabricPolicy } from "../compute/fabric/fabric";
import { type CommandIo, guardCommand, OK, UNUSABLE } from "./guard-command";

/**
 * Runs the `aidc` command.
 * @param parameters what stands after the program's name
 * @returns the exit status: 0, 1 when something is refused, 2 when the command could not judge
 */
export async function runCli(parameters: readonly string[], io: CommandIo): Promise<number> {
  let status = OK;
  const program = new Command("aidc")
    .description("Checks for AI data centers declared with cdktf-ai-datacenter.")
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.error(text) });
  const finish = (found: number) => {
    status = found;
  };
  addGuard(program, io, finish);
  addInstance(program, io, finish);
  try {
    await program.parseAsync([...parameters], { from: "user" });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? OK : UNUSABLE;
  }
}

type Finish = (status: number) => void;

function addGuard(program: Command, io: CommandIo, finish: Finish): void {
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
      finish(guardCommand(files, options, io));
    });
}

function addInstance(program: Command, io: CommandIo, finish: Finish): void {
  const policy = new Option("--policy <policy>", "what the interfaces are laid out for")
    .choices(["saveIps", "bandwidth"])
    .default("saveIps");
  program
    .command("instance")
    .description("What the catalog and the fabric compiler know of an EC2 accelerator type.")
    .argument("<type>", 'EC2 name, such as "p5.48xlarge"')
    .addOption(policy)
    .option("--json", "write one JSON document", false)
    .addHelpText("after", "\nExit status: 0 known, 2 not in the catalog, or a wrong argument.")
    .action((type: string, options: { policy: FabricPolicy; json: boolean }) => {
      finish(instances().instanceCommand(type, options, io));
    });
  program
    .command("instances")
    .description("All EC2 accelerator types of the catalog.")
    .option("--json", "write one JSON document, a list of what `aidc instance --json` tells of each", false)
    .action((options: { json: boolean }) => {
      finish(instances().instancesCommand(options, io));
    });
}

/** Loaded when it is used: the compiler's errors bring the framework along, half a second that `guard` does not need. */
function instances(): typeof import("./instance-command") {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an `import()` would need a file name that jest does not know
  return require("./instance-command") as typeof import("./instance-command");
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
