import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { styleOf } from "../catalog/format";
import { errorDocs } from "./error-docs";
import { upgradePage } from "./upgrade-docs";

/** Writes the pages, or the parts of them, that are made from tables of the library. */
async function main(root: string): Promise<void> {
  const upgrades = join(root, "docs", "upgrades.md");
  const pages = new Map([
    [join(root, "docs", "errors.md"), errorDocs()],
    [upgrades, await upgradePage(readFileSync(upgrades, "utf8"), styleOf(root))],
  ]);
  for (const [file, text] of pages) writeFileSync(file, text);
  console.log("docs/errors.md and docs/upgrades.md written");
}

void main(process.cwd());
