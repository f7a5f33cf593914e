// Makes the compiled seams of lib/terraform load each provider binding at its first use: `npm run build` calls it after the compiler.
//
// TypeScript writes re-exports as getters over modules that it loads first; a stack with node pools alone would load some forty bindings
// (13 MB, a third of a second) that it never touches. Run again, it finds nothing left to do.
import { readFileSync, writeFileSync } from "node:fs";

const eager =
  /^var (\w+) = (require\("@cdktf\/provider-[a-z]+\/lib\/[a-z0-9-]+"\));\n(Object\.defineProperty\(exports, "\w+", \{ enumerable: true, get: function \(\) \{ return )\1\./gm;

for (const name of ["aws", "kubernetes", "helm"]) {
  const file = new URL(`../dist/lib/terraform/${name}.js`, import.meta.url);
  const compiled = readFileSync(file, "utf8");
  const lazy = compiled.replace(eager, "$3$2.");
  if (/^(var|const|let) /m.test(lazy)) {
    console.error(
      `${file.pathname} loads bindings in a way that tools/lazy-bindings.mjs does not know; has the compiler changed?`,
    );
    process.exit(1);
  }
  if (lazy !== compiled) writeFileSync(file, lazy);
}
