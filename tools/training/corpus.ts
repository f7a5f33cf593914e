import { RunFailed } from "../embedded/failures";

/** Sentences of the corpus: to learn from, and to judge by. */
export interface CorpusSplit {
  readonly train: readonly string[];
  readonly test: readonly string[];
}

/** One sentence of so many is judged by: 100 of 500. The text runs on from one to the next, so they are taken evenly from all of it. */
const JUDGED_BY = 5;

/**
 * The corpus as CoNLL sentences, a token and its tag a line. The same text gives the same split.
 * @param text lines of a token, what a parser said of it, and last its tag, separated by tabs; a blank line ends a sentence
 */
export function splitCorpus(text: string): CorpusSplit {
  const blocks = text.split(/\r?\n(?:\r?\n)+/).filter((block) => block.trim() !== "");
  const sentences = blocks.map((block) =>
    block
      .split(/\r?\n/)
      .filter((line) => line !== "")
      .map(tokenAndTag)
      .join("\n"),
  );
  return {
    train: sentences.filter((_, index) => index % JUDGED_BY !== JUDGED_BY - 1),
    test: sentences.filter((_, index) => index % JUDGED_BY === JUDGED_BY - 1),
  };
}

/** Sentences as a file. */
export function conllFile(sentences: readonly string[]): string {
  return `${sentences.join("\n\n")}\n`;
}

function tokenAndTag(line: string): string {
  const columns = line.split("\t");
  const tag = columns.at(-1)?.trim() ?? "";
  // A blank is a token of its own in Japanese text, and would be no column.
  const token = (columns[0] ?? "").replace(/\s+/gu, "▁");
  if (columns.length < 2 || token === "" || !/^(O|[BI]-\S+)$/.test(tag)) {
    throw new RunFailed(`the corpus has a line that is no token with its tag: ${JSON.stringify(line)}`);
  }
  return `${token}\t${tag}`;
}
