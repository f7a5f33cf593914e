import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../embedded/environment";
import { RunFailed, Unready } from "../embedded/failures";
import { REPOSITORY } from "../embedded/repository";
import { builtOnce, sourceHash } from "../go/built-once";
import { checkGo, Go } from "../go/go-command";
import { KUBERNETES_VERSION } from "../kubernetes/binaries";
import { versionFlags } from "../kubernetes/build";

const SOURCES = join(REPOSITORY, "tools", "twin", "go");

/** What containers run with; Debian 12 has them, and its security updates. */
const PACKAGES = ["containerd", "containernetworking-plugins", "runc"] as const;

/** Programs that are already there on a Debian, by the package that brings them. */
const HOST_PROGRAMS = { ip: "iproute2", nsenter: "util-linux", unshare: "util-linux", mount: "mount", tar: "tar" };

/** The programs of a node. */
export interface NodePrograms {
  /** Root of a tree with usr/bin/containerd, usr/sbin/runc, usr/lib/cni. */
  readonly debian: string;
  readonly kubelet: string;
  /** The program of the container that holds a pod's namespaces. */
  readonly pause: string;
}

/**
 * Fetches and builds what a node runs, or takes what an earlier call left. Nothing is installed: everything lies in the user's cache.
 * Tells on standard error how far it is.
 * @throws Unready when this machine cannot be a node: no Linux, not root, no overlay file system, programs missing
 * @throws RunFailed when packages cannot be fetched or sources compiled
 */
export async function nodePrograms(user: Environment = process.env): Promise<NodePrograms> {
  checkMachine();
  const built = await builtOnce(
    {
      name: "twin-kubelet",
      hash: sourceHash(SOURCES, KUBERNETES_VERSION),
      proof: "kubelet",
      check: () => checkGo("kubelet", SOURCES, user),
      build: (folder) => buildKubelet(folder, user),
    },
    user,
  );
  const files = candidates();
  const debian = await builtOnce(
    {
      name: "twin-debian",
      hash: files.join("+").replaceAll(/[^A-Za-z0-9.+]/g, "-"),
      proof: join("usr", "bin", "containerd"),
      check: () => undefined,
      build: (folder) => Promise.resolve(unpackPackages(folder)),
    },
    user,
  );
  return { debian, kubelet: join(built, "kubelet"), pause: join(built, "pause") };
}

async function buildKubelet(folder: string, user: Environment): Promise<void> {
  const go = new Go(SOURCES, user);
  go.say(`Building kubelet ${KUBERNETES_VERSION}, once: 1 to 10 minutes ...`);
  // "tool" is kubelet, the rest is ours.
  await go.build(`${folder}/`, ["tool", "./..."], versionFlags());
  go.say(`Built kubelet in ${go.seconds} s.`);
}

/** Versions that apt would fetch; they are part of the folder's name, so an update is fetched once it is known. */
function candidates(): readonly string[] {
  const found = knownCandidates();
  if (found.length === PACKAGES.length) return found;
  // A new machine has no lists yet.
  apt("apt-get", ["update", "-q"]);
  const updated = knownCandidates();
  if (updated.length === PACKAGES.length) return updated;
  throw new Unready(`apt knows no packages ${PACKAGES.join(", ")}`, "Debian 12 has them all.");
}

function knownCandidates(): readonly string[] {
  const policy = apt("apt-cache", ["policy", ...PACKAGES]);
  const entries = [...policy.matchAll(/^(\S+):\n.*\n {2}Candidate: (\d\S*)/gm)];
  return entries.map(([, name, version]) => `${name}_${version}`).sort();
}

function unpackPackages(folder: string): void {
  process.stderr.write(`Fetching ${PACKAGES.join(", ")}, once: 35 MB ...\n`);
  const quiet = ["-q", "-o", "APT::Sandbox::User=root"];
  execApt(["download", ...quiet, ...PACKAGES], folder);
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".deb"))) {
    apt("dpkg-deb", ["-x", join(folder, file), folder]);
  }
}

/** Lists that are older than the archive name files that are gone. */
function execApt(args: readonly string[], folder: string): void {
  try {
    apt("apt-get", args, folder);
  } catch {
    apt("apt-get", ["update", "-q"]);
    apt("apt-get", args, folder);
  }
}

function apt(command: string, args: readonly string[], cwd = "/"): string {
  try {
    const env = { ...process.env, LC_ALL: "C" };
    return execFileSync(command, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
    throw new RunFailed(`${command} ${args[0] ?? ""} failed`, [stderr || message]);
  }
}

/** Says what is missing here, rather than letting containers fail one by one. */
function checkMachine(): void {
  const what = "this machine cannot run nodes of a twin";
  if (process.platform !== "linux") throw new Unready(`${what}: it needs Linux`);
  if (process.getuid?.() !== 0) {
    throw new Unready(
      `${what}: containers, networks and control groups need root`,
      "Run it as root, such as in a virtual machine.",
    );
  }
  for (const [program, name] of Object.entries({ ...HOST_PROGRAMS, "apt-get": "apt", "dpkg-deb": "dpkg" })) {
    const isThere = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"].some((place) => readdirSync(place).includes(program));
    if (!isThere)
      throw new Unready(`${what}: there is no ${program}`, `Run apt-get install ${name}; it needs a Debian 12.`);
  }
  if (!/\toverlay$/m.test(readFileSync("/proc/filesystems", "utf8"))) {
    throw new Unready(`${what}: the kernel has no overlay file system`, "Run modprobe overlay.");
  }
  if (!/ - cgroup2? /.test(readFileSync("/proc/self/mountinfo", "utf8"))) {
    throw new Unready(`${what}: no control groups are mounted at /sys/fs/cgroup`);
  }
}
