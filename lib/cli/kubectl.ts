import { spawn } from "node:child_process";

/** Which cluster is meant. */
export interface KubectlTarget {
  /** @default - kubectl's current one */
  readonly context?: string;
  /** @default - where kubectl looks */
  readonly kubeconfig?: string;
}

/** kubectl is not there, or the cluster does not answer it: the command cannot judge. */
export class KubectlFailed extends Error {}

/** The user wants no more of it. */
export class Interrupted extends Error {}

/** kubectl as it is found on the PATH. */
export class Kubectl {
  /** @param signal ends the call that is under way, and refuses further ones */
  public constructor(
    private readonly target: KubectlTarget,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Whether the cluster serves an API group. Asked for by its path: to somebody who may not log in, `kubectl get` says as well that there
   * is no such kind. @throws KubectlFailed, Interrupted
   */
  public async serves(group: string): Promise<boolean> {
    const { status, error } = await this.run(["get", "--raw", `/apis/${group}`]);
    if (status === 0) return true;
    if (/NotFound|could not find the requested resource/.test(error)) return false;
    throw failed(error, status);
  }

  /** All objects of a kind. @throws KubectlFailed, Interrupted */
  public async list<T>(kind: string): Promise<readonly T[]> {
    const { status, out, error } = await this.run(["get", kind, "-o", "json"]);
    if (status !== 0) throw failed(error, status);
    return (JSON.parse(out) as { readonly items: readonly T[] }).items;
  }

  /** Asks for deletion, and does not wait for it. @throws KubectlFailed, Interrupted */
  public async delete(kind: string, names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const { status, error } = await this.run(["delete", kind, ...names, "--wait=false", "--ignore-not-found"]);
    if (status !== 0) throw failed(error, status);
  }

  /** One object; undefined where there is none of that name. @throws KubectlFailed, Interrupted */
  public async find<T>(kind: string, namespace: string, name: string): Promise<T | undefined> {
    const where = ["--namespace", namespace, "--ignore-not-found", "-o", "json"];
    const { status, out, error } = await this.run(["get", kind, name, ...where]);
    if (status !== 0) throw failed(error, status);
    return out.trim() === "" ? undefined : (JSON.parse(out) as T);
  }

  /** The objects of a kind in a namespace that carry labels. @throws KubectlFailed, Interrupted */
  public async select<T>(kind: string, namespace: string, labels: string): Promise<readonly T[]> {
    const { status, out, error } = await this.run(["get", kind, "--namespace", namespace, "-l", labels, "-o", "json"]);
    if (status !== 0) throw failed(error, status);
    return (JSON.parse(out) as { readonly items: readonly T[] }).items;
  }

  /** Applies manifests on the server's side. @returns what kubectl says @throws KubectlFailed, Interrupted */
  public async apply(text: string, more: readonly string[] = []): Promise<string> {
    const how = ["--server-side", "--field-manager=aidc", ...more, "-f", "-"];
    const { status, out, error } = await this.run(["apply", ...how], text);
    if (status !== 0) throw failed(error, status);
    return out;
  }

  /** Sets an annotation of one object. @throws KubectlFailed, Interrupted */
  public async annotate(namespace: string, kind: string, name: string, annotation: string): Promise<void> {
    const how = ["--namespace", namespace, "--overwrite"];
    const { status, error } = await this.run(["annotate", kind, name, annotation, ...how]);
    if (status !== 0) throw failed(error, status);
  }

  /** Asks for deletion of one object, and does not wait for it. @throws KubectlFailed, Interrupted */
  public async deleteIn(namespace: string, kind: string, name: string): Promise<void> {
    const how = ["--namespace", namespace, "--wait=false", "--ignore-not-found"];
    const { status, error } = await this.run(["delete", kind, name, ...how]);
    if (status !== 0) throw failed(error, status);
  }

  /** Runs kubectl before the user's eyes. @returns its exit status @throws KubectlFailed, Interrupted */
  public show(parameters: readonly string[]): Promise<number> {
    const { context, kubeconfig } = this.target;
    const where = [...option("--context", context), ...option("--kubeconfig", kubeconfig)];
    return new Promise((resolve, reject) => {
      const stdio = ["ignore", "inherit", "inherit"] as ["ignore", "inherit", "inherit"];
      const child = spawn("kubectl", [...where, ...parameters], { env: process.env, signal: this.signal, stdio });
      child.on("error", (cause: NodeJS.ErrnoException) => reject(this.unstarted(cause)));
      child.on("close", (status) => (this.signal.aborted ? reject(new Interrupted()) : resolve(status ?? 1)));
    });
  }

  /** Name of the context that is used; in a pod there is none. @throws KubectlFailed, Interrupted */
  public async context(): Promise<string> {
    if (this.target.context !== undefined) return this.target.context;
    const { status, out } = await this.run(["config", "current-context"]);
    return status === 0 ? out.trim() : "the cluster that kubectl finds";
  }

  private unstarted(cause: NodeJS.ErrnoException): Error {
    if (this.signal.aborted) return new Interrupted();
    if (cause.code === "ENOENT") return new KubectlFailed("kubectl is not on the PATH; install it first");
    return new KubectlFailed(`kubectl cannot be started: ${cause.message}`);
  }

  private run(parameters: readonly string[], input?: string): Promise<{ status: number; out: string; error: string }> {
    const { context, kubeconfig } = this.target;
    const where = [...option("--context", context), ...option("--kubeconfig", kubeconfig), "--request-timeout=30s"];
    return new Promise((resolve, reject) => {
      let [out, error] = ["", ""];
      const child = spawn("kubectl", [...where, ...parameters], {
        env: process.env,
        signal: this.signal,
        stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      });
      // kubectl may end before it has read all; what it said tells why.
      child.stdin?.on("error", () => undefined).end(input);
      child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
      child.stderr?.setEncoding("utf8").on("data", (text: string) => (error += text));
      child.on("error", (cause: NodeJS.ErrnoException) => reject(this.unstarted(cause)));
      child.on("close", (status) => {
        // A terminal sends Ctrl-C to the child as well, which may then end before anybody here hears of it.
        if (this.signal.aborted) reject(new Interrupted());
        else resolve({ status: status ?? 1, out, error });
      });
    });
  }
}

function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value];
}

function failed(error: string, status: number): KubectlFailed {
  const lines = error.trim().split("\n");
  return new KubectlFailed(`kubectl: ${lines.at(-1) || `it ended with status ${status}`}`);
}
