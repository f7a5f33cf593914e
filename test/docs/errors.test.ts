import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errorDocs } from "../../tools/docs/error-docs";

test("docs/errors.md is up to date with lib/core/error-codes.ts (npm run docs)", () => {
  expect(readFileSync(join(__dirname, "../../docs/errors.md"), "utf8")).toBe(errorDocs());
});
