import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Options } from "prettier";
import { checkedCatalog } from "./data";
import { formatted, styleOf } from "./format";
import { moduleText } from "./module";
import { catalogPage } from "./page";

/**
 * The text of lib/catalog/instance-types.generated.ts. Pure: the same data and style give the same text.
 * @param data content of tools/catalog/instance-types.json
 * @param style prettier's options
 * @throws Error that names the row and the field, if the data does not hold together
 */
export async function catalogModule(data: unknown, style: Options): Promise<string> {
  return formatted(moduleText(checkedCatalog(data)), "typescript", style);
}

async function main(root: string): Promise<void> {
  const read = (file: string): string => readFileSync(join(root, file), "utf8");
  const data = JSON.parse(read("tools/catalog/instance-types.json")) as unknown;
  const style = styleOf(root);
  const module = "lib/catalog/instance-types.generated.ts";
  const page = "docs/catalog.md";
  // Both are made before one is written, so that a refusal leaves the two as they were.
  const texts = new Map([
    [module, await catalogModule(data, style)],
    [page, await catalogPage(read(page), data, style)],
  ]);
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
