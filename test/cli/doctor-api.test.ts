import type { DoctorReport } from "../../lib/cli/doctor/finding";
import { Unreachable } from "../../lib/cli/doctor/probes";
import {
  cluster,
  eks,
  ENDPOINT,
  examined,
  occurred,
  remedyOf,
  said,
  stage,
  TOKEN,
  troubles,
  USER,
} from "./doctor-fixtures";
import { stackJson } from "./preflight/fixtures";

describe("the cluster", () => {
  const missing = occurred("ResourceNotFoundException", "DescribeCluster", "No cluster found for name: prod.");

  test("may not be there yet, if the stage makes it", async () => {
    const { status, report, questions } = await examined({ answers: { "aws eks describe-cluster": missing } });
    expect(status).toBe(0);
    expect(report?.findings.at(-1)).toEqual({
      check: "cluster",
      about: "prod",
      status: "info",
      message: "not there yet; prod-cluster makes it",
    });
    expect(questions).toEqual([]);
  });

  test("must be there, if the stage only puts objects into it", async () => {
    const exec = { args: ["eks", "get-token", "--cluster-name", "shared"] };
    const { aws } = (stackJson({}) as { readonly provider: { readonly aws: object } }).provider;
    stage({}, { provider: { aws, kubernetes: [{ exec: [exec] }] } });
    const { status, report } = await examined({ answers: { "aws eks describe-cluster": missing } });
    expect(status).toBe(1);
    expect(troubles(report)).toEqual(["cluster shared: there is no such cluster"]);
  });

  test("is not looked for where no stack names one", async () => {
    stage({}, { resource: { aws_eks_cluster: { A: { name: "${var.name}" } } } });
    const { status, report } = await examined();
    expect(status).toBe(0);
    expect(report?.findings.at(-1)?.message).toBe("no stack of the stage names a cluster");
  });

  test.each(["CREATING", "FAILED", "DELETING"])("has no API to reach while it is %s", async (state) => {
    const { status, report } = await examined({
      answers: { "aws eks describe-cluster": said(cluster({ status: state })) },
    });
    expect(status).toBe(1);
    expect(troubles(report)).toEqual([`cluster prod: it is ${state}, not ACTIVE`]);
  });

  test("says which permission is missing to look at it", async () => {
    const answers = { "aws eks describe-cluster": occurred("AccessDeniedException", "DescribeCluster") };
    const { report } = await examined({ answers });
    expect(troubles(report)).toEqual(["cluster prod: the credentials may not ask eks:DescribeCluster"]);
    expect(remedyOf(report, "cluster")).toBe("Allow eks:DescribeCluster.");
  });
});

describe("the API", () => {
  const unreachable = (code: string) => () => {
    throw new Unreachable(code);
  };
  const ofApi = (report: DoctorReport | undefined) => report?.findings.filter(({ check }) => check === "api");

  test.each([200, 401, 403])("is reached when it answers %d", async (status) => {
    const { report } = await examined({ ask: ({ path }) => (path === "/readyz" ? status : 200) });
    expect(ofApi(report)).toMatchObject([{ status: "ok", message: `${ENDPOINT} answers (readyz: ${status})` }]);
  });

  test("is asked with the certificate that EKS states, without a token", async () => {
    const { questions } = await examined();
    expect(questions[0]).toEqual({ endpoint: ENDPOINT, caData: "Y2E=", path: "/readyz", tunnel: undefined });
  });

  test("may be up and not ready", async () => {
    const { status, report } = await examined({ ask: () => 500 });
    expect(status).toBe(1);
    expect(troubles(report)).toEqual([`api prod: ${ENDPOINT} is reached and not ready (readyz: 500)`]);
  });

  test("names the access host's tunnel where a private address is not reached", async () => {
    stage({}, { resource: eks, output: { accessHost: { value: "${aws_instance.x.id}" } } });
    const { status, report } = await examined({ ask: unreachable("ETIMEDOUT") });
    expect(status).toBe(1);
    expect(troubles(report)).toEqual([`api prod: ${ENDPOINT} is not reached (ETIMEDOUT)`]);
    expect(remedyOf(report, "api")).toBe(
      "The API is private: run this inside of its network (a runner, a VPN), or tunnel through the access host (output accessHost of " +
        'prod-cluster): aws ssm start-session --target "$ACCESS_HOST" --document-name AWS-StartPortForwardingSessionToRemoteHost ' +
        "--parameters host=abcd.gr7.us-east-1.eks.amazonaws.com,portNumber=443,localPortNumber=8443; " +
        "then: aidc doctor prod --tunnel localhost:8443",
    );
    expect(report?.findings.at(-1)).toMatchObject({ check: "access", status: "skipped" });
  });

  test("offers an access host where the stage has none", async () => {
    const { report } = await examined({ ask: unreachable("ENOTFOUND") });
    expect(troubles(report)).toEqual([`api prod: the name of ${ENDPOINT} is not found (ENOTFOUND)`]);
    expect(remedyOf(report, "api")).toMatch(/, or give the stage an accessHost to tunnel through\.$/);
  });

  test("names the ranges that a public address lets in, and a proxy that Terraform uses", async () => {
    const access = { endpointPublicAccess: true, publicAccessCidrs: ["203.0.113.0/24"] };
    const { report } = await examined({
      answers: { "aws eks describe-cluster": said(cluster({ resourcesVpcConfig: access })) },
      ask: unreachable("ETIMEDOUT"),
      env: { HTTPS_PROXY: "http://user:s3cret@proxy:3128" },
    });
    expect(remedyOf(report, "api")).toMatch(/^Its public address lets 203\.0\.113\.0\/24 in: .* HTTPS_PROXY is set/);
  });

  test("does not take another server for it", async () => {
    const { report } = await examined({ ask: unreachable("UNABLE_TO_VERIFY_LEAF_SIGNATURE") });
    expect(troubles(report)).toEqual([
      `api prod: what answers for ${ENDPOINT} does not prove to be it (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`,
    ]);
  });

  test("is reached through a tunnel, and its lack is told apart from that of the API", async () => {
    const tunnel = "localhost:8443";
    const { report, questions } = await examined({}, { tunnel });
    expect(questions.map((question) => question.tunnel)).toEqual(Array(4).fill({ host: "localhost", port: 8443 }));
    expect(ofApi(report)).toMatchObject([{ message: expect.stringContaining(", through localhost:8443") as string }]);
    const broken = await examined({ ask: unreachable("ECONNREFUSED") }, { tunnel });
    expect(troubles(broken.report)).toEqual(["api prod: no tunnel answers on localhost:8443 (ECONNREFUSED)"]);
    const wrong = await examined({ ask: unreachable("ERR_TLS_CERT_ALTNAME_INVALID") }, { tunnel });
    expect(remedyOf(wrong.report, "api")).toContain("The tunnel leads elsewhere");
  });
});

describe("access", () => {
  test("is denied to whom the cluster does not know", async () => {
    const { status, report, questions } = await examined({ ask: ({ path }) => (path === "/readyz" ? 200 : 401) });
    expect(status).toBe(1);
    expect(troubles(report)).toEqual([`access prod: the cluster does not let ${USER} in (401)`]);
    expect(remedyOf(report, "access")).toContain("deployers or admins");
    expect(questions[1]).toMatchObject({ path: "/api", token: TOKEN });
  });

  test("is given to whoever it knows, whatever they may do", async () => {
    const { status } = await examined({ ask: ({ path }) => (path === "/readyz" ? 200 : 403) });
    expect(status).toBe(0);
  });

  test("does not take a token of a protocol that Terraform does not expect", async () => {
    const old = said({ apiVersion: "client.authentication.k8s.io/v1alpha1", status: { token: TOKEN } });
    const { report } = await examined({ answers: { "aws eks get-token": old } });
    expect(troubles(report)).toEqual([
      "access prod: aws eks get-token answers as client.authentication.k8s.io/v1alpha1, and Terraform expects client.authentication.k8s.io/v1beta1",
    ]);
  });

  test("is not known when the cluster falls silent, or answers something else", async () => {
    const silent = await examined({
      ask: ({ path }) => {
        if (path === "/readyz") return 200;
        throw new Unreachable("ECONNRESET");
      },
    });
    expect(troubles(silent.report)).toEqual(["access prod: the cluster fell silent (ECONNRESET)"]);
    const odd = await examined({ ask: ({ path }) => (path === "/readyz" ? 200 : 503) });
    expect(troubles(odd.report)).toEqual(["access prod: the cluster answered 503 to /api, so nobody can tell"]);
  });
});
