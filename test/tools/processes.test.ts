import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ChildProcesses, commandLine } from "../../tools/embedded/processes";

let folder: string;
let children: ChildProcesses;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aidc-processes-"));
  children = new ChildProcesses();
});
afterEach(() => {
  children.killAll();
  rmSync(folder, { recursive: true });
});

const options = () => ({ cwd: folder, env: { PATH: process.env.PATH ?? "" }, errorLog: join(folder, "errors.log") });

/** Runs a script in Node and waits until it has written its first line. */
async function script(text: string) {
  const child = children.start(process.execPath, ["-e", text], options());
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  return { child, said: String(line).trim() };
}

test("hands over output line by line, also a last line without an end, and the exit status", async () => {
  const lines: string[] = [];
  const status = await children.run("/bin/sh", ["-c", "printf 'a\\nb\\nc'; echo oops >&2; exit 3"], options(), (line) =>
    lines.push(line),
  );
  expect(lines).toEqual(["a", "b", "c"]);
  expect(status).toBe(3);
  expect(readFileSync(join(folder, "errors.log"), "utf8")).toBe("oops\n");
});

test("fails when the program is missing", async () => {
  await expect(children.run(join(folder, "none"), [], options(), () => undefined)).rejects.toThrow("ENOENT");
});

test("interrupts a child once and lets it end in order", async () => {
  const note = join(folder, "note.txt");
  const { child } = await script(`
    process.on("SIGINT", () => { require("fs").appendFileSync(${JSON.stringify(note)}, "interrupted\\n"); setTimeout(() => process.exit(0), 100); });
    setInterval(() => {}, 1000); console.log("ready")`);
  await children.interruptAll();
  expect(child.exitCode).toBe(0);
  expect(readFileSync(note, "utf8")).toBe("interrupted\n");
});

test("kills what does not end in time, with all it started", async () => {
  const stubborn = "process.on('SIGINT', () => {}); setInterval(() => {}, 1000);";
  const { child, said } = await script(`
    const plugin = require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(stubborn)}]);
    ${stubborn} console.log(plugin.pid)`);
  expect(commandLine(Number(said))).toContain("setInterval");
  await children.interruptAll(undefined, 200);
  expect(child.signalCode).toBe("SIGKILL");
  await delay(100);
  expect(commandLine(Number(said)) ?? "").toBe("");
});

test("leaves no plugin behind when a child ends by itself", async () => {
  const { child, said } = await script(`
    const plugin = require("child_process").spawn("/bin/sleep", ["60"]);
    console.log(plugin.pid); setTimeout(() => process.exit(0), 100)`);
  await once(child, "exit");
  await delay(100);
  expect(commandLine(Number(said)) ?? "").toBe("");
});

test("leaves one child alone when asked to, and starts none afterwards", async () => {
  const { child } = await script("setInterval(() => {}, 1000); console.log('ready')");
  await children.interruptAll(child);
  expect(child.exitCode).toBeNull();
  expect(() => children.start("/bin/true", [], options())).toThrow("interrupted");
  await children.end(child, "SIGTERM");
  expect(child.signalCode).toBe("SIGTERM");
});

test("tells nothing of a process that is not there", () => {
  writeFileSync(join(folder, "x"), "");
  expect(commandLine(2 ** 22 + 1)).toBeUndefined();
});
