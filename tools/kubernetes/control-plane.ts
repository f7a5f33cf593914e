import { spawnSync } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RunFailed } from "../embedded/failures";
import { ApiClient, type ApiResponse } from "./api-client";
import { type KubernetesBinaries, Program } from "./binaries";
import { apiServerFlags, controllerManagerFlags, etcdFlags, type Layout, schedulerConfig } from "./flags";
import { freePorts, lastLines, Service } from "./processes";

const READY_MS = 120_000;
const POLL_MS = 50;
const USER = "admin";

export interface ControlPlaneOptions {
  readonly binaries: KubernetesBinaries;
  /** Whether nodes and pods are cared for by the fake kubelet. @default true */
  readonly fakeKubelet?: boolean;
}

/** One line of the API server's audit log. */
export interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly apiGroup?: string;
    readonly subresource?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What a program of the cluster is told beside its arguments. */
export interface LaunchOptions {
  readonly args: readonly string[];
  /** @default - only HOME */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A real control plane on loopback: etcd, kube-apiserver, kube-controller-manager and kube-scheduler, in a folder of its own. It ends with
 * `stop`, and at the latest with the process that started it.
 */
export class ControlPlane {
  /** As system:masters. */
  public readonly client: ApiClient;
  /** Such as "https://127.0.0.1:6443". */
  public readonly host: string;
  /** The server's certificate authority, base64 of PEM, as kubeconfigs and EKS have it. */
  public readonly caData: string;
  /** Bearer token of an administrator. */
  public readonly token: string;
  private readonly services: Service[] = [];

  private constructor(
    public readonly binaries: KubernetesBinaries,
    /** Holds everything; for files of the tests too. Removed by `stop`. */
    public readonly folder: string,
    private readonly layout: Layout,
  ) {
    const ca = readFileSync(layout.caFile, "utf8");
    this.host = `https://127.0.0.1:${layout.ports.api}`;
    this.caData = Buffer.from(ca).toString("base64");
    this.token = layout.token;
    this.client = new ApiClient({ host: this.host, ca, token: layout.token });
    writeFileSync(layout.kubeconfig, this.kubeconfig({}), { mode: 0o600 });
  }

  /**
   * Starts one and waits until it is ready and the default service account is there.
   * @throws RunFailed when a program ends, or is not ready in time
   */
  public static async start(options: ControlPlaneOptions): Promise<ControlPlane> {
    const folder = mkdtempSync(join(tmpdir(), "aidc-kubernetes-"));
    let plane: ControlPlane | undefined;
    try {
      plane = new ControlPlane(options.binaries, folder, await prepare(folder, options.binaries));
      await plane.up(options.fakeKubelet ?? true);
      return plane;
    } catch (error) {
      await plane?.stop();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  public get kubeconfigPath(): string {
    return this.layout.kubeconfig;
  }

  /** JSON lines at level Metadata: every request that the server took or refused. */
  public get auditLogPath(): string {
    return this.layout.auditLog;
  }

  /** Process numbers of all that runs for this cluster. */
  public get pids(): readonly number[] {
    return this.services.map(({ pid }) => pid);
  }

  /** The audit log so far. */
  public auditEvents(): readonly AuditEvent[] {
    const lines = readFileSync(this.auditLogPath, "utf8").split("\n");
    // The last line may be half written.
    return lines.slice(0, -1).map((line) => JSON.parse(line) as AuditEvent);
  }

  /** Starts one more program beside the cluster, which ends with it. */
  public launch(name: string, program: Program, { args, env }: LaunchOptions): Service {
    const tethered = this.binaries.program(Program.TETHERED);
    // The folder goes when the first program of all, etcd, has gone.
    const removes = program === Program.ETCD ? this.folder : undefined;
    const file = this.binaries.program(program);
    const service = new Service(tethered, this.folder, { name, program: file, args, env, removes });
    this.services.push(service);
    return service;
  }

  /**
   * A kubeconfig for someone else, with their rights.
   * @param user such as "system:serviceaccount:NAMESPACE:NAME"; it gets the groups of a service account by itself
   * @returns its path
   */
  public kubeconfigAs(user: string): string {
    const path = join(this.folder, `kubeconfig-${user.replaceAll(":", "-")}.json`);
    writeFileSync(path, this.kubeconfig({ as: user }), { mode: 0o600 });
    return path;
  }

  /** Ends every program and removes the folder. A second call does nothing. */
  public async stop(): Promise<void> {
    this.client.close();
    const services = this.services.splice(0).reverse();
    await Promise.all(services.map((service) => service.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Waits for an address to answer, and looks whether the program still lives. */
  public async waitUntil(service: Service, what: string, isReady: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + READY_MS; ; await sleep(POLL_MS)) {
      service.check();
      if (await isReady().catch(() => false)) return;
      if (Date.now() > end) throw new RunFailed(`waited in vain for ${what}`, [lastLines(service.output)]);
    }
  }

  private async up(withKubelet: boolean): Promise<void> {
    const { layout } = this;
    this.launch("etcd", Program.ETCD, { args: etcdFlags(layout) });
    const server = this.launch("kube-apiserver", Program.API_SERVER, { args: apiServerFlags(layout) });
    await this.waitUntil(server, "the API server", async () => isOk(await this.client.request("GET", "/readyz")));
    const manager = this.launch("kube-controller-manager", Program.CONTROLLER_MANAGER, {
      args: controllerManagerFlags(layout),
    });
    const scheduler = this.launch("kube-scheduler", Program.SCHEDULER, {
      args: [`--config=${layout.schedulerConfig}`, "--authentication-skip-lookup", ...schedulerAddress(layout)],
    });
    if (withKubelet) {
      const kubelet = this.launch("fake-kubelet", Program.FAKE_KUBELET, { args: ["-kubeconfig", layout.kubeconfig] });
      await this.waitUntil(kubelet, "the fake kubelet", () => Promise.resolve(kubelet.output.includes("ready")));
    }
    await this.waitUntil(manager, "the default service account", async () =>
      isOk(await this.client.request("GET", "/api/v1/namespaces/default/serviceaccounts/default")),
    );
    await this.waitUntil(scheduler, "the scheduler", () =>
      Promise.resolve(scheduler.output.includes("Serving securely")),
    );
  }

  private kubeconfig(user: object): string {
    const cluster = { server: this.host, "certificate-authority-data": this.caData };
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "test", cluster }],
      users: [{ name: USER, user: { token: this.token, ...user } }],
      contexts: [{ name: "test", context: { cluster: "test", user: USER } }],
      "current-context": "test",
    });
  }
}

function schedulerAddress({ ports }: Layout): readonly string[] {
  return ["--bind-address=127.0.0.1", `--secure-port=${ports.scheduler}`];
}

function isOk({ status }: ApiResponse): boolean {
  return status === 200;
}

/** Writes the files that the programs read. */
async function prepare(folder: string, binaries: KubernetesBinaries): Promise<Layout> {
  const [etcd = 0, etcdPeer = 0, api = 0, controllerManager = 0, scheduler = 0] = await freePorts(5);
  const token = randomBytes(24).toString("hex");
  const layout: Layout = {
    folder,
    ports: { etcd, etcdPeer, api, controllerManager, scheduler },
    token,
    caFile: join(folder, "certificates", "ca.crt"),
    certificate: join(folder, "certificates", "tls.crt"),
    key: join(folder, "certificates", "tls.key"),
    serviceAccountKey: join(folder, "service-account.key"),
    tokens: join(folder, "tokens.csv"),
    auditPolicy: join(folder, "audit-policy.json"),
    auditLog: join(folder, "audit.log"),
    kubeconfig: join(folder, "kubeconfig.json"),
    schedulerConfig: join(folder, "scheduler.json"),
  };
  makeCertificates(binaries, join(folder, "certificates"), ["kubernetes.default.svc", "localhost", "127.0.0.1"]);
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(layout.serviceAccountKey, privateKey.export({ type: "pkcs1", format: "pem" }), { mode: 0o600 });
  writeFileSync(layout.tokens, `${token},${USER},${USER},"system:masters"\n`, { mode: 0o600 });
  writeFileSync(layout.schedulerConfig, JSON.stringify(schedulerConfig(layout)));
  const rules = [{ level: "Metadata", omitStages: ["RequestReceived"] }];
  writeFileSync(layout.auditPolicy, JSON.stringify({ apiVersion: "audit.k8s.io/v1", kind: "Policy", rules }));
  return layout;
}

/**
 * Writes ca.crt, ca.key, tls.crt and tls.key for a server on this machine.
 * @param names addresses and DNS names of the server
 */
export function makeCertificates(
  binaries: KubernetesBinaries,
  folder: string,
  names: readonly string[],
  authority = "test-ca",
): void {
  mkdirSync(folder, { recursive: true });
  const args = ["-dir", folder, "-authority", authority, "-names", names.join(",")];
  const made = spawnSync(binaries.program(Program.CERTIFICATES), args, { encoding: "utf8" });
  if (made.status !== 0) throw new RunFailed(`no certificates: ${made.stderr || String(made.error)}`);
}
