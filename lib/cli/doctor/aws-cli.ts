import type { AssumedRole, Place } from "../preflight/stage";
import type { Probes } from "./probes";
import { explained } from "./aws-failure";

/** Nobody is asked anything, nothing is paged, and a service that is silent is given up within half a minute. */
const QUIET = { AWS_PAGER: "", AWS_CLI_AUTO_PROMPT: "off", AWS_MAX_ATTEMPTS: "2" };
const PATIENCE = ["--cli-connect-timeout", "5", "--cli-read-timeout", "15", "--output", "json"];

/** Credentials as the AWS CLI reads them from its environment. They are never written anywhere. */
interface SessionVariables {
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  readonly AWS_SESSION_TOKEN: string;
}

/**
 * AWS, asked through the AWS CLI, since Terraform itself runs that for the tokens of the Kubernetes API: what it cannot do here, it cannot
 * do there.
 */
export class AwsCli {
  private constructor(
    private readonly probes: Probes,
    private readonly place: Pick<Place, "region" | "profile">,
    private readonly session?: SessionVariables,
  ) {}

  /** With the user's own credentials, or those of the profile that the provider names. */
  public static of(probes: Probes, place: Pick<Place, "region" | "profile">): AwsCli {
    return new AwsCli(probes, place);
  }

  /** Account and ARN of the credentials. @throws AwsRefusal */
  public async identity(): Promise<{ readonly account: string; readonly arn: string }> {
    const { Account = "", Arn = "" } = await this.call("sts:GetCallerIdentity", ["sts", "get-caller-identity"]);
    return { account: String(Account), arn: String(Arn) };
  }

  /** The same AWS as another role. @throws AwsRefusal */
  public async assume({ arn, externalId, sessionName = "aidc-doctor" }: AssumedRole): Promise<AwsCli> {
    const external = externalId === undefined ? [] : ["--external-id", externalId];
    const args = ["sts", "assume-role", "--role-arn", arn, "--role-session-name", sessionName, ...external];
    const { Credentials } = await this.call("sts:AssumeRole", args);
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials as Readonly<Record<string, string>>;
    return new AwsCli(this.probes, this.place, {
      AWS_ACCESS_KEY_ID: AccessKeyId ?? "",
      AWS_SECRET_ACCESS_KEY: SecretAccessKey ?? "",
      AWS_SESSION_TOKEN: SessionToken ?? "",
    });
  }

  /** What EKS tells of a cluster. @throws AwsRefusal with the code "ResourceNotFoundException" where there is none */
  public async cluster(name: string): Promise<Readonly<Record<string, unknown>>> {
    const { cluster } = await this.call("eks:DescribeCluster", ["eks", "describe-cluster", "--name", name]);
    return cluster as Readonly<Record<string, unknown>>;
  }

  /** A token for the API of a cluster, as Terraform gets it. @throws AwsRefusal */
  public async token(cluster: string): Promise<{ readonly apiVersion: string; readonly token: string }> {
    const answer = await this.call("aws eks get-token", ["eks", "get-token", "--cluster-name", cluster]);
    const { token = "" } = answer.status as { readonly token?: string };
    return { apiVersion: String(answer.apiVersion), token };
  }

  private async call(action: string, args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    const { region, profile } = this.place;
    // A profile on the command line would win over the credentials of the role.
    const as = this.session === undefined && profile !== undefined ? ["--profile", profile] : [];
    const ran = await this.probes.run("aws", [...args, "--region", region, ...as, ...PATIENCE], {
      ...QUIET,
      ...this.session,
    });
    if (ran?.status !== 0) throw explained(action, ran?.error ?? "aws is not on the PATH");
    try {
      return JSON.parse(ran.out) as Readonly<Record<string, unknown>>;
    } catch {
      throw explained(action, "the answer is not JSON");
    }
  }
}
