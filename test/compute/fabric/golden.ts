import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Layouts of a type as the accelerator facts of 2026-08 state them, in ranges: "efa-only 1-31/0" is device 0 of cards 1 to 31. */
export interface GoldenLayout {
  readonly saveIps: readonly string[];
  readonly bandwidth: readonly string[];
  /** Whether the EC2 guide lists the layout for bandwidth, or its general rule gives it. */
  readonly basis: "guide" | "rule";
  /** Pods that can get an address with the layout that saves them, before the caps of EKS. */
  readonly pods: number;
  readonly vcpus: number;
}

export const GOLDEN = JSON.parse(readFileSync(join(__dirname, "golden/layouts.json"), "utf8")) as Readonly<
  Record<string, GoldenLayout>
>;
