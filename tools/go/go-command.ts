import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareNumbers, numbersIn } from "../../lib/catalog/versions";
import type { Environment } from "../embedded/environment";
import { RunFailed, Unready } from "../embedded/failures";

const TELL_MS = 15_000;

/** Runs the go command on our sources, telling on standard error how far it is. */
export class Go {
  private readonly started = Date.now();
  private packages = 0;
  private readonly env: NodeJS.ProcessEnv;

  /**
   * @param sources folder with go.mod
   * @param user environment of the user
   */
  public constructor(
    private readonly sources: string,
    user: Environment,
  ) {
    this.env = {
      ...user,
      // A workspace above the checkout, or flags the user likes, must not change which versions are built.
      GOWORK: "off",
      GOFLAGS: "-mod=readonly",
      // Another Go is not downloaded behind the user's back; checkGo has said what to do.
      GOTOOLCHAIN: "local",
      // The programs need no C; with it, a machine without a compiler could not build them.
      CGO_ENABLED: "0",
    };
  }

  public get seconds(): number {
    return Math.round((Date.now() - this.started) / 1000);
  }

  public say(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  /**
   * Fetches a module, unless it is there already.
   * @returns the folder with its files, read-only
   */
  public async moduleFolder(module: string): Promise<string> {
    return (JSON.parse(await this.run(["mod", "download", "-json", module])) as { readonly Dir: string }).Dir;
  }

  /**
   * Compiles packages of our sources, without symbols: a third smaller.
   * @param output file, or folder with a slash at its end
   * @param linkerFlags beside those that drop the symbols
   */
  public async build(output: string, packages: readonly string[], linkerFlags: readonly string[] = []): Promise<void> {
    const flags = ["-s", "-w", ...linkerFlags].join(" ");
    // -v names each package that was compiled, which is all the progress there is.
    await this.run(["build", "-v", "-trimpath", "-buildvcs=false", `-ldflags=${flags}`, "-o", output, ...packages]);
  }

  /** @returns its standard output */
  public async run(args: readonly string[]): Promise<string> {
    const child = spawn("go", args, { cwd: this.sources, env: this.env, stdio: ["ignore", "pipe", "pipe"] });
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

/**
 * @param what is to be built, as the user knows it: "the CRD validator"
 * @param sources folder with go.mod
 * @throws Unready when the go command is missing, or older than go.mod asks for
 */
export function checkGo(what: string, sources: string, user: Environment): void {
  const wanted = /^go (\S+)$/m.exec(readFileSync(join(sources, "go.mod"), "utf8"))?.[1] ?? "";
  const remedy = `Install Go ${wanted} or newer (https://go.dev/dl) and have it on PATH.`;
  // Asked outside of the sources, where a newer go.mod would be an error of its own.
  const env = { ...user, GOTOOLCHAIN: "local" };
  const asked = spawnSync("go", ["env", "GOVERSION"], { cwd: tmpdir(), env, encoding: "utf8" });
  if (asked.error || asked.status !== 0) {
    const reason = asked.error ? "there is no go command" : `go env failed (${asked.stderr.trim()})`;
    throw new Unready(`${what} cannot be built: ${reason}`, remedy);
  }
  const found = asked.stdout.trim();
  if (compareNumbers(numbersIn(found) ?? [], numbersIn(wanted) ?? []) < 0) {
    throw new Unready(`${what} cannot be built: ${found} is too old`, remedy);
  }
}
