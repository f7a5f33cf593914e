import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DoctorReport } from "../../lib/cli/doctor/finding";
import { type ApiQuestion, type Probes, type Ran } from "../../lib/cli/doctor/probes";
import { doctorCommand } from "../../lib/cli/doctor-command";
import { ACCOUNT, stackJson, writeStacks } from "./preflight/fixtures";

const out = mkdtempSync(join(tmpdir(), "aidc-doctor-"));
afterAll(() => rmSync(out, { recursive: true }));
beforeEach(() => stage());
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/PlatformDeployer`;
export const USER = `arn:aws:iam::${ACCOUNT}:user/eve`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/PlatformDeployer/aidc-doctor`;
export const ENDPOINT = "https://ABCD.gr7.us-east-1.eks.amazonaws.com";
export const SECRETS = { AccessKeyId: "ASIAEXAMPLE", SecretAccessKey: "s3cret", SessionToken: "t0ken" };
export const TOKEN = "k8s-aws-v1.aHR0cHM6";

export const said = (value: unknown): Ran => ({ status: 0, out: JSON.stringify(value), error: "" });
export const refused = (error: string): Ran => ({ status: 254, out: "", error: `\n${error}\n` });
export const occurred = (code: string, operation: string, text = "no") =>
  refused(`An error occurred (${code}) when calling the ${operation} operation: ${text}`);

export const cluster = (more: object = {}) => ({
  cluster: {
    status: "ACTIVE",
    version: "1.35",
    endpoint: ENDPOINT,
    certificateAuthority: { data: "Y2E=" },
    resourcesVpcConfig: { endpointPublicAccess: false, publicAccessCidrs: [] },
    ...more,
  },
});

/** Answers by the beginning of the command line; the longest that fits wins. */
export type Answers = Readonly<Record<string, Ran | undefined>>;

const ALL_WELL: Answers = {
  "terraform version": { status: 0, out: "Terraform v1.11.4\non linux_amd64\n", error: "" },
  "aws --version": { status: 0, out: "aws-cli/2.15.0 Python/3.11.6 Linux/6.1\n", error: "" },
  "kubectl version": said({ clientVersion: { gitVersion: "v1.35.2" } }),
  "helm version": { status: 0, out: "v3.19.4+g7cfb6e4\n", error: "" },
  "aws sts get-caller-identity": said({ Account: ACCOUNT, Arn: USER }),
  "aws eks describe-cluster": said(cluster()),
  "aws eks get-token": said({ apiVersion: "client.authentication.k8s.io/v1beta1", status: { token: TOKEN } }),
};

interface Machine {
  readonly answers?: Answers;
  readonly nodeVersion?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly ask?: (question: ApiQuestion) => number;
}

interface Call {
  readonly line: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

function machine({ answers = {}, nodeVersion = "20.19.0", env = {}, ask = () => 200 }: Machine) {
  const calls: Call[] = [];
  const questions: ApiQuestion[] = [];
  const all: Answers = { ...ALL_WELL, ...answers };
  const probes: Probes = {
    nodeVersion,
    env,
    run: (program, args, more = {}) => {
      const line = [program, ...args].join(" ");
      calls.push({ line, env: more });
      const fitting = Object.keys(all).filter((start) => line.startsWith(start));
      const [best] = fitting.sort((a, b) => b.length - a.length);
      const asRole = line.startsWith("aws sts get-caller-identity") && more.AWS_ACCESS_KEY_ID === SECRETS.AccessKeyId;
      if (asRole) return Promise.resolve(said({ Account: ACCOUNT, Arn: SESSION }));
      return Promise.resolve(best === undefined ? undefined : all[best]);
    },
    ask: async (question) => {
      questions.push(question);
      return Promise.resolve(question).then(ask);
    },
  };
  return { probes, calls, questions };
}

export async function examined(of: Machine = {}, options: { readonly tunnel?: string; readonly stage?: string } = {}) {
  const { probes, calls, questions } = machine(of);
  const run = async (json: boolean) => {
    let [text, error] = ["", ""];
    const io = {
      out: (more: string) => void (text += more),
      error: (more: string) => void (error += more),
      stdin: () => Buffer.from(""),
    };
    const { stage = "prod", tunnel } = options;
    const status = await doctorCommand(stage, { out, json, tunnel }, io, probes);
    return { status, text, error: error.replaceAll(`${out}/`, "") };
  };
  const people = await run(false);
  const { text: json } = await run(true);
  const report = json === "" ? undefined : (JSON.parse(json) as DoctorReport);
  const everything = `${people.text}${people.error}${json}`;
  for (const secret of [SECRETS.SecretAccessKey, SECRETS.SessionToken, TOKEN]) expect(everything).not.toContain(secret);
  return { ...people, report, calls, questions };
}

/** The findings that are not well, as "check about: message". */
export function troubles(report: DoctorReport | undefined): string[] {
  return (report?.findings ?? [])
    .filter(({ status }) => status === "trouble")
    .map(({ check, about, message }) => `${check} ${about}: ${message}`);
}

export function remedyOf(report: DoctorReport | undefined, check: string): string {
  return report?.findings.find((finding) => finding.check === check && finding.remedy !== undefined)?.remedy ?? "";
}

export const eks = { aws_eks_cluster: { Cluster_Resource: { name: "prod", version: "1.35" } } };

export function stage(provider: object = {}, more: object = { resource: eks }): void {
  rmSync(join(out, "stacks"), { recursive: true, force: true });
  writeStacks(out, {
    "prod-foundation": stackJson({}, provider),
    "prod-cluster": { ...stackJson({}, provider), ...more },
  });
}
