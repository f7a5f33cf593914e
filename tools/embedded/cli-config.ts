import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The CLI configuration for children that must stay on this machine: providers come from one folder and nowhere else. */
export function writeMirrorConfig(file: string, pluginFolder: string): void {
  write(file, `  filesystem_mirror {\n    path = ${quoted(pluginFolder)}\n  }\n`);
}

/** The CLI configuration for the one download: from the registry only, kept in a cache that later serves as the mirror. */
export function writeDownloadConfig(file: string, cache: string): void {
  mkdirSync(cache, { recursive: true });
  write(file, "  direct {}\n", `plugin_cache_dir = ${quoted(cache)}\n`);
}

/** OpenTofu looks for the same provider below its own registry's name. */
export function aliasHost(pluginFolder: string, foundHost: string, wantedHost: string, aliasFolder: string): string {
  if (foundHost === wantedHost) return pluginFolder;
  rmSync(aliasFolder, { recursive: true, force: true });
  mkdirSync(aliasFolder, { recursive: true });
  symlinkSync(join(pluginFolder, foundHost), join(aliasFolder, wantedHost));
  return aliasFolder;
}

function write(file: string, installation: string, more = ""): void {
  writeFileSync(file, `disable_checkpoint = true\n${more}provider_installation {\n${installation}}\n`);
}

/** A path as a string of the configuration language. */
function quoted(path: string): string {
  return JSON.stringify(path);
}
