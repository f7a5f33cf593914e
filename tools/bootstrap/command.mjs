import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";

/** Something that must be done by hand before this can work: one line with the remedy, exit 2. */
export class Unready extends Error {
  constructor(message, remedy, exitCode = 2) {
    super(`${message.replace(/[.\s]+$/, "")}. ${remedy}`);
    this.exitCode = exitCode;
  }
}

/** The file that a command name means: searched on PATH like a shell does, or taken as a path when it holds a slash. */
export function which(command, path = "") {
  const places = /[/\\]/.test(command) ? [""] : path.split(delimiter).filter((folder) => isAbsolute(folder));
  return places.map((folder) => resolve(join(folder, command))).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Runs a short command and returns what it wrote; `output` is undefined when it could not run or failed. */
export function ask(command, args, env) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { env, encoding: "utf8", timeout: 20_000 });
  return status === 0 && !error ? { output: stdout } : { failure: error ? error.message : stderr.trim() };
}

/**
 * Runs a long command with its output on our standard error, and waits for it even when we are interrupted, so that no
 * installer goes on writing behind the user's prompt.
 * @returns its exit status
 * @throws Unready, exit 130, when interrupted
 */
export async function runVisibly(command, args, options) {
  const child = spawn(command, args, { ...options, stdio: ["ignore", process.stderr, process.stderr] });
  let interrupted = false;
  const forward = (signal) => {
    interrupted = true;
    child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, forward);
  const status = await new Promise((done, fail) => {
    child.on("error", fail);
    child.on("exit", (code) => done(code ?? 1));
  });
  for (const signal of signals) process.removeListener(signal, forward);
  if (interrupted)
    throw new Unready("interrupted", "Run the same command again: it goes on where this one stopped.", 130);
  return status;
}
