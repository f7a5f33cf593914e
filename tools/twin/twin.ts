import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { PoolProfile } from "../../lib/contracts/pool";
import { RunFailed } from "../embedded/failures";
import { buildKubernetes } from "../kubernetes/build";
import { ControlPlane } from "../kubernetes/control-plane";
import { startJobSet, startKueue } from "../kubernetes/controllers";
import { nodeManifests } from "../kubernetes/nodes";
import { Forward } from "./forward";
import { HeldScript } from "./held-script";
import { fillImageStore, type ImageStore } from "./image-store";
import { NameServer } from "./names";
import { MAX_NODES, TwinNetwork } from "./network";
import { TwinNode } from "./node";
import { type NodePrograms, nodePrograms } from "./programs";
import type { ImageContent } from "./root-files";

/** A twin that shall run. */
export interface TwinOptions {
  /** Pool whose nodes stand here: names, labels, taints and sizes are theirs, whatever this machine has. */
  readonly pool: PoolProfile;
  /** @default 2 */
  readonly nodes?: number;
  /** What the one image holds. */
  readonly image: ImageContent;
  /** Parsed configuration of Kueue, such as `kueueConfiguration()`. @default - Jobs and JobSets that name a queue */
  readonly kueue?: object;
}

/** One container of a pod; pods of this library have one that is called "main". */
export interface PodReference {
  readonly name: string;
  /** @default "default" */
  readonly namespace?: string;
  /** @default "main" */
  readonly container?: string;
}

/**
 * A small data center on this machine: a real control plane with JobSet and Kueue, and nodes with a real kubelet and containerd that run pods as real
 * containers, on a network with the cluster's names. It ends with `stop`, and at the latest with the process that started it, and leaves no process,
 * mount, control group, interface or file.
 */
export class Twin {
  private readonly scripts: HeldScript[] = [];
  private readonly nodesByName = new Map<string, TwinNode>();
  private names: NameServer | undefined;
  private forward: Forward | undefined;

  private constructor(
    public readonly plane: ControlPlane,
    private readonly network: TwinNetwork,
    /** By digest, as pods name it. */
    public readonly image: string,
    private readonly store: ImageStore,
  ) {}

  /**
   * Starts one and waits until its nodes are Ready.
   * @throws Unready when this machine cannot run one; RunFailed when something does not come up
   */
  public static async start(options: TwinOptions): Promise<Twin> {
    const { nodes = 2 } = options;
    if (!(Number.isInteger(nodes) && nodes >= 1 && nodes <= MAX_NODES))
      throw new RangeError(`nodes: 1 to ${MAX_NODES}`);
    const programs = await nodePrograms();
    const binaries = await buildKubernetes();
    const progress = new Progress();
    const plane = await ControlPlane.start({ binaries, fakeKubelet: false });
    progress.tell("control plane");
    let twin: Twin | undefined;
    try {
      const folder = join(plane.folder, "images");
      mkdirSync(folder);
      const store = await fillImageStore(folder, options.image, programs);
      progress.tell(`image of ${options.image.environment}`);
      twin = new Twin(plane, TwinNetwork.choose(), store.image, store);
      await twin.up(options, nodes, programs);
      progress.tell(`${nodes} nodes of ${options.pool.instanceType}`);
      await startJobSet(plane);
      await startKueue(plane, options.kueue);
      progress.tell("JobSet and Kueue");
      return twin;
    } catch (error) {
      await (twin ?? plane).stop();
      throw error;
    }
  }

  /** Address under which pods reach servers of this machine, which must listen there or everywhere. */
  public get hostAddress(): string {
    return this.network.host;
  }

  public get nodeNames(): readonly string[] {
    return [...this.nodesByName.keys()];
  }

  /** What a container has written so far. @param previous of the container that ran before it */
  public async logs(pod: PodReference, previous = false): Promise<string> {
    const { name, namespace = "default", container = "main" } = pod;
    const query = `container=${container}&previous=${previous}`;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/log?${query}`;
    const { status, body } = await this.plane.client.request("GET", path);
    if (status !== 200) throw new RunFailed(`no log of ${name}: ${JSON.stringify(body)}`);
    return typeof body === "string" ? body : JSON.stringify(body);
  }

  /** Kills the first process of a container from outside, as the kernel does when memory runs out. Waits until one runs. */
  public async killContainer(pod: PodReference): Promise<void> {
    const { name, namespace = "default", container = "main" } = pod;
    // The status comes a moment after the container.
    const { id, nodeName } = await this.plane.client.waitFor(`${container} of ${name} to run`, async () => {
      const found = (await this.plane.client.get("v1", "Pod", name, namespace)) as unknown as PodObject | undefined;
      const status = found?.status.containerStatuses?.find((each) => each.name === container && each.state.running);
      return status && { id: status.containerID.replace("containerd://", ""), nodeName: found?.spec.nodeName ?? "" };
    });
    const node = this.nodesByName.get(nodeName);
    if (node === undefined) throw new RunFailed(`${name} was on node ${nodeName}, which is lost`);
    node.killContainer(id);
  }

  /** Ends a node at once with all that runs on it, and removes its Node, as a cloud does when an instance is lost. */
  public async killNode(name: string): Promise<void> {
    const node = this.nodesByName.get(name);
    if (node === undefined) throw new RangeError(`no node ${name}`);
    this.nodesByName.delete(name);
    await node.stop();
    await this.plane.client.delete({ apiVersion: "v1", kind: "Node", metadata: { name } });
  }

  /** Ends everything. A second call does nothing. */
  public async stop(): Promise<void> {
    const nodes = [...this.nodesByName.values()];
    this.nodesByName.clear();
    await Promise.all(nodes.map((node) => node.stop()));
    await Promise.all(this.scripts.splice(0).map((script) => script.stop()));
    this.names?.stop();
    await this.forward?.stop();
    this.names = this.forward = undefined;
    await this.plane.stop();
  }

  private async up({ pool }: TwinOptions, count: number, programs: NodePrograms): Promise<void> {
    const { network, plane } = this;
    const netSwitch = new HeldScript("switch", [`aidc${randomBytes(4).toString("hex")}`, `${network.host}/24`]);
    this.scripts.push(netSwitch);
    const switchPid = await netSwitch.ready();
    this.names = await NameServer.start(plane.client, network.host);
    this.forward = await Forward.start(network.host, Number(new URL(plane.host).port));
    const api = `https://${network.host}:${this.forward.port}`;
    const manifests = nodeManifests(pool, count);
    const started = manifests.map(async (manifest, index) => {
      const node = await TwinNode.start({
        manifest,
        pool,
        index,
        network,
        switchPid,
        programs,
        store: this.store,
        plane,
        api,
      });
      this.nodesByName.set(manifest.metadata.name, node);
    });
    // All come to an end before the first failure is told, so that stop finds them.
    const failed = (await Promise.allSettled(started)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }
}

/** Tells on standard error how far the start is. */
class Progress {
  private readonly started = Date.now();

  public tell(what: string): void {
    const seconds = Math.round((Date.now() - this.started) / 1000);
    process.stderr.write(`Twin: ${what} ready after ${seconds} s\n`);
  }
}

/** What is read of a pod. */
interface PodObject {
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly containerID: string;
      readonly state: { readonly running?: object };
    }[];
  };
}
