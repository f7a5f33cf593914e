import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";

/** What was installed last from a list of packages. Written last, so an installation that was cut off is done again. */
export class Stamp {
  constructor(file, list) {
    this.file = file;
    this.list = list;
  }

  get isCurrent() {
    return existsSync(this.file) && readFileSync(this.file, "utf8") === this.hash();
  }

  remove() {
    rmSync(this.file, { force: true });
  }

  write() {
    writeFileSync(this.file, this.hash());
  }

  hash() {
    return createHash("sha256").update(readFileSync(this.list)).digest("hex");
  }
}
