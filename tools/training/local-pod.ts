import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { awsEnvironment, childEnvironment, type Environment } from "../embedded/environment";
import type { RenderedJob } from "./rendered-job";

/** Processes that train: two, as a job of many is at least. */
export const PROCESSES = 2;

/** What a pod is given here instead of by the kubelet. */
export interface LocalPodOptions {
  readonly job: RenderedJob;
  /** Python that stands for the one of the image. */
  readonly python: string;
  /** Folder of this pod's files; what an earlier one left in it is removed. */
  readonly folder: string;
  /** Address of the emulator. */
  readonly url: string;
  readonly user: Environment;
}

/** A container's command as this machine can run it. */
export interface LocalPod {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Where the launch spec lies. */
  readonly specFile: string;
}

/**
 * One pod of a job as processes of this machine: its own command, its own files byte for byte, its own environment. What differs is what a
 * laptop lacks: the paths of the container, the other nodes, the accelerators, and AWS itself. The launch spec asks for its fabric as ever; the
 * runtime looks for one between nodes, and there is one node.
 */
export function localPod({ job, python, folder, url, user }: LocalPodOptions): LocalPod {
  const config = join(folder, "config");
  const home = join(folder, "tmp");
  rmSync(folder, { recursive: true, force: true });
  for (const each of [config, home]) mkdirSync(each, { recursive: true });
  for (const [name, text] of Object.entries(job.files)) writeFileSync(join(config, name), text);
  const here = (text: string) => text.replaceAll(job.configFolder, config);
  const [program = "", ...args] = job.command.map(here);
  return {
    command: [/^python3?$/.test(program) ? python : program, ...args],
    env: {
      ...childEnvironment(user, home),
      ...awsEnvironment(url),
      NO_PROXY: "127.0.0.1,localhost,::1",
      ...Object.fromEntries(Object.entries(podEnvironment(job)).map(([name, value]) => [name, here(value)])),
      ...laptopEnvironment(folder, home),
    },
    specFile: join(config, "launch-spec.json"),
  };
}

/** The pod's environment with its references filled in, and what Kubernetes tells the first pod of a first start. */
function podEnvironment({ env }: RenderedJob): Record<string, string> {
  const known: Record<string, string> = { AIDC_ATTEMPT: "0", AIDC_NODE: hostname(), PET_NODE_RANK: "0" };
  for (const [name, value] of Object.entries(env)) {
    known[name] = value.replace(/\$\((\w+)\)/g, (reference, other: string) => known[other] ?? reference);
  }
  return known;
}

function laptopEnvironment(folder: string, home: string): Record<string, string> {
  return {
    PET_NNODES: "1",
    PET_NPROC_PER_NODE: String(PROCESSES),
    // Two processes cannot share one device, and CPUs are everywhere the same.
    CUDA_VISIBLE_DEVICES: "",
    // Gloo looks for the address of the host name, which a laptop changes with its network.
    GLOO_SOCKET_IFNAME: process.platform === "darwin" ? "lo0" : "lo",
    HOME: home,
    TMPDIR: home,
    AIDC_TERMINATION_LOG: join(folder, "termination-log"),
  };
}
