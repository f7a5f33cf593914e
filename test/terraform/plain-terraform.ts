import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for configurations that need no provider, and the real Terraform in it, without the user's settings. */
export class PlainTerraform {
  private readonly folder = mkdtempSync(join(tmpdir(), "aidc-plain-"));

  /** Replaces the configuration. @param json text, or what becomes text */
  public write(json: unknown): void {
    writeFileSync(join(this.folder, "main.tf.json"), typeof json === "string" ? json : JSON.stringify(json));
  }

  /** Runs a command. @returns its standard output @throws Error with its standard error when it fails */
  public run(...parameters: string[]): string {
    const env = { PATH: process.env.PATH, HOME: this.folder, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
    return execFileSync("terraform", parameters, {
      cwd: this.folder,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
