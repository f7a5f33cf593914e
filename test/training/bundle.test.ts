import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { writeBundle } from "../../tools/bundle/build";
import { bundleOf } from "../../tools/bundle/bundle";

const RUNTIME = join(__dirname, "../../runtime");
const folders: string[] = [];
const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), "aidc-bundle-"));
  folders.push(folder);
  return folder;
};
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A copy with other times, other modes and what Python leaves behind. */
function copyOf(runtime: string): string {
  const copy = temporary();
  for (const name of ["pyproject.toml", "Dockerfile"]) cpSync(join(runtime, name), join(copy, name));
  cpSync(join(runtime, "src"), join(copy, "src"), { recursive: true });
  const package_ = join(copy, "src/aidc_runtime");
  utimesSync(join(package_, "cli.py"), 0, 0);
  writeFileSync(join(package_, "left.pyc"), "bytecode");
  return copy;
}

test("is the same from the same sources, whenever and wherever they lie", () => {
  const { sha256, bytes } = bundleOf(RUNTIME);
  const zone = process.env.TZ;
  process.env.TZ = "Asia/Tokyo";
  const again = bundleOf(copyOf(RUNTIME));
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
  expect(again.sha256).toBe(sha256);
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
});

test("changes with any source", () => {
  const copy = copyOf(RUNTIME);
  writeFileSync(join(copy, "src/aidc_runtime/cli.py"), "print(1)\n");
  expect(bundleOf(copy).sha256).not.toBe(bundleOf(RUNTIME).sha256);
});

test("holds the sources and nothing else", () => {
  const { bytes, names } = bundleOf(RUNTIME);
  const files = unzipSync(bytes);
  expect(Object.keys(files)).toEqual(names);
  expect(names).toEqual(expect.arrayContaining(["Dockerfile", "aidc_runtime/cli.py", "pyproject.toml"]));
  expect(names.filter((name) => /\.pyc$|__pycache__|tests?\/|egg-info/.test(name))).toEqual([]);
  expect(Buffer.from(files["aidc_runtime/cli.py"] ?? []).toString()).toBe(
    readFileSync(join(RUNTIME, "src/aidc_runtime/cli.py"), "utf8"),
  );
});

test("is written with a manifest, and replaces the last one", () => {
  const folder = temporary();
  writeFileSync(join(folder, `${"0".repeat(64)}.zip`), "old");
  const bundle = bundleOf(RUNTIME);
  writeBundle(bundle, folder);
  expect(readdirSync(folder).sort()).toEqual([`${bundle.sha256}.zip`, "manifest.json"].sort());
  expect(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"))).toMatchObject({
    version: "0.1.0",
    sha256: bundle.sha256,
    file: `${bundle.sha256}.zip`,
  });
});
