import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bundle, bundleOf } from "./bundle";

/** Writes the bundle and its manifest, and takes away those of other days. */
export function writeBundle({ bytes, sha256, version, names }: Bundle, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const file = `${sha256}.zip`;
  for (const name of readdirSync(folder))
    if (/^[0-9a-f]{64}\.zip$/.test(name) && name !== file) rmSync(join(folder, name));
  writeFileSync(join(folder, file), bytes);
  const manifest = { version, sha256, file, bytes: bytes.length, files: names.length };
  writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

if (require.main === module) {
  const bundle = bundleOf("runtime");
  writeBundle(bundle, "dist/runtime");
  console.log(`dist/runtime/${bundle.sha256}.zip: ${bundle.names.length} files, ${bundle.bytes.length} bytes`);
}
