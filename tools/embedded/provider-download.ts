import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeDownloadConfig } from "./cli-config";
import { downloadEnvironment, type Environment } from "./environment";
import type { ChildProcesses } from "./processes";
import { PROVIDER_VERSION, type Workspace } from "./workspace";

/** Sizes of 5.100.0 for linux_amd64, 2026-11-23. */
const SIZE = "about 150 MB to download, 710 MB on disk";

/** What a download needs of the run it belongs to. */
export interface DownloadContext {
  readonly children: ChildProcesses;
  readonly workspace: Workspace;
  readonly user: Environment;
  /** Path of Terraform. */
  readonly terraform: string;
  /** Folder that later serves as the mirror. */
  readonly cache: string;
  readonly say: (line: string) => void;
}

/**
 * Lets one `terraform init`, of nothing but the provider, fetch it from the registry: Terraform then checks the signature, and
 * the user's proxy is honoured. It is the only child that may leave this machine.
 * @returns undefined when it worked, else Terraform's reason in one line
 */
export async function downloadProvider(context: DownloadContext): Promise<string | undefined> {
  const { children, workspace, user, terraform, cache, say } = context;
  say(`Asking the registry for hashicorp/aws ${PROVIDER_VERSION}: ${SIZE} ...`);
  const folder = join(workspace.root, "provider-download");
  // A download that is cut off must not look like a provider: it is moved to its place when it is whole.
  const partial = `${cache}.partial`;
  for (const old of [folder, partial]) rmSync(old, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const aws = { source: "hashicorp/aws", version: PROVIDER_VERSION };
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers: { aws } } }));
  writeDownloadConfig(workspace.cliConfig, partial);
  const errorLog = workspace.log("provider-download.log");
  const options = { cwd: folder, env: downloadEnvironment(user, workspace), errorLog };
  const status = await children.run(terraform, ["init", "-no-color"], options, () => undefined);
  if (status === 0) {
    rmSync(cache, { recursive: true, force: true });
    renameSync(partial, cache);
  }
  for (const old of [folder, partial]) rmSync(old, { recursive: true, force: true });
  return status === 0 ? undefined : reasonIn(readFileSync(errorLog, "utf8"));
}

/** Terraform's error without its frame and its line breaks. */
export function reasonIn(text: string): string {
  const words = text.replace(/[│╷╵]/g, " ").replace(/\s+/g, " ").trim();
  return words.replace(/^.*?Error: /, "").slice(0, 300) || "terraform init failed";
}
