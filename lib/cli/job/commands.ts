import type { Command } from "commander";
import type { CommandIo } from "../guard-command";
import type * as jobCommands from "./job-command";
import type { JobCancelOptions, JobLogsOptions, JobOptions, JobStatusOptions, JobSubmitOptions } from "./job-command";

/** Adds `aidc job` with its five commands. */
export function addJob(program: Command, io: CommandIo, finish: (status: number) => void): void {
  const job = program
    .command("job")
    .description(
      "Training jobs of a team, from the templates that its platform has synthesized; no Terraform is needed.",
    );
  onFile(job, "render", "The manifests of the job.").action((file: string, options: JobOptions) => {
    finish(commands().jobRenderCommand(file, options, io));
  });
  onCluster(job, "submit", "Apply them: the job waits in its team's queue.")
    .option("--dry-run", "let the server judge, and change nothing", false)
    .action(async (file: string, options: JobSubmitOptions) => {
      finish(await commands().jobSubmitCommand(file, options, io));
    });
  onCluster(job, "status", "How the job stands: queued, running, completed or failed.")
    .option("--json", "write one JSON document", false)
    .action(async (file: string, options: JobStatusOptions) => {
      finish(await commands().jobStatusCommand(file, options, io));
    });
  onCluster(job, "logs", "What its first pod says.")
    .option("--all", "all pods", false)
    .option("-f, --follow", "go on as more comes", false)
    .option("--tail <lines>", "lines of each pod; -1 for all", "100")
    .action(async (file: string, options: JobLogsOptions) => {
      finish(await commands().jobLogsCommand(file, options, io));
    });
  onCluster(job, "cancel", "Take it away: its pods save and leave, and what was saved stays.")
    .option("--yes", "do it; without it the command only tells what it would do", false)
    .action(async (file: string, options: JobCancelOptions) => {
      finish(await commands().jobCancelCommand(file, options, io));
    });
}

function onFile(job: Command, name: string, description: string): Command {
  return job
    .command(name)
    .description(description)
    .argument("<file>", "YAML with name, template (team/template) and what differs from it")
    .option("--out <folder>", "folder that the platform's stacks were synthesized into", "cdktf.out")
    .addHelpText("after", "\nExit status: 0 done, 1 refused, failed or not there, 2 nothing could be read or reached.");
}

function onCluster(job: Command, name: string, description: string): Command {
  return onFile(job, name, description)
    .option("--context <name>", "context of the kubeconfig")
    .option("--kubeconfig <file>", "kubeconfig");
}

/** Loaded when it is used: it brings the framework and the schema along. */
function commands(): typeof jobCommands {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an `import()` would need a file name that jest does not know
  return require("./job-command") as typeof jobCommands;
}
