import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Environment } from "../embedded/environment";
import { RunFailed, Unready } from "../embedded/failures";
import { REPOSITORY } from "../embedded/repository";

/** Judges written in Go, each a module of its own: they are built on different releases of the Kubernetes libraries. */
const PROGRAMS = [
  { name: "kube-score", module: "kube-score", target: "github.com/zegl/kube-score/cmd/kube-score" },
  { name: "aidc-pod-security", module: "pod-security", target: "." },
] as const;

const SOURCES = join(REPOSITORY, "tools/judges");
/** Go 1.26, 2 cores, 2026-11-25. */
const COST = "about a minute, 20 MB to download";
const TELL_MS = 15_000;

/** Paths of the programs. */
export interface GoPrograms {
  readonly kubeScore: string;
  readonly podSecurity: string;
}

/**
 * Builds the judges that are written in Go, or takes what an earlier call built of the same sources, from the user's cache.
 * @param user environment of the user @default process.env
 * @throws Unready when there is no Go
 * @throws RunFailed when the modules cannot be fetched or compiled
 */
export async function buildGoPrograms(user: Environment = process.env): Promise<GoPrograms> {
  const cache = cacheFolder(user);
  const folder = join(cache, `judges-${sourceHash()}`);
  if (!existsSync(folder)) {
    checkGo(user);
    mkdirSync(cache, { recursive: true });
    // Two workers may build at the same time, and either may be cut off: what carries the name is always whole.
    const partial = mkdtempSync(`${folder}.partial-`);
    try {
      await build(partial, user);
      if (!existsSync(folder)) renameSync(partial, folder);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  return { kubeScore: join(folder, "kube-score"), podSecurity: join(folder, "aidc-pod-security") };
}

async function build(folder: string, user: Environment): Promise<void> {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  process.stderr.write(`Building the judges that are written in Go, once: ${COST} ...\n`);
  const timer = setInterval(() => process.stderr.write(`  ${seconds()} s\n`), TELL_MS);
  try {
    for (const { name, module, target } of PROGRAMS) {
      await go(
        ["build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", join(folder, name), target],
        module,
        user,
      );
    }
  } finally {
    clearInterval(timer);
  }
  process.stderr.write(`Built them in ${seconds()} s.\n`);
}

async function go(args: readonly string[], module: string, user: Environment): Promise<void> {
  // Which versions judge must not depend on a workspace, on flags that the user likes, on another Go, or on a C compiler.
  const env = { ...user, GOWORK: "off", GOFLAGS: "-mod=readonly", GOTOOLCHAIN: "local", CGO_ENABLED: "0" };
  const child = spawn("go", args, { cwd: join(SOURCES, module), env, stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const [status] = (await once(child, "close")) as [number | null];
  if (status === 0) return;
  const lines = errors.split("\n").filter((line) => line !== "" && !line.startsWith("go: downloading"));
  throw new RunFailed(`go build of ${module} failed`, [
    ...lines.slice(-15),
    "The first build needs the Go module proxy (GOPROXY); later ones need nothing.",
  ]);
}

/** What Go itself says of a version that is too old for a module is clear enough. */
function checkGo(user: Environment): void {
  // Asked outside of the sources, where a newer go.mod would be an error of its own.
  const asked = spawnSync("go", ["version"], { cwd: tmpdir(), env: { ...user, GOTOOLCHAIN: "local" } });
  if (asked.status === 0) return;
  throw new Unready(
    "kube-score and the judge of Pod Security cannot be built: there is no go command",
    "Install Go 1.26.6 or newer (https://go.dev/dl) and have it on PATH.",
  );
}

/** Everything that the programs depend on, so that old ones are never taken for new ones. */
function sourceHash(): string {
  const hash = createHash("sha256").update(JSON.stringify([PROGRAMS, process.platform, process.arch]));
  for (const { module } of PROGRAMS) {
    const sources = readdirSync(join(SOURCES, module)).filter((name) => /\.(go|mod|sum)$/.test(name));
    for (const name of sources.sort()) {
      hash.update(`\0${module}/${name}\0`).update(readFileSync(join(SOURCES, module, name)));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

function cacheFolder(user: Environment): string {
  const named = user.XDG_CACHE_HOME ?? "";
  // The XDG rules: what is not absolute is ignored.
  return join(isAbsolute(named) ? named : join(homedir(), ".cache"), "cdktf-ai-datacenter");
}
