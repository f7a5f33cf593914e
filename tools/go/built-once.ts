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
import { homedir } from "node:os";
import { isAbsolute, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "../embedded/environment";

const LOOK_MS = 1_000;

/** Something that is compiled once and kept. */
export interface Recipe {
  /** First part of the folder's name in the cache. */
  readonly name: string;
  /** All that the result depends on. */
  readonly hash: string;
  /** Path below the folder that a whole result has. */
  readonly proof: string;
  /** Throws when the build cannot start here; nothing has been written then. */
  readonly check: () => void;
  /** Fills an empty folder. */
  readonly build: (folder: string) => Promise<void>;
}

/**
 * Builds, or takes what an earlier call built by the same recipe. It is kept in the user's cache, outside of the checkout, so that neither a
 * clean build nor a second clone compiles it again.
 * @returns the folder
 */
export async function builtOnce({ name, hash, proof, check, build }: Recipe, user: Environment): Promise<string> {
  const cache = cacheFolder(user);
  const folder = join(cache, `${name}-${hash}`);
  if (existsSync(folder)) return folder;
  check();
  mkdirSync(cache, { recursive: true });
  return alone(`${folder}.lock`, async () => {
    if (!existsSync(folder)) await buildWhole(folder, proof, build);
    return folder;
  });
}

/** Whoever builds may be cut off at any time: what carries the name is always whole. */
async function buildWhole(folder: string, proof: string, build: Recipe["build"]): Promise<void> {
  const partial = mkdtempSync(`${folder}.partial-`);
  try {
    await build(partial);
    moveInPlace(partial, folder, proof);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Two that build the same at the same time take twice as long: the second waits for the first, for as long as that lives. */
async function alone(lock: string, work: () => Promise<string>): Promise<string> {
  for (let told = false; !taken(lock); told = true, await sleep(LOOK_MS)) {
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    else if (!told) process.stderr.write(`Another process (${lock}) builds the same; waiting for it ...\n`);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function taken(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isAbandoned(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    // Not written yet: its owner has only just made it.
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/**
 * A name for the state of Go sources on this kind of machine.
 * @param facts what the result depends on beside the sources
 */
export function sourceHash(sources: string, facts: unknown): string {
  const hash = createHash("sha256").update(JSON.stringify([facts, process.platform, process.arch]));
  // A program that someone built by hand in that folder does not count.
  const names = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(go|mod|sum)$/.test(name),
  );
  for (const name of names.sort()) {
    hash.update(`\0${name}\0`).update(readFileSync(join(sources, name)));
  }
  return hash.digest("hex").slice(0, 16);
}

/**
 * Copies the files of a module that the filter lets pass: a cleaned module cache, or a missing go, does not matter later.
 * @param isWanted judges the path below the folder
 */
export function copyFiles(from: string, to: string, isWanted: (path: string) => boolean): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const path = relative(from, join(entry.parentPath, entry.name));
    if (!entry.isFile() || !isWanted(path)) continue;
    mkdirSync(join(to, path, ".."), { recursive: true });
    // Written anew and not copied: files of the module cache are read-only, and would make the folder hard to remove.
    writeFileSync(join(to, path), readFileSync(join(from, path)));
  }
}

function cacheFolder(user: Environment): string {
  const named = user.XDG_CACHE_HOME ?? "";
  // The XDG rules: what is not absolute is ignored.
  const root = isAbsolute(named) ? named : join(homedir(), ".cache");
  return join(root, "cdktf-ai-datacenter");
}

function moveInPlace(partial: string, folder: string, proof: string): void {
  try {
    renameSync(partial, folder);
  } catch (error) {
    // Another worker was first; its folder is of the same sources.
    if (!existsSync(join(folder, proof))) throw error;
  }
}
