import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Options } from "prettier";
import * as estree from "prettier/plugins/estree";
import * as markdown from "prettier/plugins/markdown";
import * as typescript from "prettier/plugins/typescript";
import { format } from "prettier/standalone";

/** The style of the repository. @param root folder with `.prettierrc.json` */
export function styleOf(root: string): Options {
  return JSON.parse(readFileSync(join(root, ".prettierrc.json"), "utf8")) as Options;
}

/** Text as prettier writes it. */
export function formatted(source: string, parser: "typescript" | "markdown", style: Options): Promise<string> {
  return format(source, { ...style, parser, plugins: [estree, typescript, markdown] });
}
