import type { EC2Client } from "@aws-sdk/client-ec2";
import type { Cloud, Quota, Reservation, RunningInstance } from "./cloud";
import type { Sdk } from "./sdk";
import { reservationIdOf, toInstance, toReservation } from "./sdk-answers";
import { sdkFailure } from "./sdk-failure";
import type { AssumedRole, Place } from "./stage";

/** What EC2 gives at most in one answer. */
const PAGE = 1000;
const TYPES_PAGE = 100;
/** The most values of one filter that EC2 takes. */
const FILTER_VALUES = 200;

/** A check before a deploy is waited for: a service that does not answer is said so within a minute. */
const PATIENCE = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
};

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Settings of every client. Endpoints come from AWS_ENDPOINT_URL, as with any SDK. */
type Settings = typeof PATIENCE & {
  readonly region: string;
  readonly profile?: string;
  readonly credentials?: Credentials;
};

/** Asks AWS itself, through its SDK. */
export class SdkCloud implements Cloud {
  private readonly answers = new Map<string, Promise<unknown>>();
  private readonly ec2: { readonly client: EC2Client; readonly pageSize: number };

  private constructor(
    private readonly sdk: Sdk,
    private readonly settings: Settings,
  ) {
    this.ec2 = { client: new sdk.ec2.EC2Client(settings), pageSize: PAGE };
  }

  /**
   * As the provider of a stage would ask: with the user's credentials, then with the roles that it assumes.
   * @throws CloudFailure when a role cannot be assumed
   */
  public static async open(sdk: Sdk, { region, profile, roles }: Place, patience = PATIENCE): Promise<SdkCloud> {
    let settings: Settings = { ...patience, region, profile };
    for (const role of roles) settings = { ...settings, credentials: await assume(sdk, role, settings) };
    return new SdkCloud(sdk, settings);
  }

  public account(): Promise<string> {
    return this.once("account", async () => {
      const { sts } = this.sdk;
      const answer = new sts.STSClient(this.settings).send(new sts.GetCallerIdentityCommand({}));
      return (await asked("sts:GetCallerIdentity", answer)).Account ?? "";
    });
  }

  public offeredZones(instanceType: string): Promise<readonly string[]> {
    return this.once(`offered ${instanceType}`, async () => {
      const Filters = [{ Name: "instance-type" as const, Values: [instanceType] }];
      const question = { LocationType: "availability-zone" as const, Filters };
      const pages = this.sdk.ec2.paginateDescribeInstanceTypeOfferings(this.ec2, question);
      const offerings = collected(pages, (page) => page.InstanceTypeOfferings);
      return (await asked("ec2:DescribeInstanceTypeOfferings", offerings)).flatMap(({ Location }) => Location ?? []);
    });
  }

  public quota(code: string): Promise<Quota | undefined> {
    return this.once(`quota ${code}`, async () => {
      const { ServiceQuotasClient, GetServiceQuotaCommand, GetAWSDefaultServiceQuotaCommand } = this.sdk.quotas;
      const client = new ServiceQuotasClient(this.settings);
      const question = { ServiceCode: "ec2", QuotaCode: code };
      const absence = "NoSuchResourceException";
      const applied = client.send(new GetServiceQuotaCommand(question));
      const value = (await askedOrAbsent("servicequotas:GetServiceQuota", absence, applied))?.Quota?.Value;
      if (value !== undefined) return { value, isDefault: false };
      const byDefault = client.send(new GetAWSDefaultServiceQuotaCommand(question));
      const given = (await askedOrAbsent("servicequotas:GetAWSDefaultServiceQuota", absence, byDefault))?.Quota?.Value;
      return given === undefined ? undefined : { value: given, isDefault: true };
    });
  }

  public instances(): Promise<readonly RunningInstance[]> {
    return this.once("instances", async () => {
      const Filters = [{ Name: "instance-state-name", Values: ["pending", "running"] }];
      const launches = collected(
        this.sdk.ec2.paginateDescribeInstances(this.ec2, { Filters }),
        (page) => page.Reservations,
      );
      return (await asked("ec2:DescribeInstances", launches)).flatMap(({ Instances = [] }) =>
        Instances.map(toInstance),
      );
    });
  }

  public reservations(): Promise<readonly Reservation[]> {
    return this.once("reservations", async () => {
      const pages = this.sdk.ec2.paginateDescribeCapacityReservations(this.ec2, {});
      const found = collected(pages, (page) => page.CapacityReservations);
      return (await asked("ec2:DescribeCapacityReservations", found)).map(toReservation);
    });
  }

  public groupMembers(arn: string): Promise<readonly string[] | undefined> {
    return this.once(`group ${arn}`, async () => {
      const { ResourceGroupsClient, paginateListGroupResources } = this.sdk.groups;
      const pages = paginateListGroupResources({ client: new ResourceGroupsClient(this.settings) }, { Group: arn });
      const members = collected(pages, (page) => page.Resources);
      const found = await askedOrAbsent("resource-groups:ListGroupResources", "NotFoundException", members);
      return found?.flatMap(({ Identifier }) => reservationIdOf(Identifier?.ResourceArn) ?? []);
    });
  }

  public vcpus(instanceTypes: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.once(`vcpus ${instanceTypes.join()}`, async () => {
      const found = new Map<string, number>();
      for (let from = 0; from < instanceTypes.length; from += FILTER_VALUES) {
        // By filter, since one name that EC2 does not know would make it refuse all.
        const Filters = [{ Name: "instance-type", Values: instanceTypes.slice(from, from + FILTER_VALUES) }];
        const pages = this.sdk.ec2.paginateDescribeInstanceTypes({ ...this.ec2, pageSize: TYPES_PAGE }, { Filters });
        const types = await asked(
          "ec2:DescribeInstanceTypes",
          collected(pages, (page) => page.InstanceTypes),
        );
        for (const { InstanceType = "", VCpuInfo } of types) found.set(InstanceType, VCpuInfo?.DefaultVCpus ?? 0);
      }
      return found;
    });
  }

  private once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const answer = this.answers.get(key) ?? ask();
    this.answers.set(key, answer);
    return answer as Promise<T>;
  }
}

async function assume(
  sdk: Sdk,
  { arn, externalId, sessionName }: AssumedRole,
  settings: Settings,
): Promise<Credentials> {
  const role = { RoleArn: arn, ExternalId: externalId, RoleSessionName: sessionName ?? "aidc-preflight" };
  const answer = new sdk.sts.STSClient(settings).send(new sdk.sts.AssumeRoleCommand(role));
  const {
    AccessKeyId = "",
    SecretAccessKey = "",
    SessionToken,
  } = (await asked(`sts:AssumeRole of ${arn}`, answer)).Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

async function asked<T>(action: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw sdkFailure(error, action);
  }
}

/** @param absence name of the error that says: there is none */
async function askedOrAbsent<T>(action: string, absence: string, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if ((error as Error).name === absence) return undefined;
    throw sdkFailure(error, action);
  }
}

async function collected<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => Item[] | undefined,
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const page of pages) all.push(...(items(page) ?? []));
  return all;
}
