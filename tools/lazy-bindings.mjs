// Makes the compiled lib/terraform/aws.js load each AWS binding at its first use: `npm run build` calls it after the compiler.
//
// TypeScript writes re-exports as getters over modules that it loads first; a stack with node pools alone would load some forty bindings
// (13 MB, a third of a second) that it never touches. Run again, it finds nothing left to do.
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../dist/lib/terraform/aws.js", import.meta.url);
const eager =
  /^var (\w+) = (require\("@cdktf\/provider-aws\/lib\/[a-z0-9-]+"\));\n(Object\.defineProperty\(exports, "\w+", \{ enumerable: true, get: function \(\) \{ return )\1\./gm;

const compiled = readFileSync(file, "utf8");
const lazy = compiled.replace(eager, "$3$2.");
if (/^(var|const|let) /m.test(lazy)) {
  console.error(
    "dist/lib/terraform/aws.js loads bindings in a way that tools/lazy-bindings.mjs does not know; has the compiler changed?",
  );
  process.exit(1);
}
if (lazy !== compiled) writeFileSync(file, lazy);
