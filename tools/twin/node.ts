import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PoolProfile } from "../../lib/contracts/pool";
import { RunFailed } from "../embedded/failures";
import type { ApiObject } from "../kubernetes/api-client";
import type { ControlPlane } from "../kubernetes/control-plane";
import { lastLines } from "../kubernetes/processes";
import { HeldScript } from "./held-script";
import { copyStore, type ImageStore } from "./image-store";
import type { TwinNetwork } from "./network";
import { type MachineSize, writeNodeFiles } from "./node-files";
import { SNAPSHOTS } from "./places";
import type { NodePrograms } from "./programs";

const READY_MS = 120_000;

/** A node that shall run. */
export interface TwinNodeOptions {
  /** The Node as its pool would bring it up: name, labels, taints and resources are taken from it. */
  readonly manifest: ApiObject;
  readonly pool: PoolProfile;
  readonly index: number;
  readonly network: TwinNetwork;
  readonly switchPid: number;
  readonly programs: NodePrograms;
  readonly store: ImageStore;
  readonly plane: ControlPlane;
  /** URL of the API server as nodes reach it. */
  readonly api: string;
}

/** A kubelet with its containerd, in namespaces of their own. */
export class TwinNode {
  private constructor(
    private readonly script: HeldScript,
    private readonly folder: string,
    private readonly programs: NodePrograms,
  ) {}

  /** Starts one and waits until pods may be placed on it. */
  public static async start(options: TwinNodeOptions): Promise<TwinNode> {
    const { manifest, index, network, programs, store, plane } = options;
    const { name } = manifest.metadata;
    const folder = join(plane.folder, `node-${index}`);
    mkdirSync(folder);
    copyStore(store, join(folder, "containerd"));
    writeNodeFiles({
      folder,
      name,
      cgroup: `aidc-twin-${randomBytes(4).toString("hex")}`,
      address: `${network.node(index)}/24`,
      gateway: network.host,
      subnet: network.subnet,
      podRange: network.pods(index),
      switchPid: options.switchPid,
      port: `node${index}`,
      programs,
      pauseImage: store.pause,
      imageFiles: join(store.folder, "containerd", SNAPSHOTS),
      kubeconfig: kubeconfig(plane, options.api),
      machine: machineOf(manifest, options.pool),
    });
    const node = new TwinNode(new HeldScript("node", [folder]), folder, programs);
    try {
      await node.script.ready();
      await node.join(manifest, options);
      return node;
    } catch (error) {
      const details = error instanceof RunFailed ? error.details : [];
      const logs = ["kubelet.log", "containerd.log"].map((file) => node.log(file));
      await node.stop();
      throw new RunFailed(`node ${name} did not come up: ${(error as Error).message}`, [...details, ...logs]);
    }
  }

  /** SIGKILL for the first process of a container. */
  public killContainer(id: string): void {
    const ctr = join(this.programs.debian, "usr", "bin", "ctr");
    const address = join(this.folder, "containerd.sock");
    execFileSync(ctr, ["--address", address, "--namespace", "k8s.io", "tasks", "kill", "--signal", "SIGKILL", id]);
  }

  public async stop(): Promise<void> {
    await this.script.stop();
  }

  private async join(manifest: ApiObject, { plane, pool }: TwinNodeOptions): Promise<void> {
    const { client } = plane;
    const { name, labels } = manifest.metadata;
    const found = () => client.get("v1", "Node", name);
    await client.waitFor(`node ${name} to register`, () => this.asking(found), READY_MS);
    const node = { apiVersion: "v1", kind: "Node", metadata: { name } };
    await client.patch(node, { metadata: { labels } });
    // No device plugin tells them; kubelet leaves alone what it does not know. Huge pages it knows itself.
    const unknown = Object.entries(pool.wholeNodeResources).filter(([resource]) => resource.includes("/"));
    const resources = Object.fromEntries(unknown);
    await client.patch(node, { status: { capacity: resources, allocatable: resources } }, "status");
    await client.waitFor(`node ${name} to be ready`, () => this.asking(async () => isReady(await found())), READY_MS);
    const { taints } = manifest.spec as { readonly taints?: unknown };
    await client.patch(node, { spec: { taints } });
  }

  /** Asks, and looks whether the node still stands. */
  private async asking<T>(question: () => Promise<T>): Promise<T> {
    this.script.check();
    return question();
  }

  private log(file: string): string {
    const path = join(this.folder, file);
    return existsSync(path) ? `${file}:\n${lastLines(readFileSync(path, "utf8"), 30)}` : `no ${file}`;
  }
}

/** An administrator's: the node's own rights are not what is tested. The certificate is that of loopback. */
function kubeconfig({ caData, token }: ControlPlane, api: string): object {
  const cluster = { server: api, "certificate-authority-data": caData, "tls-server-name": "localhost" };
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "twin", cluster }],
    users: [{ name: "node", user: { token } }],
    contexts: [{ name: "twin", context: { cluster: "twin", user: "node" } }],
    "current-context": "twin",
  };
}

function machineOf(manifest: ApiObject, pool: PoolProfile): MachineSize {
  const { allocatable } = manifest.status as { readonly allocatable: Readonly<Record<string, string>> };
  const pages = /^(\d+)(Mi|Gi)$/.exec(pool.wholeNodeResources["hugepages-2Mi"] ?? "0Mi");
  const hugePagesMiB = Number(pages?.[1] ?? 0) * (pages?.[2] === "Gi" ? 1024 : 1);
  return {
    cpus: pool.vcpusPerNode,
    memoryMiB: pool.memoryMiBPerNode,
    hugePages2Mi: hugePagesMiB / 2,
    maxPods: pool.maxPodsPerNode,
    reservedMillicores: pool.vcpusPerNode * 1000 - Number.parseInt(allocatable.cpu ?? "0"),
    reservedMemoryMiB: pool.memoryMiBPerNode - hugePagesMiB - Number.parseInt(allocatable.memory ?? "0"),
  };
}

function isReady(node: ApiObject | undefined): boolean {
  const { conditions = [] } = (node?.status ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}
