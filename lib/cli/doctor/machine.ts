import { spawn } from "node:child_process";
import { request } from "node:https";
import { type ApiQuestion, type Probes, type Ran, Unreachable } from "./probes";

/** A program that takes longer waits for somebody, or for a network that is not there. */
const PROGRAM_MS = 60_000;
const API_MS = 10_000;

/** The machine that the command runs on. */
export function machineProbes(programMs = PROGRAM_MS, apiMs = API_MS): Probes {
  return {
    nodeVersion: process.versions.node,
    env: process.env,
    run: (program, args, env = {}) => run(program, args, env, programMs),
    ask: (question) => ask(question, apiMs),
  };
}

function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  patience: number,
): Promise<Ran | undefined> {
  return new Promise((resolve) => {
    let [out, error] = ["", ""];
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    const timer = setTimeout(() => {
      error = `${program} gave no answer within ${patience / 1000} s`;
      child.kill("SIGKILL");
      // What it started itself may hold the pipes open for ever.
      child.stdout.destroy();
      child.stderr.destroy();
    }, patience);
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (error += text));
    child.on("error", (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve(cause.code === "ENOENT" ? undefined : { status: 126, out: "", error: cause.message });
    });
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? 1, out, error });
    });
  });
}

function ask({ endpoint, path, caData, tunnel, token }: ApiQuestion, patience: number): Promise<number> {
  const url = new URL(path, endpoint);
  const headers = { host: url.host, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  return new Promise((resolve, reject) => {
    const asked = request({
      host: tunnel?.host ?? url.hostname,
      port: tunnel?.port ?? (url.port || 443),
      path: url.pathname,
      // The certificate must be the endpoint's, also at the other end of a tunnel.
      servername: url.hostname,
      ca: Buffer.from(caData, "base64"),
      headers,
      agent: false,
      // Whatever NODE_TLS_REJECT_UNAUTHORIZED says: a token travels here.
      rejectUnauthorized: true,
    });
    // Of the whole exchange: an idle limit would not end a connection that never comes about.
    const timer = setTimeout(() => asked.destroy(new Unreachable("ETIMEDOUT")), patience);
    asked.on("close", () => clearTimeout(timer));
    asked.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on("error", (error: NodeJS.ErrnoException) => {
      reject(error instanceof Unreachable ? error : new Unreachable(codeOf(error)));
    });
    asked.end();
  });
}

/** Several addresses are tried at once; their failures come as one error that holds them. */
function codeOf(error: NodeJS.ErrnoException): string {
  const [first] = (error as { readonly errors?: readonly NodeJS.ErrnoException[] }).errors ?? [];
  return error.code ?? first?.code ?? error.name;
}
