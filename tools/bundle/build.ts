import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bundle, bundleOf } from "./bundle";

/** Writes the bundle and its manifest, and takes away those of other days. @returns whether it was there already */
export function writeBundle({ bytes, sha256, version, names }: Bundle, folder: string): boolean {
  mkdirSync(folder, { recursive: true });
  const file = `${sha256}.zip`;
  const isThere = existsSync(join(folder, file));
  for (const name of readdirSync(folder))
    if (/^[0-9a-f]{64}\.zip$/.test(name) && name !== file) rmSync(join(folder, name));
  writeFileSync(join(folder, file), bytes);
  const manifest = { version, sha256, file, bytes: bytes.length, files: names.length };
  writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return isThere;
}

if (require.main === module) {
  const bundle = bundleOf("runtime");
  const { sha256, names, bytes } = bundle;
  // Standard output belongs to whatever the build is a part of.
  if (!writeBundle(bundle, "dist/runtime")) {
    console.error(`dist/runtime/${sha256}.zip: ${names.length} files, ${bytes.length} bytes`);
  }
}
