import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, CommanderError, Option } from "commander";
import type { FabricPolicy } from "../compute/fabric/fabric";
import type * as imagesCommands from "./images-command";
import type { ImagesListOptions, ImagesMirrorOptions } from "./images-command";
import type * as instanceCommands from "./instance-command";
import type * as preflightCommands from "./preflight-command";
import type { PreflightOptions } from "./preflight-command";
import { doctorCommand, type DoctorOptions } from "./doctor-command";
import { type DrainOptions, drainCommand } from "./drain-command";
import { type CommandIo, guardCommand, OK, UNUSABLE } from "./guard-command";
import { addJob } from "./job/commands";

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
  addDoctor(program, io, finish);
  addPreflight(program, io, finish);
  addDrain(program, io, finish);
  addImages(program, io, finish);
  addJob(program, io, finish);
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

function addDoctor(program: Command, io: CommandIo, finish: Finish): void {
  program
    .command("doctor")
    .description("Whether this machine can deploy a stage: programs, credentials, account, and the cluster's API.")
    .argument("<stage>", 'stage that is synthesized, such as "prod"')
    .option("--out <folder>", "folder that cdktf synthesizes into", "cdktf.out")
    .option("--tunnel <host:port>", "near end of a tunnel to a private API, such as localhost:8443")
    .option("--json", "write one JSON document", false)
    .addHelpText(
      "after",
      "\nExit status: 0 all right, 1 trouble, each with its remedy, 2 no such stage or a wrong argument.",
    )
    .action(async (stage: string, options: DoctorOptions) => finish(await doctorCommand(stage, options, io)));
}

function addPreflight(program: Command, io: CommandIo, finish: Finish): void {
  program
    .command("preflight")
    .description(
      "Ask the account, without changing anything, what a plan cannot see: quotas in use, reservations, blocks.",
    )
    .argument("<stage>", 'stage that is synthesized, such as "prod"')
    .option("--out <folder>", "folder that cdktf synthesizes into", "cdktf.out")
    .option("--json", "write one JSON document", false)
    .addHelpText("after", "\nExit status: 0 nothing in the way, 1 trouble, 2 could not judge.")
    .action(async (stage: string, options: PreflightOptions) => {
      finish(await preflight().preflightCommand(stage, options, io));
    });
}

function addDrain(program: Command, io: CommandIo, finish: Finish): void {
  program
    .command("drain")
    .description("Take away what Karpenter runs, before its cluster is destroyed: node pools, then node claims.")
    .option("--context <name>", "context of the kubeconfig")
    .option("--kubeconfig <file>", "kubeconfig")
    .option("--timeout <duration>", "how long to wait until all is gone", "15m")
    .option("--yes", "delete; without it the command only tells what it would delete", false)
    .option("--dry-run", "tell what would be deleted, with status 0", false)
    .addHelpText(
      "after",
      "\nExit status: 0 nothing is left, 1 something is or --yes is missing, 2 the cluster does not answer or a wrong argument, 130 interrupted.",
    )
    .action(async (options: DrainOptions) => finish(await drainCommand(options, io)));
}

function addImages(program: Command, io: CommandIo, finish: Finish): void {
  const images = program
    .command("images")
    .description("Container images and Helm charts that the library runs in a cluster, all of them pinned.");
  images
    .command("list")
    .description("Every image with who starts it, and every chart.")
    .option("--json", "write one JSON document", false)
    .addHelpText("after", "\nExit status: 0, or 2 for a wrong argument.")
    .action((options: ImagesListOptions) => {
      finish(imagesOf().imagesListCommand(options, io));
    });
  images
    .command("mirror")
    .description("Commands that copy all of them to a registry of your own, under their own tags and digests.")
    .argument("<to>", 'host and path of the mirror, such as "harbor.example.com/ai"')
    .addOption(new Option("--tool <tool>", "what copies images").choices(["skopeo", "crane"]).default("skopeo"))
    .option("--run", "run the commands; without it they are only written", false)
    .addHelpText("after", "\nExit status: 0 written or run, 1 a command failed, 2 a wrong argument.")
    .action(async (to: string, options: ImagesMirrorOptions) => {
      finish(await imagesOf().imagesMirrorCommand(to, options, io));
    });
}

/** Loaded when it is used: it brings the framework along. */
function imagesOf(): typeof imagesCommands {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- as below
  return require("./images-command") as typeof imagesCommands;
}

/** Loaded when it is used: the compiler's errors bring the framework along, half a second that `guard` does not need. */
function instances(): typeof instanceCommands {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an `import()` would need a file name that jest does not know
  return require("./instance-command") as typeof instanceCommands;
}

/** Loaded when it is used: it brings the catalog along, and the AWS SDK. */
function preflight(): typeof preflightCommands {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- as above
  return require("./preflight-command") as typeof preflightCommands;
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
