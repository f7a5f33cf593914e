import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Example, examplesOf, runExample, typeErrorsOf } from "../../tools/docs/examples";

const ROOT = join(__dirname, "../..");
const fixture = (name: string) => examplesOf(ROOT, `test/docs/fixtures/${name}.md`);

describe("examplesOf", () => {
  test("takes TypeScript blocks only, with their lines, indented ones without the indentation", () => {
    const examples = fixture("good");
    expect(examples.map(({ line, synthesized }) => [line, synthesized])).toEqual([
      [6, true],
      [30, false],
      [38, false],
    ]);
    expect(examples[2]?.code).toBe("export const inAList = {\n  indented: true,\n};");
  });

  test("takes a fence within a longer fence for text", () => {
    expect(fixture("nested")).toEqual([]);
  });
});

describe("typeErrorsOf", () => {
  test("accepts what compiles against the sources by published names", () => {
    expect(typeErrorsOf(ROOT, fixture("good"))).toEqual([]);
  }, 60_000);

  test("tells file and line of each error", () => {
    expect(typeErrorsOf(ROOT, fixture("wrong"))).toEqual([
      expect.stringMatching(/^test\/docs\/fixtures\/wrong\.md:6: TS2322 /),
      expect.stringMatching(/^test\/docs\/fixtures\/wrong\.md:10: TS2307 .*cdktf-ai-datacenter\/no-such-room/),
      expect.stringMatching(/^test\/docs\/fixtures\/wrong\.md:14: TS1109 /),
    ]);
  }, 60_000);
});

test("runExample synthesizes into CDKTF_OUTDIR", () => {
  const outdir = mkdtempSync(join(tmpdir(), "aidc-example-"));
  process.env.CDKTF_OUTDIR = outdir;
  try {
    runExample(fixture("good")[0] as Example, require);
    expect(readdirSync(join(outdir, "stacks"))).toEqual(["dev-network"]);
    expect(existsSync(join(outdir, "stacks/dev-network/cdk.tf.json"))).toBe(true);
  } finally {
    delete process.env.CDKTF_OUTDIR;
    rmSync(outdir, { recursive: true });
  }
});
