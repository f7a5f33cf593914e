import { type PoolSurroundings, resolveGpuNodePool } from "cdktf-ai-datacenter/compute";
import { isWarningId } from "cdktf-ai-datacenter/core";
import "cdktf-ai-datacenter/testing/jest";
import { CORPUS, type CorpusEntry } from "./corpus";

const ROOMY: PoolSurroundings = {
  subnets: [
    { zone: "us-east-1a", cidr: "10.0.0.0/16" },
    { zone: "us-east-1b", cidr: "10.1.0.0/16" },
  ],
};

type EntryWithOptions = CorpusEntry & Required<Pick<CorpusEntry, "options">>;

const ENTRIES = CORPUS.filter((entry): entry is EntryWithOptions => entry.options !== undefined);

describe("the corpus of public failures, as a user of the library would write them", () => {
  test.each(ENTRIES)("$thread: $code", ({ options, surroundings = ROOMY, code }) => {
    const resolve = () => resolveGpuNodePool("train", options, surroundings, "lab/train");
    if (isWarningId(code)) {
      expect(resolve().warnings.map(({ id }) => id)).toContain(code);
    } else {
      expect(resolve).toRefuse(code);
    }
  });

  test("has enough of them", () => {
    expect(ENTRIES.length).toBeGreaterThanOrEqual(20);
  });
});
