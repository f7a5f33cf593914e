import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..");

/** The Python environment that images are made of: that of the training runtime, or the one that AIDC_TWIN_ENVIRONMENT names. */
export function twinEnvironment(): string {
  const environment = realpathSync(process.env.AIDC_TWIN_ENVIRONMENT ?? join(ROOT, ".venv-runtime"));
  if (!environment.startsWith("/tmp/")) return environment;
  // Pods have a volume of their own at /tmp, which would hide it. `python -m` works from anywhere.
  const place = mkdtempSync("/var/tmp/aidc-twin-environment-");
  afterAll(() => rmSync(place, { recursive: true, force: true }));
  try {
    execFileSync("cp", ["-a", "--link", "-T", environment, place], { stdio: "ignore" });
  } catch {
    execFileSync("cp", ["-a", "-T", environment, place]);
  }
  return place;
}
