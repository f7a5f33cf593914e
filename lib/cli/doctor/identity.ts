import type { AssumedRole, Place } from "../preflight/stage";
import { AwsCli } from "./aws-cli";
import { AwsRefusal } from "./aws-failure";
import type { DoctorFinding } from "./finding";
import type { Probes } from "./probes";

/** Who one is in a place, as far as that came. */
export interface Identity {
  readonly findings: readonly DoctorFinding[];
  /** AWS as the last role. @default - the place cannot be asked as the deploy will ask it */
  readonly aws?: AwsCli;
  /** ARN of the last role's session, or of the user. */
  readonly arn?: string;
}

/** As Terraform's provider comes in: the user's credentials, then the roles that it assumes, then the account they lead to. */
export async function checkIdentity(probes: Probes, place: Place): Promise<Identity> {
  const findings: DoctorFinding[] = [];
  let aws = AwsCli.of(probes, place);
  try {
    let { account, arn } = await aws.identity();
    findings.push({ check: "credentials", about: place.region, status: "ok", message: arn });
    for (const role of place.roles) {
      const next = await assumed(aws, role, arn);
      if (!(next instanceof AwsCli)) return { findings: [...findings, next] };
      aws = next;
      findings.push({ check: "role", about: nameOf(role.arn), status: "ok", message: `${arn} may assume it` });
      ({ account, arn } = await aws.identity());
    }
    const judged = checkAccount(account, place);
    findings.push(judged);
    return judged.status === "trouble" ? { findings } : { findings, aws, arn };
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
    const { message, remedy } = error;
    return {
      findings: [...findings, { check: "credentials", about: place.region, status: "trouble", message, remedy }],
    };
  }
}

async function assumed(aws: AwsCli, role: AssumedRole, user: string): Promise<AwsCli | DoctorFinding> {
  try {
    return await aws.assume(role);
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
    const denied = /^AccessDenied/.test(error.code ?? "");
    return {
      check: "role",
      about: nameOf(role.arn),
      status: "trouble",
      message: denied ? `${user} may not assume ${role.arn}, or there is no such role` : error.message,
      remedy: denied
        ? "Let the role's trust policy name that principal, and its own policy allow sts:AssumeRole; or correct deployRoleArn of the stage."
        : error.remedy,
    };
  }
}

function checkAccount(account: string, { accounts, region }: Place): DoctorFinding {
  const about = region;
  if (accounts.length === 0) {
    const message = `${account}; the provider takes any account, so this may not be the one that is meant`;
    const remedy = "Set allowed_account_ids of the provider.";
    return { check: "account", about, status: "warning", message, remedy };
  }
  if (accounts.includes(account)) {
    return { check: "account", about, status: "ok", message: `${account}, as the stage states` };
  }
  return {
    check: "account",
    about,
    status: "trouble",
    message: `the credentials lead to account ${account}, and the stage deploys to ${accounts.join(" or ")}`,
    remedy:
      "Take credentials of that account, such as AWS_PROFILE of one of its roles, or correct accountId of the stage.",
  };
}

/** "PlatformDeployer" of "arn:aws:iam::123456789012:role/PlatformDeployer". */
function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
