import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Unready } from "./failures";
import { REPOSITORY } from "./repository";

/** The Terraform or OpenTofu that is used. */
export interface TerraformBinary {
  readonly path: string;
  readonly product: "terraform" | "opentofu";
  readonly version: string;
  /** As provider folders spell it: "linux_amd64". */
  readonly platform: string;
}

/** What training runs with, as far as it is installed. */
export interface RuntimeTools {
  /** Python of the runtime's own environment. */
  readonly python?: string;
  /** The text that the reference job learns from. */
  readonly corpus?: string;
  /** Why none of it can be installed. */
  readonly problem?: string;
}

export interface Toolchain {
  readonly terraform: TerraformBinary;
  /** Python of the checkout's own environment. */
  readonly python: string;
  /** @default - nothing is installed yet */
  readonly runtime?: RuntimeTools;
  /** The app that synthesizes the stacks, compiled. */
  readonly app: string;
}

/**
 * Asks `tools/bootstrap.mjs`, which knows where to look because it must look before anything is downloaded.
 * @throws Unready with its message
 */
export function findToolchain(): Toolchain {
  const bootstrap = join(REPOSITORY, "tools", "bootstrap.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [bootstrap, "--check"], { encoding: "utf8" });
  if (status !== 0) throw new Unready(stderr.trim().replace(/^error: /, ""));
  const found = JSON.parse(stdout) as Partial<Toolchain> & Pick<Toolchain, "terraform">;
  if (found.python === undefined) {
    throw new Unready("the Python packages of the embedded cloud are not installed", "Run npm start, which installs them.");
  }
  const app = join(REPOSITORY, "dist", "stacks", "main.js");
  if (!existsSync(app)) throw new Unready(`${app} is missing`, "Run npm run build.");
  return { terraform: found.terraform, python: found.python, runtime: found.runtime, app };
}
