import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { childEnvironment, type Environment, loopback } from "./environment";
import { RunFailed, Unready } from "./failures";
import { type ChildProcesses, commandLine } from "./processes";
import { REPOSITORY, shown } from "./repository";
import type { Workspace } from "./workspace";

const START_MS = 120_000;
const STOP_MS = 5_000;

/** An emulator that answers: one that we started, or one that an earlier run kept. */
export interface Emulator {
  readonly pid: number;
  readonly url: string;
  /** Version of the moto server in it. */
  readonly moto: string;
  readonly startedAt: string;
}

/** What the emulator writes on standard output when it can answer. */
interface ReadyLine {
  readonly ready: true;
  readonly url: string;
  readonly pid: number;
  readonly moto: string;
}

export interface EmulatorOptions {
  readonly python: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Whether it lives on after us. */
  readonly keep: boolean;
  readonly user: Environment;
}

/**
 * Tells of a busy port before anything is started; the emulator itself is still the judge.
 * @throws Unready
 */
export async function checkPort(port: number): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "EADDRINUSE" ? "in use" : (error as Error).message;
    throw new Unready(`port ${port} on 127.0.0.1 is ${reason}`, "Choose another with --port, or leave it out for a free one.");
  } finally {
    server.close();
  }
}

/**
 * Starts the emulator and waits until it answers.
 * @throws Unready with its own words when it refuses (a busy port), RunFailed when it breaks
 */
export async function startEmulator(
  children: ChildProcesses,
  workspace: Workspace,
  options: EmulatorOptions,
): Promise<{ readonly emulator: Emulator; readonly child: ChildProcess }> {
  const errorLog = workspace.emulatorLog;
  const parent = options.keep ? [] : ["--parent", String(process.pid)];
  const args = ["-m", "aidc_embedded", "--host", "127.0.0.1", "--port", String(options.port), ...parent];
  const env = { ...childEnvironment(options.user, workspace.home), PYTHONPATH: join(REPOSITORY, "embedded", "src") };
  const cwd = REPOSITORY;
  const child = children.start(options.python, [...args, "--request-log", workspace.requestLog], { cwd, env, errorLog });
  const line = await firstLine(child);
  if (line === undefined) throw refusal(child, errorLog);
  const { url, pid, moto } = JSON.parse(line) as ReadyLine;
  const emulator = { pid, url: loopback(url), moto, startedAt: new Date().toISOString() };
  // Written at once: whatever happens to us, `npm run stop` finds it.
  if (options.keep) writeFileSync(workspace.emulatorRecord, `${JSON.stringify(emulator, undefined, 2)}\n`);
  return { emulator, child };
}

/**
 * The emulator that an earlier run kept; the record of one that is gone is removed.
 * @throws Unready when it is there and does not answer
 */
export async function keptEmulator(workspace: Workspace): Promise<Emulator | undefined> {
  if (!existsSync(workspace.emulatorRecord)) return undefined;
  const emulator = JSON.parse(readFileSync(workspace.emulatorRecord, "utf8")) as Emulator;
  if (!isOurs(workspace, emulator.pid)) {
    rmSync(workspace.emulatorRecord, { force: true });
    return undefined;
  }
  if (await isHealthy(emulator.url)) return emulator;
  throw new Unready(`the kept emulator (process ${emulator.pid}) does not answer at ${emulator.url}`, "Run npm run stop.");
}

/** Ends the kept emulator: asks it, then kills it. @returns the process that was ended, or undefined when there was none */
export async function stopEmulator(workspace: Workspace): Promise<number | undefined> {
  if (!existsSync(workspace.emulatorRecord)) return undefined;
  const { pid } = JSON.parse(readFileSync(workspace.emulatorRecord, "utf8")) as Emulator;
  const found = isOurs(workspace, pid);
  if (found) process.kill(pid, "SIGTERM");
  for (let waited = 0; isOurs(workspace, pid) && waited < STOP_MS; waited += 50) await delay(50);
  if (isOurs(workspace, pid)) process.kill(pid, "SIGKILL");
  rmSync(workspace.emulatorRecord, { force: true });
  return found ? pid : undefined;
}

/** Makes a running emulator forget everything. */
export async function resetEmulator({ url }: Emulator): Promise<void> {
  const answer = await fetch(`${loopback(url)}/moto-api/reset`, { method: "POST", signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new RunFailed(`the emulator at ${url} could not be reset (HTTP ${answer.status})`);
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${loopback(url)}/_aidc/health`, { signal: AbortSignal.timeout(10_000) });
    return answer.ok;
  } catch {
    return false;
  }
}

/** Process numbers are used again: a number in a file does not make a process ours, its command line does. */
function isOurs(workspace: Workspace, pid: number): boolean {
  const command = commandLine(pid) ?? "";
  return command.includes("-m aidc_embedded") && command.includes(workspace.requestLog);
}

/** The first line of a child's standard output, or undefined when it ended without one. */
async function firstLine(child: ChildProcess): Promise<string | undefined> {
  let text = "";
  const line = new Promise<string>((found) => {
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("\n")) found(text.split("\n", 1)[0] ?? "");
    });
  });
  const timeout = new AbortController();
  const late = delay(START_MS, undefined, { signal: timeout.signal }).catch(() => undefined);
  try {
    return await Promise.race([line, late, once(child, "exit").then(() => undefined)]);
  } finally {
    timeout.abort();
  }
}

function refusal(child: ChildProcess, errorLog: string): Error {
  const lines = readFileSync(errorLog, "utf8").trimEnd().split("\n");
  const own = lines.findLast((line) => line.startsWith("error: "));
  if (child.exitCode === 2 && own !== undefined) return new Unready(own.replace("error: ", "the emulator cannot start: "));
  const how = child.exitCode === null ? `did not answer within ${START_MS / 1000} s` : `ended with ${child.exitCode}`;
  return new RunFailed(`the emulator ${how}`, lines.slice(-20), shown(errorLog));
}
