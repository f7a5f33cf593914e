import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CompleteLaunchSpec } from "cdktf-ai-datacenter/training";
import { stableText } from "../../lib/training/launch-spec";

/** With UPDATE_GOLDEN=1 the golden file is written anew; then run prettier over it. */
export function keepGolden(name: string, spec: CompleteLaunchSpec): void {
  if (process.env.UPDATE_GOLDEN !== "1") return;
  writeFileSync(join(__dirname, "golden", `${name}.json`), `${stableText(spec)}\n`);
}
