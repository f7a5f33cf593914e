/** The AWS SDK against a server that answers as told: what it asks, and what becomes of its errors. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CloudFailure } from "../../../lib/cli/preflight/cloud";
import { loadSdk } from "../../../lib/cli/preflight/sdk";
import { SdkCloud } from "../../../lib/cli/preflight/sdk-cloud";
import { ACCOUNT, REGION, ZONE } from "./fixtures";

/** What a request is for, and the answer to it. */
interface Asked {
  /** "DescribeInstances" */
  readonly action: string;
  readonly parameters: URLSearchParams;
  /** "Credential=KEY/…" */
  readonly authorization: string;
}
type Answer = { readonly status?: number; readonly body: string } | "silence";

const TOKEN = "FwoGZXIvYXdzSECRETTOKEN";
let server: Server;
let asked: Asked[] = [];
let answer: (request: Asked) => Answer;
const before = process.env;

beforeAll(async () => {
  server = createServer((request, response) => void reply(request, response));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  process.env = {
    PATH: before.PATH,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: "AKIAUSER",
    AWS_SECRET_ACCESS_KEY: "SECRETKEY",
    AWS_SESSION_TOKEN: TOKEN,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  };
});
afterAll(() => {
  process.env = before;
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
});

async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  const target = request.headers["x-amz-target"];
  const parameters = new URLSearchParams(text);
  const action =
    typeof target === "string" ? (target.split(".")[1] ?? "") : (parameters.get("Action") ?? request.url ?? "");
  const one = { action, parameters, authorization: request.headers.authorization ?? "" };
  asked.push(one);
  const given = answer(one);
  if (given !== "silence") response.writeHead(given.status ?? 200).end(given.body);
}

const open = (roles: { readonly arn: string; readonly externalId?: string }[] = []) =>
  SdkCloud.open(loadSdk(), { region: REGION, accounts: [ACCOUNT], roles });
const ec2 = (action: string, content: string): Answer => ({
  body: `<${action}Response>${content}</${action}Response>`,
});
const ec2Error = (code: string, message = "no", status = 400): Answer => ({
  status,
  body: `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors></Response>`,
});
const jsonError = (type: string, status = 400): Answer => ({
  status,
  body: JSON.stringify({ __type: type, message: "no" }),
});
const failure = async (promise: Promise<unknown>): Promise<CloudFailure> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CloudFailure);
  return error as CloudFailure;
};

test("reads all pages, once, and asks for what runs only", async () => {
  const page = (id: string, more: string) =>
    ec2(
      "DescribeInstances",
      `<reservationSet><item><instancesSet><item><instanceId>${id}</instanceId><instanceType>p5.48xlarge</instanceType>${more}</item></instancesSet></item></reservationSet>`,
    );
  const first = page("i-1", "<cpuOptions><coreCount>48</coreCount><threadsPerCore>2</threadsPerCore></cpuOptions>");
  const second = page(
    "i-2",
    "<instanceLifecycle>spot</instanceLifecycle><capacityReservationId>cr-1</capacityReservationId><placement><tenancy>host</tenancy></placement><tagSet><item><key>Stage</key><value>prod</value></item></tagSet>",
  ) as { body: string };
  const token = (text: string) =>
    text.replace("</DescribeInstancesResponse>", "<nextToken>2</nextToken></DescribeInstancesResponse>");
  answer = ({ parameters }) =>
    parameters.get("NextToken") === "2" ? second : { body: token((first as { body: string }).body) };
  const cloud = await open();
  const found = await cloud.instances();
  expect(found).toEqual([
    { instanceType: "p5.48xlarge", vcpus: 96, tags: {} },
    { instanceType: "p5.48xlarge", lifecycle: "spot", tenancy: "host", reservation: "cr-1", tags: { Stage: "prod" } },
  ]);
  expect(await cloud.instances()).toBe(found);
  expect(asked.map(({ action }) => action)).toEqual(["DescribeInstances", "DescribeInstances"]);
  const { parameters } = asked[0] as Asked;
  expect([
    parameters.get("Filter.1.Name"),
    parameters.get("Filter.1.Value.1"),
    parameters.get("Filter.1.Value.2"),
  ]).toEqual(["instance-state-name", "pending", "running"]);
  expect(parameters.get("MaxResults")).toBe("1000");
});

test("reads reservations and blocks as EC2 writes them", async () => {
  const text = `<capacityReservationSet><item><capacityReservationId>cr-1</capacityReservationId><ownerId>${ACCOUNT}</ownerId><reservationType>capacity-block</reservationType><instanceType>p5.48xlarge</instanceType><availabilityZone>${ZONE}</availabilityZone><instancePlatform>Linux/UNIX</instancePlatform><tenancy>default</tenancy><instanceMatchCriteria>targeted</instanceMatchCriteria><state>scheduled</state><totalInstanceCount>16</totalInstanceCount><availableInstanceCount>0</availableInstanceCount><startDate>2026-12-01T11:30:00.000Z</startDate><endDate>2026-12-08T11:30:00.000Z</endDate><placementGroupArn>arn:aws:ec2:us-east-1:${ACCOUNT}:placement-group/close</placementGroupArn></item><item><capacityReservationId>cr-2</capacityReservationId></item></capacityReservationSet>`;
  answer = () => ec2("DescribeCapacityReservations", text);
  const [block, bare] = await (await open()).reservations();
  expect(block).toEqual({
    id: "cr-1",
    owner: ACCOUNT,
    type: "capacity-block",
    instanceType: "p5.48xlarge",
    zone: ZONE,
    platform: "Linux/UNIX",
    tenancy: "default",
    matchCriteria: "targeted",
    state: "scheduled",
    total: 16,
    available: 0,
    start: new Date("2026-12-01T11:30:00Z"),
    end: new Date("2026-12-08T11:30:00Z"),
    placementGroupName: "close",
  });
  expect(bare).toMatchObject({ id: "cr-2", type: "default", end: undefined, placementGroupName: undefined });
});

test("takes AWS's default for a quota that the account has no value of, and knows when there is none at all", async () => {
  const quota = (Value: number): Answer => ({ body: JSON.stringify({ Quota: { QuotaCode: "L-1", Value } }) });
  answer = () => quota(768);
  expect(await (await open()).quota("L-1")).toEqual({ value: 768, isDefault: false });
  answer = ({ action }) => (action === "GetServiceQuota" ? jsonError("NoSuchResourceException") : quota(64));
  expect(await (await open()).quota("L-1")).toEqual({ value: 64, isDefault: true });
  answer = () => jsonError("NoSuchResourceException");
  expect(await (await open()).quota("L-1")).toBeUndefined();
});

test("lists the reservations of a resource group, and knows when there is no group", async () => {
  const identifier = (ResourceArn: string) => ({ Identifier: { ResourceArn } });
  const arn = (kind: string) => `arn:aws:ec2:us-east-1:${ACCOUNT}:${kind}`;
  const Resources = [identifier(arn("capacity-reservation/cr-1")), identifier(arn("instance/i-1"))];
  answer = () => ({ body: JSON.stringify({ Resources }) });
  expect(await (await open()).groupMembers("group")).toEqual(["cr-1"]);
  answer = () => ({ status: 404, body: JSON.stringify({ __type: "NotFoundException", Message: "no" }) });
  expect(await (await open()).groupMembers("group")).toBeUndefined();
});

test("asks for the vCPUs of types by filter, so that one that EC2 does not know spoils nothing", async () => {
  const text =
    "<instanceTypeSet><item><instanceType>p3.2xlarge</instanceType><vCpuInfo><defaultVCpus>8</defaultVCpus></vCpuInfo></item></instanceTypeSet>";
  answer = () => ec2("DescribeInstanceTypes", text);
  const types = Array.from({ length: 201 }, (_, index) => `p${index}.large`);
  expect([...(await (await open()).vcpus(types))]).toEqual([["p3.2xlarge", 8]]);
  expect(asked.map(({ parameters }) => parameters.get("Filter.1.Name"))).toEqual(["instance-type", "instance-type"]);
  expect(asked[0]?.parameters.get("InstanceType.1")).toBeNull();
});

test("asks as the role that the provider assumes, one after the other", async () => {
  answer = ({ action, parameters }) => {
    if (action !== "AssumeRole")
      return ec2(action, `<GetCallerIdentityResult><Account>${ACCOUNT}</Account></GetCallerIdentityResult>`);
    const key = parameters.get("RoleArn")?.split("/")[1]?.toUpperCase() ?? "";
    const credentials = `<AccessKeyId>ASIA${key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>`;
    return ec2("AssumeRole", `<AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult>`);
  };
  const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const cloud = await open([{ arn: role("hub") }, { arn: role("deploy"), externalId: "42" }]);
  expect(await cloud.account()).toBe(ACCOUNT);
  const keys = asked.map(({ authorization }) => /Credential=(\w+)\//.exec(authorization)?.[1]);
  expect(keys).toEqual(["AKIAUSER", "ASIAHUB", "ASIADEPLOY"]);
  expect(asked[0]?.parameters.get("RoleSessionName")).toBe("aidc-preflight");
  expect(asked[1]?.parameters.get("ExternalId")).toBe("42");
});

test.each([
  ["UnauthorizedOperation", "the credentials may not ask ec2:DescribeInstances"],
  ["AuthFailure", "AWS does not take the credentials (AuthFailure)"],
  ["RequestExpired", "AWS does not take the credentials (RequestExpired)"],
  ["InvalidParameterValue", "ec2:DescribeInstances failed with status 400: InvalidParameterValue: no"],
])("says what %s means", async (code, message) => {
  answer = () => ec2Error(code);
  expect((await failure((await open()).instances())).message).toBe(message);
  expect(asked).toHaveLength(1);
});

test("tells which role cannot be assumed", async () => {
  answer = () => ({
    status: 403,
    body: "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
  });
  const arn = `arn:aws:iam::${ACCOUNT}:role/deploy`;
  expect((await failure(open([{ arn }]))).message).toBe(`the credentials may not ask sts:AssumeRole of ${arn}`);
});

test("prints no credential, even where AWS sends the whole request back", async () => {
  const echo = `The request signature does not match.\n\nx-amz-security-token:${TOKEN}`;
  for (const code of ["SignatureDoesNotMatch", "SomethingNew"]) {
    answer = () => ec2Error(code, `${echo} ${"x".repeat(5000)}`, 403);
    const { message, remedy = "", cause } = await failure((await open()).instances());
    expect(`${message} ${remedy}`).not.toContain(TOKEN);
    expect(message.length).toBeLessThan(400);
    expect(cause).toBeUndefined();
  }
});

test("tries three times what may pass, and then says so", async () => {
  answer = () => ec2Error("Unavailable", "busy", 503);
  expect((await failure((await open()).instances())).message).toContain("with status 503: Unavailable: busy");
  expect(asked).toHaveLength(3);
});

test("says who does not answer", async () => {
  const { AWS_ENDPOINT_URL } = process.env;
  process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:1";
  try {
    const { message, remedy } = await failure((await open()).account());
    expect(message).toBe("sts:GetCallerIdentity is not answered (ECONNREFUSED)");
    expect(remedy).toBe("Look at network, region and AWS_ENDPOINT_URL.");
  } finally {
    process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;
  }
});

test("does not wait for ever", async () => {
  answer = () => "silence";
  const requestHandler = { connectionTimeout: 1_000, requestTimeout: 50, throwOnRequestTimeout: true };
  const place = { region: REGION, accounts: [], roles: [] };
  const cloud = await SdkCloud.open(loadSdk(), place, { maxAttempts: 3, requestHandler });
  expect((await failure(cloud.account())).message).toBe("sts:GetCallerIdentity is not answered (ETIMEDOUT)");
  expect(asked).toHaveLength(3);
});

test("says when there are no credentials", async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
  try {
    expect((await failure((await open()).account())).message).toBe("no AWS credentials are found");
  } finally {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
  }
});

test("says how to install the SDK where it is not", () => {
  const missing = Object.assign(new Error("Cannot find module"), { code: "MODULE_NOT_FOUND" });
  const load = () => {
    throw missing;
  };
  expect(() => loadSdk(load)).toThrow("preflight asks AWS through its SDK, which is not installed");
  const other = () => {
    throw new SyntaxError("broken");
  };
  expect(() => loadSdk(other)).toThrow(SyntaxError);
});
