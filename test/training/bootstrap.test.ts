import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";

const PROGRAM = join(__dirname, "../../lib/training/bootstrap/bootstrap.py");
const CLI = `import json, os, sys
print(json.dumps({"argv": sys.argv[1:], "path": os.environ["PYTHONPATH"], "file": __file__}))
sys.exit(int(os.environ.get("END", "0")))
`;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "aidc-bootstrap-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function bundle(files: Readonly<Record<string, string>>): { readonly uri: string; readonly sha256: string } {
  const bytes = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
  const path = join(folder, "bundle.zip");
  writeFileSync(path, bytes);
  return { uri: `file://${path}`, sha256: createHash("sha256").update(bytes).digest("hex") };
}

const RUNTIME = { "aidc_runtime/__init__.py": "", "aidc_runtime/cli.py": CLI };

function run(parameters: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const log = join(folder, "termination-log");
  const more = { TMPDIR: folder, AIDC_TERMINATION_LOG: log, AIDC_BOOTSTRAP_SECONDS: "0", ...env };
  const { status, stdout, stderr } = spawnSync("python3", [PROGRAM, ...parameters], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...more },
    encoding: "utf8",
  });
  return { status, stdout, stderr, told: existsSync(log) ? readFileSync(log, "utf8") : "" };
}

test("verifies the runtime, and becomes it", () => {
  const { uri, sha256 } = bundle(RUNTIME);
  const { status, stdout } = run([uri, sha256], { PYTHONPATH: "/more", END: "75" });
  expect(status).toBe(75);
  const { argv, path, file } = JSON.parse(stdout) as { argv: string[]; path: string; file: string };
  expect(argv).toEqual(["launch"]);
  expect(path).toBe(`${folder}/aidc-runtime-${sha256.slice(0, 16)}:/more`);
  expect(file.startsWith(folder)).toBe(true);
});

test("does not unpack what is there already", () => {
  const { uri, sha256 } = bundle(RUNTIME);
  run([uri, sha256]);
  expect(run([uri, sha256]).status).toBe(0);
});

test("runs nothing of a bundle whose hash differs", () => {
  const { uri } = bundle(RUNTIME);
  const { status, stdout, told } = run([uri, "0".repeat(64)]);
  expect(status).toBe(64);
  expect(stdout).toBe("");
  expect(told).toContain("is not the runtime that was asked for");
  expect(existsSync(join(folder, `aidc-runtime-${"0".repeat(16)}`))).toBe(false);
});

test("ends with 74 when the store is away", () => {
  const { status, told } = run([`file://${folder}/none.zip`, "0".repeat(64)]);
  expect(status).toBe(74);
  expect(told).toContain("cannot be read after 0 seconds");
});

test("waits for a store that comes", () => {
  const { uri, sha256 } = bundle(RUNTIME);
  const path = uri.slice("file://".length);
  execFileSync("sh", ["-c", `mv ${path} ${path}.later; (sleep 1; mv ${path}.later ${path}) > /dev/null 2>&1 &`]);
  expect(run([uri, sha256], { AIDC_BOOTSTRAP_SECONDS: "30" }).status).toBe(0);
});

test("ends with 64 without what the store is read with, or without arguments", () => {
  const { status, told } = run(["s3://bucket/x.zip", "0".repeat(64)], { PYTHONPATH: folder, PYTHONNOUSERSITE: "1" });
  // Where fsspec is installed, S3 may be what is missing, or away.
  expect([64, 74]).toContain(status);
  expect(told).toMatch(/s3:\/\/bucket\/x\.zip/);
  expect(run([]).status).toBe(64);
});

test("refuses names that leave the folder", () => {
  const { uri, sha256 } = bundle({ ...RUNTIME, "../escape.py": "print(1)" });
  const { status, told } = run([uri, sha256]);
  expect(status).toBe(64);
  expect(told).toContain("outside of it");
});
