import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { machineProbes } from "../../lib/cli/doctor/machine";
import { type Identity, selfSigned } from "./doctor-certificate";

const folder = mkdtempSync(join(tmpdir(), "aidc-doctor-"));
const closing: (() => void)[] = [];
afterAll(() => {
  rmSync(folder, { recursive: true });
  for (const close of closing) close();
});

interface Api {
  readonly port: number;
  readonly caData: string;
  /** What was asked: path and authorization. */
  readonly asked: string[];
}

async function api(identity: Identity = selfSigned("localhost"), status = 200): Promise<Api> {
  const asked: string[] = [];
  const server: Server = createServer(identity, (request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? "anonymous"}`);
    response.writeHead(status).end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  return {
    port: (server.address() as AddressInfo).port,
    caData: Buffer.from(identity.cert).toString("base64"),
    asked,
  };
}

/** An API server's certificate is for names, and the tests' server has the one name that every machine knows. */
const at = (port: number) => `https://localhost:${port}`;
const HERE = "127.0.0.1";

describe("asking the API", () => {
  const probes = machineProbes(10_000, 2_000);

  test("tells the status of the server that holds the cluster's certificate", async () => {
    const { port, caData, asked } = await api(undefined, 403);
    const question = { endpoint: at(port), path: "/readyz", caData, tunnel: { host: HERE, port } };
    expect(await probes.ask(question)).toBe(403);
    expect(asked).toEqual(["/readyz anonymous"]);
  });

  test("goes through a tunnel, and asks it for the endpoint's certificate", async () => {
    const { port, caData } = await api(selfSigned("api.example.com"));
    const question = { endpoint: "https://api.example.com", path: "/readyz", caData, tunnel: { host: HERE, port } };
    expect(await probes.ask(question)).toBe(200);
    const other = probes.ask({ ...question, endpoint: "https://other.example.com" });
    await expect(other).rejects.toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
  });

  test("gives no token to a server that another authority vouches for", async () => {
    const { port, asked } = await api();
    const caData = Buffer.from(selfSigned("localhost").cert).toString("base64");
    const tunnel = { host: HERE, port };
    const answer = probes.ask({ endpoint: at(port), path: "/api", caData, tunnel, token: "k8s-aws-v1.secret" });
    await expect(answer).rejects.toMatchObject({ name: "Unreachable", code: expect.stringMatching(/CERT|SIGNATURE/) });
    expect(asked).toEqual([]);
  });

  test("gives the token to the right one", async () => {
    const { port, caData, asked } = await api();
    await probes.ask({ endpoint: at(port), path: "/api", caData, tunnel: { host: HERE, port }, token: "t0ken" });
    expect(asked).toEqual(["/api Bearer t0ken"]);
  });

  test("says that nothing listens, and that a server is silent", async () => {
    const silent = createTcpServer((socket) => socket.resume());
    await new Promise<void>((resolve) => silent.listen(0, HERE, resolve));
    const { port } = silent.address() as AddressInfo;
    const question = { endpoint: at(port), path: "/readyz", caData: "", tunnel: { host: HERE, port } };
    await expect(machineProbes(10_000, 200).ask(question)).rejects.toMatchObject({ code: "ETIMEDOUT" });
    await new Promise((resolve) => silent.close(resolve));
    await expect(probes.ask(question)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("running a program", () => {
  const { PATH } = process.env;
  beforeEach(() => Object.assign(process.env, { PATH: [folder, PATH].join(delimiter) }));
  afterEach(() => Object.assign(process.env, { PATH }));

  function program(name: string, script: string): void {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }

  test("tells status, output and errors, and adds to the environment", async () => {
    program("speaks", 'echo "out $1 $ADDED"; echo bad >&2; exit 3');
    expect(await machineProbes().run("speaks", ["one"], { ADDED: "two" })).toEqual({
      status: 3,
      out: "out one two\n",
      error: "bad\n",
    });
  });

  test("knows a program that is not there", async () => {
    expect(await machineProbes().run("is-not-there", [])).toBeUndefined();
  });

  test("does not wait for one that waits", async () => {
    program("waits", "sleep 60");
    const ran = await machineProbes(200).run("waits", []);
    expect(ran).toMatchObject({ error: "waits gave no answer within 0.2 s" });
    expect(ran?.status).not.toBe(0);
  });
});
