import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execFileSync } from "node:child_process";
import { stages } from "../../stacks/config";
import { synthStages } from "../snapshot/stacks";

const ROOT = resolve(__dirname, "../..");

/** Every synthesized file by its path below the output folder, from a process of its own. */
function synthesize(outdir: string): Record<string, string> {
  execFileSync(process.execPath, [join(ROOT, "dist/stacks/main.js")], {
    cwd: ROOT,
    env: { ...process.env, CDKTF_OUTDIR: outdir },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const stacks = readdirSync(join(outdir, "stacks")).sort();
  return Object.fromEntries(stacks.map((id) => [id, readFileSync(join(outdir, "stacks", id, "cdk.tf.json"), "utf8")]));
}

/** The same value with the members of every plain object in the opposite order. */
function reversed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reversed) as T;
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  ) as T;
}

describe("synth", () => {
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), "aidc-synth-")));
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  test("gives the same bytes twice, in two processes, without a path of the machine", () => {
    const [first, second] = folders.map(synthesize) as [Record<string, string>, Record<string, string>];
    expect(Object.keys(first)).toContain("prod-cluster");
    expect(second).toEqual(first);
    for (const text of Object.values(first)) {
      for (const path of [ROOT, homedir(), tmpdir()]) expect(text).not.toContain(`${path}/`);
    }
  });

  test("does not depend on the order in which properties are written", () => {
    expect(JSON.stringify(synthStages(stages.map(reversed)))).toBe(JSON.stringify(synthStages()));
  });
});
