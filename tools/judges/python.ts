import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../embedded/repository";

/** That of `npm run checkov`, since checkov is most of it. */
const VENV = join(REPOSITORY, ".venv-checkov");
/** Pinned packages of `npm run checkov`; path below the repository. */
export const CHECKOV_LIST = "tools/checkov/requirements.txt";
const SCHEMAS_LIST = "tools/judges/requirements.txt";

/** Programs of the judges' Python environment. */
export interface PythonPrograms {
  readonly python: string;
  readonly checkov: string;
}

/** Installs what the lists name into the environment of the judges, unless it is there. @param lists paths below the repository */
export function installPython(lists: readonly string[] = [CHECKOV_LIST, SCHEMAS_LIST]): PythonPrograms {
  const programs = { python: join(VENV, "bin/python"), checkov: join(VENV, "bin/checkov") };
  const files = lists.map((list) => join(REPOSITORY, list));
  const wanted = files.flatMap((list) => [...readFileSync(list, "utf8").matchAll(/^([\w-]+)==(\S+)$/gm)]);
  const missing = wanted.filter(([, name, version]) => installed(programs.python, name ?? "") !== version);
  if (missing.length === 0) return programs;
  const names = missing.map(([pin]) => pin).join(", ");
  console.error(`Installing ${names} from PyPI into .venv-checkov (checkov about 250 MB on disk, schemas 90 MB)`);
  const visible = { stdio: ["ignore", "inherit", "inherit"] as ["ignore", "inherit", "inherit"] };
  if (spawnSync(programs.python, ["-m", "pip", "--version"]).status !== 0) {
    execFileSync("python3", ["-m", "venv", "--clear", VENV], visible);
  }
  const named = files.flatMap((file) => ["-r", file]);
  execFileSync(programs.python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...named], visible);
  return programs;
}

function installed(python: string, name: string): string | undefined {
  const ask = "import sys, importlib.metadata as m; print(m.version(sys.argv[1]))";
  const run = spawnSync(python, ["-c", ask, name], { encoding: "utf8" });
  return run.status === 0 ? run.stdout.trim() : undefined;
}
