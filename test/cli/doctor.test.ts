import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCli } from "../../lib/cli/cli";
import {
  type Answers,
  examined,
  occurred,
  refused,
  remedyOf,
  ROLE,
  said,
  SECRETS,
  stage,
  troubles,
  USER,
} from "./doctor-fixtures";
import { ACCOUNT } from "./preflight/fixtures";

test("finds all well, and says what it rests on", async () => {
  stage({ assume_role: [{ role_arn: ROLE }] });
  const { status, text, error } = await examined({
    answers: { "aws sts assume-role": said({ Credentials: SECRETS }) },
  });
  expect({ status, error }).toEqual({ status: 0, error: "" });
  expect(text).toMatchInlineSnapshot(`
   "Status  Check        Of                Found
   ok      tool         node              20.19.0
   ok      tool         terraform         1.11.4
   ok      tool         aws               2.15.0
   ok      tool         kubectl           1.35.2
   ok      tool         helm              3.19.4+g7cfb6e4
   ok      credentials  us-east-1         arn:aws:iam::123456789012:user/eve
   ok      role         PlatformDeployer  arn:aws:iam::123456789012:user/eve may assume it
   ok      account      us-east-1         123456789012, as the stage states
   ok      cluster      prod              ACTIVE, Kubernetes 1.35
   ok      api          prod              https://ABCD.gr7.us-east-1.eks.amazonaws.com answers (readyz: 200)
   ok      access       prod              the cluster knows arn:aws:sts::123456789012:assumed-role/PlatformDeployer/aidc-doctor

   prod: this machine can deploy it (11 checks, 0 trouble, 0 warnings, 0 skipped)
   "
  `);
});

describe("programs", () => {
  test("asks of Node what the package asks", async () => {
    const { engines } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as {
      readonly engines: { readonly node: string };
    };
    expect(engines.node).toBe(">=20");
    expect(troubles((await examined({ nodeVersion: "18.20.0" })).report)).toEqual([
      "tool node: 18.20.0 is older than 20",
    ]);
  });

  test("misses Terraform and the AWS CLI, and asks nothing through a CLI that is not there", async () => {
    const { status, report, calls } = await examined({
      answers: { "terraform version": undefined, "aws --version": undefined },
    });
    expect(status).toBe(1);
    expect(troubles(report)).toEqual([
      "tool terraform: not on the PATH; it applies every stack",
      'tool aws: not on the PATH; Terraform runs "aws eks get-token" for everything in the cluster',
    ]);
    expect(report?.findings.at(-1)).toMatchObject({ check: "credentials", status: "skipped" });
    expect(calls.filter(({ line }) => /^aws (sts|eks)/.test(line))).toEqual([]);
  });

  test("refuses what is too old, and takes version 1 of the AWS CLI where it is new", async () => {
    const old = await examined({
      answers: {
        "terraform version": { status: 0, out: "Terraform v1.9.8\n", error: "" },
        "aws --version": { status: 0, out: "aws-cli/2.9.1 Python/3\n", error: "" },
      },
    });
    expect(troubles(old.report)).toEqual([
      "tool terraform: 1.9.8 is older than 1.10",
      "tool aws: 2.9.1 is older than 2.12.3",
    ]);
    const first = (version: string) =>
      examined({ answers: { "aws --version": { status: 0, out: "", error: `aws-cli/${version} Python/3\n` } } });
    expect((await first("1.45.11")).status).toBe(0);
    expect(troubles((await first("1.27.0")).report)).toEqual(["tool aws: 1.27.0 is older than 1.27.160"]);
  });

  test("sees a shim that has no version chosen", async () => {
    const { report } = await examined({
      answers: { "terraform version": { status: 126, out: "", error: "no version set" } },
    });
    expect(troubles(report)).toEqual([
      "tool terraform: it tells no version; a version manager's shim may have none chosen",
    ]);
  });

  test("takes OpenTofu where it is named, and says how where it is not", async () => {
    const tofu: Answers = {
      "terraform version": undefined,
      "tofu version": { status: 0, out: "OpenTofu v1.10.6\non linux_amd64\n", error: "" },
    };
    const unnamed = await examined({ answers: tofu });
    expect(troubles(unnamed.report)).toEqual(["tool terraform: not on the PATH, but tofu is"]);
    expect(remedyOf(unnamed.report, "tool")).toContain("TERRAFORM_BINARY_NAME=tofu");
    expect((await examined({ answers: tofu, env: { TERRAFORM_BINARY_NAME: "tofu" } })).status).toBe(0);
  });

  test("does without kubectl and Helm", async () => {
    const { status, report } = await examined({ answers: { "kubectl version": undefined, "helm version": undefined } });
    expect(status).toBe(0);
    expect(report?.findings.filter(({ status: found }) => found === "info").map(({ about }) => about)).toEqual([
      "kubectl",
      "helm",
    ]);
  });

  test.each([
    ["v1.34.9", "ok"],
    ["v1.36.0", "ok"],
    ["v1.33.1", "warning"],
    ["v1.37.0", "warning"],
  ])("finds kubectl %s for 1.35 %s, by the skew that Kubernetes supports", async (gitVersion, expected) => {
    const answers = { "kubectl version": said({ clientVersion: { gitVersion } }) };
    const { status, report } = await examined({ answers });
    expect(status).toBe(0);
    expect(report?.findings.find(({ about }) => about === "kubectl")?.status).toBe(expected);
  });
});

describe("identity", () => {
  test.each([
    [
      "Unable to locate credentials. You can configure credentials by running aws configure",
      "no AWS credentials are found",
    ],
    ["Error when retrieving token from sso: Token has expired and refresh failed", "the login has expired"],
    ["The config profile (x) could not be found", "the profile that is asked for is not in the AWS configuration"],
    ['Could not connect to the endpoint URL: "https://sts.us-east-1.amazonaws.com/"', "AWS does not answer"],
    [
      "An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: t0ken is over",
      "AWS does not take the credentials (ExpiredToken)",
    ],
    [
      "An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: mismatch\nx-amz-security-token:t0ken",
      "AWS does not take the credentials (SignatureDoesNotMatch)",
    ],
  ])("explains %j", async (error, message) => {
    const { status, report } = await examined({ answers: { "aws sts get-caller-identity": refused(error) } });
    expect(status).toBe(1);
    expect(troubles(report)).toEqual([`credentials us-east-1: ${message}`]);
    expect(remedyOf(report, "credentials")).not.toBe("");
    expect(report?.findings.at(-1)).toMatchObject({ check: "cluster", status: "skipped" });
  });

  test("asks as the profile of the provider, quietly", async () => {
    stage({ profile: "platform" });
    const { calls } = await examined();
    const call = calls.find(({ line }) => line.startsWith("aws sts"));
    expect(call?.line).toMatch(/ --region us-east-1 --profile platform .*--output json$/);
    expect(call?.env).toMatchObject({ AWS_PAGER: "", AWS_CLI_AUTO_PROMPT: "off" });
  });

  test("goes on as the role, whose credentials travel in the environment alone", async () => {
    const external = { role_arn: ROLE, external_id: "ext", session_name: "ci" };
    stage({ assume_role: [external], profile: "platform" });
    const { calls, status } = await examined({ answers: { "aws sts assume-role": said({ Credentials: SECRETS }) } });
    expect(status).toBe(0);
    const assume = calls.find(({ line }) => line.startsWith("aws sts assume-role"));
    expect(assume?.line).toContain(`--role-arn ${ROLE} --role-session-name ci --external-id ext`);
    const describe = calls.find(({ line }) => line.startsWith("aws eks describe-cluster"));
    expect(describe?.line).not.toContain("--profile");
    expect(describe?.env).toMatchObject({
      AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "s3cret",
      AWS_SESSION_TOKEN: "t0ken",
    });
    for (const { line } of calls) expect(line).not.toMatch(/s3cret|t0ken/);
  });

  test("names the role that may not be assumed, and who asked", async () => {
    stage({ assume_role: [{ role_arn: ROLE }] });
    const { status, report } = await examined({
      answers: { "aws sts assume-role": occurred("AccessDenied", "AssumeRole") },
    });
    expect(status).toBe(1);
    expect(troubles(report)).toEqual([
      `role PlatformDeployer: ${USER} may not assume ${ROLE}, or there is no such role`,
    ]);
    expect(remedyOf(report, "role")).toContain("trust policy");
  });

  test("refuses credentials of another account, and asks it nothing more", async () => {
    const answers = { "aws sts get-caller-identity": said({ Account: "210987654321", Arn: USER }) };
    const { status, report, calls } = await examined({ answers });
    expect(status).toBe(1);
    expect(troubles(report)).toEqual([
      `account us-east-1: the credentials lead to account 210987654321, and the stage deploys to ${ACCOUNT}`,
    ]);
    expect(calls.filter(({ line }) => line.startsWith("aws eks"))).toEqual([]);
  });

  test("warns of a provider that takes any account", async () => {
    stage({ allowed_account_ids: undefined });
    const { status, report } = await examined();
    expect(status).toBe(0);
    expect(report?.findings.find(({ check }) => check === "account")?.status).toBe("warning");
  });
});

test("cannot judge a stage that is not synthesized, nor a wrong tunnel", async () => {
  const absent = await examined({}, { stage: "lab" });
  expect(absent).toMatchObject({
    status: 2,
    text: "",
    error: expect.stringContaining("no stack of stage lab") as string,
  });
  for (const tunnel of ["8443", "localhost", "localhost:0", "localhost:99999", "http://x:1"]) {
    expect(await examined({}, { tunnel })).toMatchObject({
      status: 2,
      error: `--tunnel: got ${JSON.stringify(tunnel)}; allowed: host and port, such as localhost:8443\n`,
    });
  }
});

test("is a command of aidc", async () => {
  let text = "";
  const io = { out: (more: string) => void (text += more), error: () => undefined, stdin: () => Buffer.from("") };
  expect(await runCli(["doctor", "--help"], io)).toBe(0);
  expect(text).toContain("Exit status: 0 all right, 1 trouble");
  expect(await runCli(["doctor"], io)).toBe(2);
});
