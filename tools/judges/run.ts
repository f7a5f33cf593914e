import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { describe, exitCodeOf } from "../embedded/failures";
import { REPOSITORY } from "../embedded/repository";
import { askJudges } from "./judges";
import { type JudgeName, type Waiver, weigh } from "./verdict";

/** Fewer mean that a judge could not read what was rendered. */
const LEAST: Readonly<Record<JudgeName, number>> = { checkov: 400, "kube-score": 100, schema: 30, "pod-security": 5 };

/** Judges the folder that is named, or what `npm run -s render` wrote. */
async function main([folder = "cdktf.out/manifests"]: readonly string[]): Promise<number> {
  const reports = await askJudges(resolve(folder));
  const waivers = (parse(readFileSync(join(REPOSITORY, "tools/judges/waivers.yaml"), "utf8")) ?? []) as Waiver[];
  const { problems, waived } = weigh(reports, waivers, LEAST);
  for (const problem of problems) console.error(problem);
  for (const { judge, evaluated, findings } of reports) {
    console.log(`${judge.padEnd(12)} looked at ${String(evaluated).padStart(5)}, found ${findings.length}`);
  }
  console.log(`${waived} findings waived, ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
}

void main(process.argv.slice(2))
  .catch((error: unknown) => {
    for (const line of describe(error)) console.error(line);
    return exitCodeOf(error);
  })
  .then((status) => {
    process.exitCode = status;
  });
