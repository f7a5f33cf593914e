import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** The processes that train by a launch spec, oldest first: those that the launcher started, without their own children. */
export function workersOf(specFile: string): number[] {
  const matching = allProcesses().filter(({ command }) => command.includes(`aidc_runtime.cli worker ${specFile}`));
  const pids = new Set(matching.map(({ pid }) => pid));
  return matching
    .filter(({ parent }) => !pids.has(parent))
    .map(({ pid }) => pid)
    .sort((a, b) => a - b);
}

function allProcesses(): ProcessLine[] {
  if (process.platform !== "linux") return listedByPs();
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        const parent = /\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, "utf8"))?.[1];
        return [{ pid: Number(name), parent: Number(parent), command }];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
}

function listedByPs(): ProcessLine[] {
  const lines = execFileSync("ps", ["-A", "-ww", "-o", "pid=,ppid=,command="], { encoding: "utf8" }).split("\n");
  return lines.flatMap((line) => {
    const [, pid, parent, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}
