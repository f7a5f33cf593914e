import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** The checkout that this file belongs to, whether it runs compiled (below dist/) or as it stands. */
export const REPOSITORY = findRepository(__dirname);

/** A path as the user would type it in the checkout. */
export function shown(path: string): string {
  const inside = relative(REPOSITORY, path);
  return inside.startsWith("..") || inside === "" ? path : inside;
}

function findRepository(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("no package.json above the tools");
  return findRepository(parent);
}
