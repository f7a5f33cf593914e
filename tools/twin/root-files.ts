import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
} from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { RunFailed } from "../embedded/failures";
import { neededLibraries } from "./elf";

/** What an image is made of. Everything keeps the path that it has on this machine. */
export interface ImageContent {
  /** Virtual environment; its interpreter, the standard library and the system's libraries come along. */
  readonly environment: string;
  /** More folders and files, such as sources that the environment points to. @default - none */
  readonly include?: readonly string[];
  /** Environment of its processes. @default - none beside PATH, LANG and HOME */
  readonly env?: Readonly<Record<string, string>>;
}

/** The user that the image runs as, as pods of this library do. */
export const IMAGE_USER = 1000;

/** Of the standard library: its tests and windows, and what was installed beside it. */
const LEFT_OUT = new Set(["test", "idlelib", "turtledemo", "tkinter", "ensurepip", "site-packages", "dist-packages"]);

/** A shell, and what scripts and people want to look around with. */
const PROGRAMS =
  "bash sh cat cp cut date df env find grep gzip head id ls mkdir mv rm sed sha256sum sleep sort tail tar tr wc".split(
    " ",
  );

/** Links of a Debian whose programs are all below usr. */
const TOP_LINKS = ["/bin", "/lib", "/lib64", "/sbin"];

/** Libraries that programs look for by themselves. */
const LOADED_BY_NAME = ["libnss_files.so.2", "libnss_dns.so.2", "libgcc_s.so.1"];

/** Whom TLS trusts, as Debian's ca-certificates has it: clients written in C look there, also when they speak plain HTTP in the end. */
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/**
 * Fills a folder with the root file system of an image. Files are links to those of this machine: an environment with PyTorch has gigabytes, and
 * copies would take minutes. Nobody writes to them: containers see them through an overlay.
 */
export function linkRootFiles(folder: string, { environment, include = [] }: ImageContent): void {
  checkPlace(environment);
  const { interpreter, stdlib } = askPython(join(environment, "bin", "python"));
  writeSystemFiles(folder);
  if (!existsSync(CERTIFICATES)) {
    throw new RunFailed(`${CERTIFICATES} is missing`, ["Install it: apt-get install ca-certificates"]);
  }
  linkFile(CERTIFICATES, join(folder, CERTIFICATES));
  const trees = [
    environment,
    ...readdirSync(stdlib)
      .filter((name) => !LEFT_OUT.has(name))
      .map((name) => join(stdlib, name)),
    ...include,
  ];
  for (const path of trees) linkTree(path, join(folder, path));
  const programs = [join(environment, "bin", "python"), ...PROGRAMS.map(findProgram)].flatMap(linksOf);
  for (const path of [...programs, ...systemLibraries(trees, [interpreter, ...programs])])
    linkFile(path, join(folder, path));
}

function checkPlace(environment: string): void {
  if (realpathSync(environment) !== environment) {
    throw new RunFailed(`${environment} is a link`, [
      "Give the path that the environment was made at; its scripts name it.",
    ]);
  }
  if (environment.startsWith("/tmp/")) {
    throw new RunFailed(`${environment} is below /tmp`, [
      "Pods have a volume of their own there, which would hide it.",
    ]);
  }
}

interface PythonFacts {
  /** The interpreter itself. */
  readonly interpreter: string;
  readonly stdlib: string;
}

function askPython(python: string): PythonFacts {
  const program =
    "import json, os, sys, sysconfig\n" +
    "print(json.dumps({'interpreter': os.path.realpath(sys.executable), 'stdlib': sysconfig.get_path('stdlib')}))";
  try {
    return JSON.parse(execFileSync(python, ["-I", "-c", program], { encoding: "utf8" })) as PythonFacts;
  } catch (error) {
    throw new RunFailed(`${python} is not the interpreter of a virtual environment`, [String(error)]);
  }
}

function writeSystemFiles(folder: string): void {
  for (const name of ["etc", "tmp", "proc", "sys", "dev"]) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(
    join(folder, "etc", "passwd"),
    `root:x:0:0::/:/bin/sh\nrunner:x:${IMAGE_USER}:${IMAGE_USER}::/tmp:/bin/sh\n`,
  );
  writeFileSync(join(folder, "etc", "group"), `root:x:0:\nrunner:x:${IMAGE_USER}:\n`);
  writeFileSync(join(folder, "etc", "nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files dns\n");
  for (const path of TOP_LINKS.filter((top) => lstatSync(top, { throwIfNoEntry: false })?.isSymbolicLink())) {
    symlinkSync(readlinkSync(path), join(folder, path));
  }
}

function linkTree(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  // One program for ten thousands of files; -T: the folder itself, and not into a folder of that name.
  try {
    execFileSync("cp", ["-a", "--link", "-T", from, to], { stdio: ["ignore", "ignore", "pipe"] });
  } catch {
    process.stderr.write(`Copying ${from}, which is on another file system than ${to} ...\n`);
    execFileSync("cp", ["-a", "-T", from, to]);
  }
}

function linkFile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  if (lstatSync(to, { throwIfNoEntry: false })) return;
  if (lstatSync(from).isSymbolicLink()) return symlinkSync(readlinkSync(from), to);
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/** A file with all the links that lead to it. */
function linksOf(path: string): readonly string[] {
  // Links among the folders on the way are those of `TOP_LINKS`.
  const here = join(realpathSync(dirname(path)), basename(path));
  return lstatSync(here).isSymbolicLink() ? [here, ...linksOf(resolve(dirname(here), readlinkSync(here)))] : [here];
}

function findProgram(name: string): string {
  const found = ["/usr/bin", "/bin"].map((place) => join(place, name)).find((path) => existsSync(path));
  if (found === undefined) throw new RunFailed(`this machine has no program ${name} for the image`);
  return found;
}

/** What the dynamic linker takes from the system for programs and for libraries in the trees. */
function systemLibraries(trees: readonly string[], programs: readonly string[]): readonly string[] {
  const known = linkerCache();
  const found = new Set<string>();
  const visit = (path: string): void => {
    for (const name of neededLibraries(path)) find(name);
  };
  const find = (name: string): void => {
    const path = known.get(name);
    if (path === undefined || found.has(path)) return;
    found.add(path);
    visit(path);
  };
  const there = trees.flatMap(sharedLibraries);
  for (const path of [...there, ...programs.filter((program) => lstatSync(program).isFile())]) visit(path);
  LOADED_BY_NAME.forEach(find);
  // The interpreter may have its own library beside it, which no cache knows.
  const told = execFileSync("ldd", [programs[0] ?? ""], { encoding: "utf8" });
  for (const [, path] of told.matchAll(/^\t(?:\S+ => )?(\/\S+) \(0x/gm)) found.add(path ?? "");
  return [...found].flatMap(linksOf);
}

function sharedLibraries(tree: string): readonly string[] {
  const isLibrary = (path: string) => /\.so(\.\d+)*$/.test(path) && lstatSync(path).isFile();
  if (!lstatSync(tree).isDirectory()) return isLibrary(tree) ? [tree] : [];
  const names = readdirSync(tree, { recursive: true, encoding: "utf8" });
  return names.map((name) => join(tree, name)).filter(isLibrary);
}

/** Path of each library that the system knows, by name. */
function linkerCache(): ReadonlyMap<string, string> {
  const lines = execFileSync("/sbin/ldconfig", ["-p"], { encoding: "utf8" }).matchAll(
    /^\t(\S+) \(.*x86-64.*\) => (\S+)$|^\t(\S+) \(.*AArch64.*\) => (\S+)$/gm,
  );
  const paths = new Map<string, string>();
  for (const [, name, path, armName, armPath] of lines) {
    const key = name ?? armName ?? "";
    if (!paths.has(key)) paths.set(key, path ?? armPath ?? "");
  }
  return paths;
}
