import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { homedir, tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Environment } from "../embedded/environment";
import { RunFailed, Unready } from "../embedded/failures";
import { REPOSITORY } from "../embedded/repository";

/** Where the CRDs of an operator lie in its Go module. The versions are those of go/go.mod. */
const CRD_MODULES = [{ module: "github.com/aws/karpenter-provider-aws", folder: "pkg/apis/crds" }] as const;

const SOURCES = join(REPOSITORY, "tools", "crds", "go");
const BINARY = "aidc-crds";
/** Names of the folders with CRDs, beside the binary. */
const CRDS = "crds";

/** Go 1.26, 2 cores, 2026-11-25; most of it goes into CEL and the Kubernetes API types. */
const COST = "2 to 5 minutes, 40 MB to download";
const TELL_MS = 15_000;

/** Why an API server would refuse an object. */
export interface CrdFault {
  /** Path of the field, such as "spec.limits"; empty when it is about the object as a whole. */
  readonly field: string;
  readonly message: string;
}

/** What an API server would answer to an object: it is taken when there are no errors. */
export interface CrdVerdict {
  /** Place in the list that was given. */
  readonly index: number;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly errors: readonly CrdFault[];
}

/** Judges custom resources with the code of the API server and the CRDs of the operators. */
export class CrdValidator {
  /** @param folder holds the program and the CRDs */
  public constructor(private readonly folder: string) {}

  /** Judges objects as on create with strict field validation; one verdict per object, in the same order. */
  public validate(objects: readonly unknown[]): readonly CrdVerdict[] {
    return this.judge(objects, []);
  }

  /** Judges the second of each pair as the replacement of the first, so that rules about `oldSelf` are heard too. */
  public validateUpdates(pairs: readonly (readonly [stored: unknown, changed: unknown])[]): readonly CrdVerdict[] {
    return this.judge(pairs, ["--update"]);
  }

  private judge(input: readonly unknown[], options: readonly string[]): readonly CrdVerdict[] {
    const folders = CRD_MODULES.map(({ module }) => join(this.folder, CRDS, folderName(module)));
    const args = [...folders.flatMap((folder) => ["--crds", folder]), ...options];
    const result = spawnSync(join(this.folder, BINARY), args, {
      input: JSON.stringify(input),
      encoding: "utf8",
      maxBuffer: Infinity,
    });
    if (result.error) throw result.error;
    if (result.status !== 0) throw new Error(`the CRD validator gave up: ${result.stderr.trim()}`);
    const lines = result.stdout.split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as CrdVerdict);
  }
}

/**
 * Builds the validator, or takes the one that an earlier call built of the same sources; that one needs no Go and no network.
 * It is kept in the user's cache, outside of the checkout, so that neither a clean build nor a second clone compiles it again.
 * @param user environment of the user @default process.env
 * @throws Unready when Go is missing or too old
 * @throws RunFailed when the modules cannot be fetched or compiled
 */
export async function buildCrdValidator(user: Environment = process.env): Promise<CrdValidator> {
  const cache = cacheFolder(user);
  const folder = join(cache, `crds-${sourceHash()}`);
  if (!existsSync(folder)) {
    checkGo(user);
    mkdirSync(cache, { recursive: true });
    // Two workers may build at the same time, and either may be cut off: what carries the name is always whole.
    const partial = mkdtempSync(`${folder}.partial-`);
    try {
      await build(partial, user);
      moveInPlace(partial, folder);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  return new CrdValidator(folder);
}

async function build(folder: string, user: Environment): Promise<void> {
  const go = new Go(user);
  go.say(`Building the CRD validator, once: ${COST} ...`);
  for (const { module, folder: crds } of CRD_MODULES) {
    const { Dir } = JSON.parse(await go.run(["mod", "download", "-json", module])) as { readonly Dir: string };
    copyYaml(join(Dir, crds), join(folder, CRDS, folderName(module)));
  }
  // Without symbols the program is a third smaller; -v names each package that was compiled, which is all the progress there is.
  await go.run(["build", "-v", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", join(folder, BINARY), "."]);
  go.say(`Built the CRD validator in ${go.seconds} s.`);
}

/** Runs the go command on our sources, telling on standard error how far it is. */
class Go {
  private readonly started = Date.now();
  private packages = 0;
  private readonly env: NodeJS.ProcessEnv;

  public constructor(user: Environment) {
    this.env = {
      ...user,
      // A workspace above the checkout, or flags the user likes, must not change which versions are judged against.
      GOWORK: "off",
      GOFLAGS: "-mod=readonly",
      // Another Go is not downloaded behind the user's back; checkGo has said what to do.
      GOTOOLCHAIN: "local",
      // The program needs no C; with it, a machine without a compiler could not build it.
      CGO_ENABLED: "0",
    };
  }

  public get seconds(): number {
    return Math.round((Date.now() - this.started) / 1000);
  }

  public say(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  /** @returns its standard output */
  public async run(args: readonly string[]): Promise<string> {
    const child = spawn("go", args, { cwd: SOURCES, env: this.env, stdio: ["ignore", "pipe", "pipe"] });
    const timer = setInterval(() => this.say(`  ${this.seconds} s, ${this.packages} packages compiled`), TELL_MS);
    const messages: string[] = [];
    let output = "";
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      messages.push(...lines.filter((line) => !this.counts(line)));
    });
    try {
      const [code] = (await once(child, "close")) as [number | null];
      if (code !== 0) throw failure(args, [...messages, rest], output);
      return output;
    } finally {
      clearInterval(timer);
    }
  }

  /** Whether the line is the name of a package that was compiled. */
  private counts(line: string): boolean {
    const isPackage = /^[\w./~-]+$/.test(line);
    if (isPackage) this.packages += 1;
    return isPackage;
  }
}

/** `go mod download -json` says on standard output what went wrong, everything else on standard error. */
function failure(args: readonly string[], messages: readonly string[], output: string): RunFailed {
  const isNoise = (line: string) => line === "" || line.startsWith("go: downloading");
  const lines = [...messages, ...output.split("\n").filter((line) => line.includes('"Error"'))];
  const reason = lines.filter((line) => !isNoise(line)).slice(-15);
  const remedy = "The first build needs the Go module proxy (GOPROXY); later ones need nothing.";
  return new RunFailed(`go ${args.slice(0, 2).join(" ")} failed: ${reason.join("\n")}\n${remedy}`);
}

/** @throws Unready when the go command is missing, or older than go.mod asks for */
function checkGo(user: Environment): void {
  const wanted = /^go (\S+)$/m.exec(readFileSync(join(SOURCES, "go.mod"), "utf8"))?.[1] ?? "";
  const remedy = `Install Go ${wanted} or newer (https://go.dev/dl) and have it on PATH.`;
  // Asked outside of the sources, where a newer go.mod would be an error of its own.
  const env = { ...user, GOTOOLCHAIN: "local" };
  const asked = spawnSync("go", ["env", "GOVERSION"], { cwd: tmpdir(), env, encoding: "utf8" });
  if (asked.error || asked.status !== 0) {
    const reason = asked.error ? "there is no go command" : `go env failed (${asked.stderr.trim()})`;
    throw new Unready(`the CRD validator cannot be built: ${reason}`, remedy);
  }
  const found = asked.stdout.trim();
  if (isOlder(numbersOf(found), numbersOf(wanted))) {
    throw new Unready(`the CRD validator cannot be built: ${found} is too old`, remedy);
  }
}

/** "go1.26.8 X:nodwarf5" is [1, 26, 8]. */
function numbersOf(version: string): number[] {
  const [, ...parts] = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  return parts.map((part) => Number(part ?? 0));
}

function isOlder(found: readonly number[], wanted: readonly number[]): boolean {
  for (const [index, number] of wanted.entries()) {
    const other = found[index] ?? 0;
    if (other !== number) return other < number;
  }
  return false;
}

/** Everything that the folder in the cache depends on, so that an old one is never taken for the new. */
function sourceHash(): string {
  const hash = createHash("sha256").update(JSON.stringify([CRD_MODULES, process.platform, process.arch]));
  // A program that someone built by hand in that folder does not count.
  const sources = readdirSync(SOURCES).filter((name) => /\.(go|mod|sum)$/.test(name));
  for (const name of sources.sort()) {
    hash.update(`\0${name}\0`).update(readFileSync(join(SOURCES, name)));
  }
  return hash.digest("hex").slice(0, 16);
}

function cacheFolder(user: Environment): string {
  const named = user.XDG_CACHE_HOME ?? "";
  // The XDG rules: what is not absolute is ignored.
  const root = isAbsolute(named) ? named : join(homedir(), ".cache");
  return join(root, "cdktf-ai-datacenter");
}

/** The CRDs are kept with the program: a cleaned module cache, or a missing go, does not matter later. */
function copyYaml(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter((file) => file.endsWith(".yaml"))) {
    // Written anew and not copied: files of the module cache are read-only, and would make the folder hard to remove.
    writeFileSync(join(to, name), readFileSync(join(from, name)));
  }
}

function moveInPlace(partial: string, folder: string): void {
  try {
    renameSync(partial, folder);
  } catch (error) {
    // Another worker was first; its folder is of the same sources.
    if (!existsSync(join(folder, BINARY))) throw error;
  }
}

function folderName(module: string): string {
  return module.replaceAll("/", "_");
}
