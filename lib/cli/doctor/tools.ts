import { compareNumbers, numbersIn } from "../../catalog/versions";
import type { DoctorFinding, DoctorStatus } from "./finding";
import type { Probes } from "./probes";

/** As `engines` of the package. */
const LEAST_NODE = [20];
/** The locks of the S3 backend need it. */
const LEAST_TERRAFORM = [1, 10];
/** By major version. Source: Amazon EKS user guide, prerequisites of the pages on clusters and kubeconfig, 2026. */
const LEAST_AWS: ReadonlyMap<number, readonly number[]> = new Map([
  [1, [1, 27, 160]],
  [2, [2, 12, 3]],
]);
/** Minor versions that kubectl may be away from the API server. Source: kubernetes.io/releases/version-skew-policy, 2026. */
const KUBECTL_SKEW = 1;

const INSTALL_TERRAFORM =
  "Install Terraform 1.10 or later (https://developer.hashicorp.com/terraform/install) or OpenTofu 1.10 or later.";
const INSTALL_AWS =
  "Install AWS CLI 2.12.3 or later (https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html).";

export interface Tools {
  readonly findings: readonly DoctorFinding[];
  /** Whether there is an AWS CLI to ask through. */
  readonly hasAws: boolean;
}

/** The programs of a deploy, in order. @param kubernetesVersion of the stage's cluster, where it is known */
export async function checkTools(probes: Probes, kubernetesVersion?: string): Promise<Tools> {
  const aws = versionOf(probes, "aws", ["--version"], /^aws-cli\/(\S+)/m);
  const found = await Promise.all([
    checkTerraform(probes),
    aws.then(checkAws),
    checkKubectl(probes, kubernetesVersion),
    checkHelm(probes),
  ]);
  return { findings: [checkNode(probes), ...found], hasAws: (await aws) !== undefined };
}

function checkNode({ nodeVersion }: Probes): DoctorFinding {
  if (compareNumbers(numbersIn(nodeVersion) ?? [], LEAST_NODE) >= 0) return tool("node", "ok", nodeVersion);
  return tool("node", "trouble", `${nodeVersion} is older than ${text(LEAST_NODE)}`, "Install Node 20 or later.");
}

/** As the cdktf CLI chooses: TERRAFORM_BINARY_NAME, or `terraform`. */
async function checkTerraform(probes: Probes): Promise<DoctorFinding> {
  const named = probes.env.TERRAFORM_BINARY_NAME;
  const program = named === undefined || named === "" ? "terraform" : named;
  const found = await versionOf(probes, program, ["version"], /^(?:Terraform|OpenTofu) v(\S+)/m);
  if (found === undefined && program === "terraform" && (await probes.run("tofu", ["version"])) !== undefined) {
    const remedy = "Set TERRAFORM_BINARY_NAME=tofu, so that the cdktf CLI takes OpenTofu, or install Terraform.";
    return tool(program, "trouble", "not on the PATH, but tofu is", remedy);
  }
  if (found === undefined)
    return tool(program, "trouble", "not on the PATH; it applies every stack", INSTALL_TERRAFORM);
  return judged(program, found, LEAST_TERRAFORM, INSTALL_TERRAFORM);
}

function checkAws(found: string | undefined): DoctorFinding {
  if (found === undefined) {
    const message = 'not on the PATH; Terraform runs "aws eks get-token" for everything in the cluster';
    return tool("aws", "trouble", message, INSTALL_AWS);
  }
  const [major = 0] = numbersIn(found) ?? [];
  return judged("aws", found, LEAST_AWS.get(major) ?? [], INSTALL_AWS);
}

/** `aidc drain` needs it, and whoever looks into the cluster; a deploy does not. */
async function checkKubectl(probes: Probes, kubernetesVersion?: string): Promise<DoctorFinding> {
  const args = ["version", "--client", "--output", "json"];
  const found = await versionOf(probes, "kubectl", args, /"gitVersion":\s*"v([^"]+)"/);
  if (found === undefined || found === "") {
    return tool("kubectl", "info", `${absent(found)}; a deploy does not need it, aidc drain does`);
  }
  const [major, minor = 0] = numbersIn(found) ?? [];
  const [wantedMajor, wantedMinor = 0] = numbersIn(kubernetesVersion ?? "") ?? [];
  if (major !== wantedMajor || Math.abs(minor - wantedMinor) <= KUBECTL_SKEW) return tool("kubectl", "ok", found);
  return tool(
    "kubectl",
    "warning",
    `${found} is more than one minor version away from the cluster's ${kubernetesVersion}`,
    `Install kubectl ${kubernetesVersion} (https://kubernetes.io/docs/tasks/tools/).`,
  );
}

/** Terraform's Helm provider holds a Helm of its own. */
async function checkHelm(probes: Probes): Promise<DoctorFinding> {
  const found = await versionOf(probes, "helm", ["version", "--short"], /^v(\S+)/m);
  return found === undefined || found === ""
    ? tool("helm", "info", `${absent(found)}; a deploy does not need it, looking at releases by hand does`)
    : tool("helm", "ok", found);
}

function absent(found: string | undefined): string {
  return found === undefined ? "not on the PATH" : "it tells no version";
}

/** @returns undefined where the program is not there; "" where it names no version */
async function versionOf(
  probes: Probes,
  program: string,
  args: readonly string[],
  pattern: RegExp,
): Promise<string | undefined> {
  // Neither asks the network for a newer release.
  const ran = await probes.run(program, args, { CHECKPOINT_DISABLE: "1" });
  if (ran === undefined) return undefined;
  // Version 1 of the AWS CLI on old Pythons wrote to the standard error.
  return pattern.exec(`${ran.out}\n${ran.error}`)?.[1] ?? "";
}

function judged(program: string, found: string, least: readonly number[], remedy: string): DoctorFinding {
  const numbers = numbersIn(found);
  if (numbers === undefined) {
    const message = "it tells no version; a version manager's shim may have none chosen";
    return tool(program, "trouble", message, `Run it by hand, or replace it. ${remedy}`);
  }
  if (compareNumbers(numbers, least) < 0)
    return tool(program, "trouble", `${found} is older than ${text(least)}`, remedy);
  return tool(program, "ok", found);
}

function tool(about: string, status: DoctorStatus, message: string, remedy?: string): DoctorFinding {
  return { check: "tool", about, status, message, ...(remedy === undefined ? {} : { remedy }) };
}

function text(version: readonly number[]): string {
  return version.join(".");
}
