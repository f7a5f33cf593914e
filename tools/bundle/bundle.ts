import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Zippable, zipSync } from "fflate";

/** The runtime as one file that is called by its content. */
export interface Bundle {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly version: string;
  /** Names inside, sorted. */
  readonly names: readonly string[];
}

/** What Python imports: sources and data beside them, without what it makes itself. */
const LEFT_OUT = /^(__pycache__|tests?|.*\.egg-info|\..*)$/;

/** What makes an image of it: `EcrImage` builds from the bundle alone. */
const BESIDE = ["Dockerfile", "pyproject.toml"];

/**
 * Earliest day that the format knows. It stores local time, so the day is made from local parts: the same bytes in every time zone.
 */
const EPOCH = new Date(1980, 0, 1);

/** A regular file that all may read (Unix); the format's own code for Unix is 3. */
const ATTRIBUTES = { os: 3, attrs: (0o100644 << 16) >>> 0, mtime: EPOCH, level: 9 as const };

/**
 * The sources of the runtime as a zip: the same sources give the same bytes, wherever and whenever. The library deflates in
 * JavaScript, so that not even the zlib of another Node can make a difference.
 * @param runtime folder with pyproject.toml and src/
 */
export function bundleOf(runtime: string): Bundle {
  const source = join(runtime, "src");
  const sources = filesBelow(source, "").map((name) => [name, join(source, name)] as const);
  const paths = new Map([...sources, ...BESIDE.map((name) => [name, join(runtime, name)] as const)]);
  const names = [...paths.keys()].sort();
  const files: Zippable = Object.fromEntries(
    names.map((name) => [name, [new Uint8Array(readFileSync(paths.get(name) ?? "")), ATTRIBUTES]]),
  );
  const bytes = zipSync(files);
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex"), version: versionOf(runtime), names };
}

function filesBelow(folder: string, inside: string): string[] {
  return readdirSync(join(folder, inside), { withFileTypes: true }).flatMap((entry) => {
    const name = inside === "" ? entry.name : `${inside}/${entry.name}`;
    if (LEFT_OUT.test(entry.name) || entry.name.endsWith(".pyc")) return [];
    return entry.isDirectory() ? filesBelow(folder, name) : entry.isFile() ? [name] : [];
  });
}

function versionOf(runtime: string): string {
  const [, version] = /^version = "([^"]+)"$/m.exec(readFileSync(join(runtime, "pyproject.toml"), "utf8")) ?? [];
  if (version === undefined) throw new Error(`${runtime}/pyproject.toml has no version`);
  return version;
}
