import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Options } from "prettier";
import { formatted, styleOf } from "../catalog/format";
import { bootstrapModule } from "./bootstrap-module";
import { contractModule } from "./contract-module";
import { typesModule } from "./types-module";

/** The files of the contract that Python writes (`aidc-run schema --write runtime/schema`), by what they are about. */
export interface ContractFiles {
  readonly launchSpec: unknown;
  readonly exitCodes: unknown;
  readonly environment: unknown;
  readonly metrics: unknown;
}

/** @param root folder of the repository */
export function readContract(root: string): ContractFiles {
  const read = (name: string): unknown =>
    JSON.parse(readFileSync(join(root, "runtime/schema", `${name}.v1.json`), "utf8")) as unknown;
  return {
    launchSpec: read("launch-spec"),
    exitCodes: read("exit-codes"),
    environment: read("environment"),
    metrics: read("metrics"),
  };
}

/** The generated files of lib/training by their path. Pure: the same contract gives the same text. */
export async function contractTexts(
  contract: ContractFiles,
  bootstrap: string,
  style: Options,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map([
    ["lib/training/launch-spec.generated.ts", await typesModule(contract.launchSpec)],
    ["lib/training/contract.generated.ts", contractModule(contract)],
    ["lib/training/bootstrap.generated.ts", bootstrapModule(bootstrap)],
  ]);
  const pretty = [...texts].map(
    async ([file, text]) => [file, await formatted(text, "typescript", style)] as [string, string],
  );
  return new Map(await Promise.all(pretty));
}

/** The program that fetches the runtime, as its file holds it. */
export function readBootstrap(root: string): string {
  return readFileSync(join(root, "lib/training/bootstrap/bootstrap.py"), "utf8");
}

async function main(root: string): Promise<void> {
  if (!existsSync(join(root, "runtime/schema"))) throw new Error("run this in the root of the repository");
  const texts = await contractTexts(readContract(root), readBootstrap(root), styleOf(root));
  for (const [file, text] of texts) {
    writeFileSync(join(root, file), text);
    console.log(`${file} written`);
  }
}

if (require.main === module) {
  main(process.cwd()).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
