import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Session } from "../../tools/embedded/session";
import { findToolchain } from "../../tools/embedded/toolchain";

/** A session in a temporary folder, with the provider found: a place in which tests run the real Terraform. */
export async function openSession(): Promise<{ readonly session: Session; readonly close: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "aidc-terraform-"));
  const options = { stage: "prod", port: 0, keep: false, json: false, withFileSystems: false, training: false };
  const run = { ...options, workDir: join(folder, "work") };
  const session = await Session.open(run, process.env, findToolchain(), () => undefined);
  await session.findProvider();
  const close = async () => {
    await session.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { session, close };
}
