import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process and all that it started, as the kernel sees them; the groups they form are of no account. */
export function familyOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const parent = parentOf(Number(entry));
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const family = [root];
  for (const pid of family) family.push(...(children.get(pid) ?? []));
  return family;
}

/** Whether a process runs; one that only waits to be collected does not. */
export function isAlive(pid: number): boolean {
  const state = /\) (\S)/.exec(read(`/proc/${pid}/stat`))?.[1];
  return state !== undefined && state !== "Z" && state !== "X";
}

/** Collects the far ends of all network sockets of a family of processes while they run. */
export class SocketWatch {
  /** "tcp 127.0.0.1:5000 of terraform" */
  public readonly seen = new Set<string>();
  private readonly timer: NodeJS.Timeout;

  public constructor(root: number) {
    this.timer = setInterval(() => this.look(root), 250);
  }

  public stop(): void {
    clearInterval(this.timer);
  }

  /** Far ends that are not on this machine. */
  public get foreign(): string[] {
    return [...this.seen].filter((end) => !/ (127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+):/.test(end));
  }

  private look(root: number): void {
    for (const pid of familyOf(root)) {
      const inodes = socketsOf(pid);
      if (inodes.size === 0) continue;
      const name = read(`/proc/${pid}/comm`).trim();
      for (const protocol of ["tcp", "udp", "tcp6", "udp6"]) {
        for (const line of read(`/proc/${pid}/net/${protocol}`).split("\n").slice(1)) {
          const fields = line.trim().split(/\s+/);
          const [, , remote = "", , , , , , , inode = ""] = fields;
          // A far end of zeros is a socket that listens or is not connected.
          if (inodes.has(inode) && !/^0+:/.test(remote)) this.seen.add(`${protocol} ${readable(remote)} of ${name}`);
        }
      }
    }
  }
}

function socketsOf(pid: number): Set<string> {
  const inodes = new Set<string>();
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    }
  } catch {
    // It ended while we looked.
  }
  return inodes;
}

/** The kernel writes addresses as words of four bytes, each the wrong way round. */
function readable(end: string): string {
  const [hex = "", port = ""] = end.split(":");
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse().map((byte) => parseInt(byte, 16)));
  const isIpv4 = bytes.length === 4;
  const isMapped = bytes.length === 16 && bytes.slice(0, 12).join() === [...Array<number>(10).fill(0), 255, 255].join();
  const isLoopback6 = bytes.length === 16 && bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1;
  const address = isIpv4 || isMapped ? bytes.slice(-4).join(".") : isLoopback6 ? "::1" : hex;
  return `${address}:${parseInt(port, 16)}`;
}

function parentOf(pid: number): number | undefined {
  const text = /\) \S (\d+)/.exec(read(`/proc/${pid}/stat`))?.[1];
  return text === undefined ? undefined : Number(text);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
