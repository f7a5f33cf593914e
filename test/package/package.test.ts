import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ts from "typescript";

const ROOT = join(__dirname, "../..");

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;
const entries = Object.keys(manifest.exports).filter((entry) => !entry.endsWith(".json"));
const published = (entry: string) => entry.replace(/^\./, "cdktf-ai-datacenter");

/** Modules that a fresh process loads for some published names and for what it then does, with forward slashes. */
function loadedBy(names: readonly string[], then = ""): string[] {
  const script = `for (const name of ${JSON.stringify(names)}) require(name); ${then}; console.log(JSON.stringify(Object.keys(require.cache)));`;
  const output = execFileSync(process.execPath, ["-e", script], { cwd: ROOT, encoding: "utf8" });
  return (JSON.parse(output) as string[]).map((path) => path.replaceAll("\\", "/"));
}

const matching = (modules: readonly string[], pattern: RegExp) => modules.filter((path) => pattern.test(path));

beforeAll(() => {
  if (!existsSync(join(ROOT, "dist/lib/index.js"))) throw new Error("dist is missing; run npm run build first");
});

describe("what is loaded", () => {
  test("no entry loads a provider's binding before it is used, and then that one alone", () => {
    expect(matching(loadedBy(entries.map(published)), /\/@cdktf\/provider-/)).toEqual([]);
    const used = loadedBy(entries.map(published), 'require("./dist/lib/terraform/aws.js").S3Bucket');
    const files = matching(used, /\/@cdktf\/provider-[a-z]+\/lib\/[^/]+\/index\.js$/);
    expect(files.map((path) => path.replace(/.*\/lib\//, ""))).toEqual(["s3-bucket/index.js"]);
  });

  test("the root entry loads neither the Kubernetes nor the Helm provider", () => {
    expect(matching(loadedBy(["cdktf-ai-datacenter"]), /\/@cdktf\/provider-(kubernetes|helm)\//)).toEqual([]);
  });

  test.each(["contracts", "catalog", "planner"].filter((room) => `./${room}` in manifest.exports))(
    "%s loads no framework",
    (room) => {
      expect(
        matching(loadedBy([`cdktf-ai-datacenter/${room}`]), /\/node_modules\/(cdktf|constructs|@cdktf)\//),
      ).toEqual([]);
    },
  );

  test("the test kit loads no test framework, not even for jest", () => {
    const modules = loadedBy(["cdktf-ai-datacenter/testing", "cdktf-ai-datacenter/testing/jest"]);
    expect(matching(modules, /\/node_modules\/(jest|expect|@jest)[/-]/)).toEqual([]);
  });

  test("the command loads no framework, so that it starts at once", () => {
    const modules = loadedBy([join(ROOT, "dist/lib/cli/cli.js")]);
    expect(matching(modules, /\/node_modules\//)).toEqual(matching(modules, /\/node_modules\/commander\//));
  });

  test("the command runs as it is installed", () => {
    const main = join(ROOT, manifest.bin.aidc as string);
    expect(readFileSync(main, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    const input = '{"format_version":"1.2","planned_values":{}}';
    expect(execFileSync(process.execPath, [main, "guard", "-"], { input, encoding: "utf8" })).toContain(
      "stdin: no protected",
    );
  });
});

describe("what is published", () => {
  const files = () => {
    const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [packed] = JSON.parse(output) as { files: { path: string }[] }[];
    return (packed?.files ?? []).map(({ path }) => path);
  };

  test("is the compiled library, its papers, and nothing else", () => {
    const allowed = /^(dist\/lib\/|docs\/|(README\.md|CHANGELOG\.md|LICENSE|package\.json)$)/;
    const list = files();
    expect(list).toContain("dist/lib/index.js");
    // The training runtime, called by its content, and what tells its name.
    const [bundle = "", ...more] = list.filter((path) => /^dist\/runtime\/[0-9a-f]{64}\.zip$/.test(path));
    expect(more).toEqual([]);
    const runtime = [bundle, "dist/runtime/manifest.json"];
    expect(list).toEqual(expect.arrayContaining(runtime));
    expect(list.filter((path) => !allowed.test(path) && !runtime.includes(path))).toEqual([]);
    expect(list.filter((path) => /\.test\.|\/__|\/fixtures\/|tsbuildinfo/.test(path))).toEqual([]);
  });

  test("has a source for each compiled file (else remove dist and build again)", () => {
    const compiled = files().filter((path) => /^dist\/lib\/.*\.(d\.ts|js)$/.test(path));
    const sourceOf = (path: string) => path.replace(/^dist\//, "").replace(/(\.d\.ts|\.js)$/, ".ts");
    expect(compiled.filter((path) => !existsSync(join(ROOT, sourceOf(path))))).toEqual([]);
  });

  test("holds every target of exports and bin", () => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === "string" ? target : Object.values(target),
    );
    const list = files();
    const wanted = [...targets, ...Object.values(manifest.bin)].map((target) => target.replace(/^\.\//, ""));
    expect(wanted.filter((target) => !list.includes(target))).toEqual([]);
  });

  test("types every entry for projects that resolve modules the old way, as cdktf init makes them", () => {
    const project = mkdtempSync(join(tmpdir(), "aidc-consumer-"));
    mkdirSync(join(project, "node_modules"));
    symlinkSync(ROOT, join(project, "node_modules", "cdktf-ai-datacenter"));
    for (const moduleResolution of [ts.ModuleResolutionKind.Node10, ts.ModuleResolutionKind.Node16]) {
      for (const entry of entries) {
        const options = { module: ts.ModuleKind.CommonJS, moduleResolution };
        const found = ts.resolveModuleName(published(entry), join(project, "main.ts"), options, ts.sys).resolvedModule;
        const types = (manifest.exports[entry] as { types: string }).types;
        expect([entry, found?.resolvedFileName]).toEqual([entry, join(ROOT, types)]);
      }
    }
    rmSync(project, { recursive: true });
  });

  test("exports every room", () => {
    const rooms = readdirSync(join(ROOT, "lib")).filter((room) => existsSync(join(ROOT, "lib", room, "index.ts")));
    expect(rooms.filter((room) => !(`./${room}` in manifest.exports))).toEqual([]);
  });
});

describe("what it depends on", () => {
  test("is tested at the oldest version of each peer that it accepts", () => {
    for (const [name, range] of Object.entries(manifest.peerDependencies)) {
      expect([name, range]).toEqual([name, `^${manifest.devDependencies[name]}`]);
    }
  });

  test("is never a peer and a dependency at once", () => {
    expect(Object.keys(manifest.dependencies).filter((name) => name in manifest.peerDependencies)).toEqual([]);
  });
});
