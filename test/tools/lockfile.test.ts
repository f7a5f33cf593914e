import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TOOL = join(__dirname, "..", "..", "tools", "complete-lockfile.mjs");

test("package-lock.json names the packages of every platform, without which npm ci refuses it", () => {
  const { status, stderr } = spawnSync(process.execPath, [TOOL, "--check"], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

describe("completing a lock file", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "aidc-lock-"));
    mkdirSync(join(root, "tools"));
    cpSync(TOOL, join(root, "tools", "complete-lockfile.mjs"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const file = () => join(root, "package-lock.json");
  const write = (packages: object) => writeFileSync(file(), JSON.stringify({ lockfileVersion: 3, packages }));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, "tools", "complete-lockfile.mjs"), ...args], { encoding: "utf8" });
  const names = (optionalDependencies: object) => ({
    version: "1.2.3",
    dev: true,
    license: "MIT",
    optionalDependencies,
  });

  test("adds what is named and not listed, with its platform, and is then content", () => {
    const core = names({
      "@s/core-linux-x64-musl": "1.2.3",
      "@s/core-darwin-arm64": "1.2.3",
      "@s/core-linux-x64-gnu": "1.2.3",
    });
    write({ "": {}, "node_modules/@s/core": core, "node_modules/@s/core-linux-x64-gnu": { version: "1.2.3" } });
    expect(run("--check").status).toBe(1);
    expect(run().status).toBe(0);
    const { packages } = JSON.parse(readFileSync(file(), "utf8")) as { packages: object };
    const common = { version: "1.2.3", dev: true, license: "MIT", optional: true };
    expect(Object.entries(packages)).toEqual([
      ["", {}],
      ["node_modules/@s/core", core],
      ["node_modules/@s/core-darwin-arm64", { ...common, cpu: ["arm64"], os: ["darwin"] }],
      ["node_modules/@s/core-linux-x64-gnu", { version: "1.2.3" }],
      ["node_modules/@s/core-linux-x64-musl", { ...common, cpu: ["x64"], os: ["linux"], libc: ["musl"] }],
    ]);
    expect(run("--check").status).toBe(0);
  });

  test("finds packages in a node_modules further up, and leaves a complete file alone", () => {
    write({ "node_modules/a/node_modules/b": names({ "c-linux-x64": "1.0.0" }), "node_modules/c-linux-x64": {} });
    const before = readFileSync(file(), "utf8");
    expect(run().status).toBe(0);
    expect(readFileSync(file(), "utf8")).toBe(before);
  });

  test("refuses to guess", () => {
    write({ "node_modules/a": names({ fsevents: "^2.3.3" }) });
    expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining("add it by hand") as string });
  });
});
