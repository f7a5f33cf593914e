import { lintPool, type PoolDesign } from "cdktf-ai-datacenter/compute";
import { CORPUS } from "./corpus";

function codesOf(design: PoolDesign): string[] {
  return lintPool(design).map(({ rule }) => rule.code);
}

describe("the corpus of public failures", () => {
  test.each(CORPUS)("$thread: fails with $code, and not once it is made right", ({ bad, code, good }) => {
    expect(codesOf(bad)[0]).toBe(code);
    expect(codesOf(good)).toEqual([]);
  });

  test("tells each failure once, with its thread and in one sentence", () => {
    for (const { thread, told } of CORPUS) {
      expect(thread).toMatch(/^[\w.-]+\/[\w.-]+ (PR )?#\d+$/);
      expect(told).toMatch(/^[A-Z].+\.$/);
    }
    expect(new Set(CORPUS.map(({ told }) => told)).size).toBe(CORPUS.length);
  });
});
