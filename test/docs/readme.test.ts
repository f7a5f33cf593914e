import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { documentsOf, examplesOf, runExample, typeErrorsOf } from "../../tools/docs/examples";

const ROOT = join(__dirname, "../..");
const examples = documentsOf(ROOT).flatMap((file) => examplesOf(ROOT, file));

test("every example of README.md, ARCHITECTURE.md and docs compiles", () => {
  expect(typeErrorsOf(ROOT, examples)).toEqual([]);
}, 120_000);

// An example may say what it made; that belongs on a terminal, not into the report of these tests.
beforeAll(() => jest.spyOn(console, "log").mockImplementation(() => undefined));
afterAll(() => jest.restoreAllMocks());

for (const example of examples.filter(({ synthesized }) => synthesized)) {
  test(`the example at ${example.file}:${example.line} synthesizes (else its fence says: ts nosynth)`, () => {
    const outdir = mkdtempSync(join(tmpdir(), "aidc-docs-"));
    process.env.CDKTF_OUTDIR = outdir;
    try {
      runExample(example, require);
      const stacks = existsSync(join(outdir, "stacks")) ? readdirSync(join(outdir, "stacks")) : [];
      expect(stacks.filter((stack) => existsSync(join(outdir, "stacks", stack, "cdk.tf.json")))).not.toEqual([]);
    } finally {
      delete process.env.CDKTF_OUTDIR;
      rmSync(outdir, { recursive: true });
    }
  });
}

for (const example of examples.filter(({ isTest }) => isTest)) {
  // Without the line: it is the name of a snapshot too.
  describe(`the tests in ${example.file}`, () => runExample(example, require));
}
