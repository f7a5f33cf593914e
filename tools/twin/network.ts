import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { RunFailed } from "../embedded/failures";

/** Networks of twins are below this one: 10.213.0.0/16, of which each takes one of 256. */
const PREFIX = "10.213";
const FIRST_NODE = 10;
const FIRST_POD = 32;
const PODS_PER_NODE = 32;
/** As many ranges of pods as fit. */
export const MAX_NODES = 6;

/** Addresses of a twin: this machine, nodes and pods on one network. */
export class TwinNetwork {
  private constructor(private readonly prefix: string) {}

  /** One that this machine has no route to yet. */
  public static choose(): TwinNetwork {
    const routes = execFileSync("ip", ["-4", "route", "show", "table", "all"], { encoding: "utf8" });
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const prefix = `${PREFIX}.${randomInt(256)}`;
      if (!routes.includes(`${prefix}.`)) return new TwinNetwork(prefix);
    }
    throw new RunFailed(`this machine has routes to all of ${PREFIX}.0.0/16`);
  }

  /** Where this machine is reached from nodes and pods. */
  public get host(): string {
    return `${this.prefix}.1`;
  }

  public get subnet(): string {
    return `${this.prefix}.0/24`;
  }

  public node(index: number): string {
    return `${this.prefix}.${FIRST_NODE + index}`;
  }

  /** First and last address of a node's pods. */
  public pods(index: number): readonly [string, string] {
    const first = FIRST_POD + index * PODS_PER_NODE;
    return [`${this.prefix}.${first}`, `${this.prefix}.${first + PODS_PER_NODE - 1}`];
  }
}
