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

  /** Name of the context that is used; in a pod there is none. @throws KubectlFailed, Interrupted */
  public async context(): Promise<string> {
    if (this.target.context !== undefined) return this.target.context;
    const { status, out } = await this.run(["config", "current-context"]);
    return status === 0 ? out.trim() : "the cluster that kubectl finds";
  }

  private run(parameters: readonly string[]): Promise<{ status: number; out: string; error: string }> {
    const { context, kubeconfig } = this.target;
    const where = [...option("--context", context), ...option("--kubeconfig", kubeconfig), "--request-timeout=30s"];
    return new Promise((resolve, reject) => {
      let [out, error] = ["", ""];
      const child = spawn("kubectl", [...where, ...parameters], {
        env: process.env,
        signal: this.signal,
        stdio: ["ignore", "pipe", "pipe"],
      });
      child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (error += text));
      child.on("error", (cause: NodeJS.ErrnoException) => {
        if (this.signal.aborted) reject(new Interrupted());
        else if (cause.code === "ENOENT") reject(new KubectlFailed("kubectl is not on the PATH; install it first"));
        else reject(new KubectlFailed(`kubectl cannot be started: ${cause.message}`));
      });
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
