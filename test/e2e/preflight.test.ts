/** `aidc preflight` as people run it: the built command, in an environment of its own, against the embedded cloud. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateCapacityReservationCommand,
  CreatePlacementGroupCommand,
  DescribeCapacityBlockOfferingsCommand,
  EC2Client,
  paginateDescribeInstanceTypeOfferings,
  PurchaseCapacityBlockCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from "@aws-sdk/client-ec2";
import { CreateGroupCommand, GroupResourcesCommand, ResourceGroupsClient } from "@aws-sdk/client-resource-groups";
import { INCOMPLETE_INSTANCE_TYPES, INSTANCE_TYPES } from "cdktf-ai-datacenter/catalog";
import { CapacityKind } from "cdktf-ai-datacenter/contracts";
import type { PreflightReport } from "../../lib/cli/preflight/report";
import { resetEmulator } from "../../tools/embedded/emulator";
import { awsEnvironment, childEnvironment } from "../../tools/embedded/environment";
import { raiseQuotas } from "../../tools/embedded/quotas";
import { REPOSITORY } from "../../tools/embedded/repository";
import { Session } from "../../tools/embedded/session";
import { findToolchain } from "../../tools/embedded/toolchain";
import { BLOCK, facts, REGION, RESERVED, stackJson, writeStacks, ZONE } from "../cli/preflight/fixtures";

const folder = mkdtempSync(join(tmpdir(), "aidc-preflight-"));
const out = join(folder, "cdktf.out");
let session: Session;
let url: string;
let ec2: EC2Client;
let groups: ResourceGroupsClient;

beforeAll(async () => {
  const options = { stage: "prod", port: 0, keep: false, json: false, withFileSystems: false, training: false };
  const run = { ...options, workDir: join(folder, "work") };
  session = await Session.open(run, process.env, findToolchain(), () => undefined);
  ({ url } = await session.startEmulator());
  const settings = { region: REGION, endpoint: url, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  ec2 = new EC2Client(settings);
  groups = new ResourceGroupsClient(settings);
});

afterAll(async () => {
  ec2.destroy();
  groups.destroy();
  await session.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  rmSync(out, { recursive: true, force: true });
  await resetEmulator(session.emulator);
});

type Overrides = Readonly<Record<string, string | undefined>>;

async function preflight(parameters: readonly string[] = [], overrides: Overrides = {}) {
  const env = { ...childEnvironment(process.env, session.workspace.home), ...awsEnvironment(url), ...overrides };
  const command = [join(REPOSITORY, "dist/lib/cli/main.js"), "preflight", "prod", "--out", out, ...parameters];
  const child = spawn(process.execPath, command, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [status] = (await once(child, "close")) as [number | null];
  return { status, stdout, stderr: stderr.replaceAll(`${out}/`, "") };
}

/** The status of the check of each pool: "reservation training: ok". */
async function statuses(): Promise<string[]> {
  const { stdout } = await preflight(["--json"]);
  const { places } = JSON.parse(stdout) as PreflightReport;
  return places.flatMap(({ findings }) =>
    findings.map(({ check, pools, status }) => `${check} ${pools.join()}: ${status}`),
  );
}

const raise = (code: string, vcpus: number) => raiseQuotas(url, [{ region: REGION, code, name: code, vcpus }]);

async function reserve(more: object = {}): Promise<{ readonly id: string; readonly arn: string }> {
  const request = {
    InstanceType: "p5.48xlarge",
    InstancePlatform: "Linux/UNIX" as const,
    AvailabilityZone: ZONE,
    InstanceCount: 4,
    InstanceMatchCriteria: "targeted" as const,
  };
  const { CapacityReservation: made } = await ec2.send(new CreateCapacityReservationCommand({ ...request, ...more }));
  return { id: made?.CapacityReservationId ?? "", arn: made?.CapacityReservationArn ?? "" };
}

/** Buys a block of 4 p5.48xlarge. @returns its id and window */
async function buyBlock() {
  const question = { InstanceType: "p5.48xlarge", InstanceCount: 4, CapacityDurationHours: 168 };
  const { CapacityBlockOfferings } = await ec2.send(new DescribeCapacityBlockOfferingsCommand(question));
  const offering = CapacityBlockOfferings?.find(({ AvailabilityZone }) => AvailabilityZone === ZONE);
  const purchase = {
    CapacityBlockOfferingId: offering?.CapacityBlockOfferingId,
    InstancePlatform: "Linux/UNIX" as const,
  };
  const { CapacityReservation } = await ec2.send(new PurchaseCapacityBlockCommand(purchase));
  const text = (time: Date | undefined, before = 0) =>
    new Date((time?.getTime() ?? 0) - before * 60_000).toISOString().replace(".000Z", "Z");
  const [start, end] = [text(offering?.StartDate), text(offering?.EndDate)];
  const window = { start, drainFrom: text(offering?.EndDate, 40), reclaimFrom: text(offering?.EndDate, 30), end };
  return { id: CapacityReservation?.CapacityReservationId ?? "", window };
}

async function launch(more: Partial<RunInstancesCommandInput> = {}, tags: Record<string, string> = {}): Promise<void> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await ec2.send(
    new RunInstancesCommand({
      ImageId: "ami-12345678",
      InstanceType: "p5.48xlarge",
      MinCount: 1,
      MaxCount: 1,
      ...(Tags.length === 0 ? {} : { TagSpecifications: [{ ResourceType: "instance", Tags }] }),
      ...more,
    }),
  );
}

test("a new account has no quota, which no plan of the capacity itself would tell", async () => {
  writeStacks(out, { "prod-cluster": stackJson({ training: facts() }) });
  const { status, stdout } = await preflight();
  expect(status).toBe(1);
  expect(stdout).toContain("Running On-Demand P instances (L-417A185B): limit 0, used 0, free 0, needed 768 vCPUs");
  expect(stdout).toContain("remedy: Ask for 768 vCPUs or more in Service Quotas, or lower maxNodes.");
});

test("passes a stage with a pool of each kind, once the account has what they ask for", async () => {
  await ec2.send(new CreatePlacementGroupCommand({ GroupName: "close", Strategy: "cluster" }));
  const group = { PlacementGroupArn: "arn:aws:ec2:us-east-1:123456789012:placement-group/close" };
  const { id: reservation } = await reserve(group);
  const { id: block, window } = await buyBlock();
  for (const code of ["L-417A185B", "L-DA6814F2", "L-3819A6DF"]) await raise(code, 10_000);
  writeStacks(out, {
    "prod-foundation": stackJson({}),
    "prod-cluster": stackJson({
      training: facts(),
      reserved: facts({ ...RESERVED, reservation, placementGroupName: "close" }),
      sprint: facts({ ...BLOCK, reservation: block, window }),
      cheap: facts({
        instanceType: "g6e.48xlarge",
        capacityKind: CapacityKind.SPOT,
        quotaCode: "L-3819A6DF",
        quotaName: "All G and VT Spot Instance Requests",
      }),
    }),
  });
  const { status, stdout, stderr } = await preflight();
  expect({ status, stderr: stderr.replace(/^\(node:\d+\) Warning: NodeVersionSupportWarning[^]*/, "") }).toEqual({
    status: 0,
    stderr: "",
  });
  expect(stdout).toContain("prod: nothing stands in the way (");
  expect(stdout).toContain(`${reservation} (active): 4 of 4 x p5.48xlarge free in us-east-1a`);
  expect(stdout).toContain(`${block} (scheduled): 4 x p5.48xlarge in us-east-1a, ${window.start} to ${window.end}`);
});

test("counts what runs, the stage's own nodes apart", async () => {
  await raise("L-417A185B", 1100);
  await launch();
  await launch({}, { Stage: "prod" });
  await launch({ InstanceType: "p4d.24xlarge" });
  await launch({ InstanceMarketOptions: { MarketType: "spot" } });
  writeStacks(out, { "prod-cluster": stackJson({ training: facts() }) });
  const { status, stdout } = await preflight();
  expect(stdout).toContain("limit 1100, used 480, 192 of them by this stage, free 620, needed 768 vCPUs");
  expect(status).toBe(0);
  await launch();
  expect((await preflight()).stdout).toMatch(/warning +quota +training .*: limit 1100, used 672,/);
});

test("asks EC2 for the vCPUs of a type that the catalog does not know whole", async () => {
  await raise("L-DB2E81BA", 1000);
  await launch({ InstanceType: "g6f.2xlarge" });
  const quota = { quotaCode: "L-DB2E81BA", quotaName: "Running On-Demand G and VT instances" };
  writeStacks(out, { "prod-cluster": stackJson({ serving: facts({ instanceType: "g6e.48xlarge", ...quota }) }) });
  const { status, stdout } = await preflight();
  expect(stdout).toContain("limit 1000, used 8, free 992, needed 768 vCPUs");
  expect(status).toBe(0);
});

test("finds a type that a zone does not have", async () => {
  await raise("L-417A185B", 10_000);
  writeStacks(out, { "prod-cluster": stackJson({ training: facts({ instanceType: "p6-b200.48xlarge" }) }) });
  const { status, stdout } = await preflight();
  expect(status).toBe(1);
  expect(stdout).toContain("p6-b200.48xlarge is not offered in us-east-1a, but in us-east-1c");
});

test("finds what is wrong with reservations: another type, a block, one that is full, one that is not there", async () => {
  await raise("L-417A185B", 10_000);
  const { id: other } = await reserve({ InstanceType: "p5en.48xlarge" });
  const { id: full } = await reserve();
  const { id: block, window } = await buyBlock();
  const target = { CapacityReservationTarget: { CapacityReservationId: full } };
  await launch({ CapacityReservationSpecification: target });
  const named = (reservation: string) => facts({ ...RESERVED, reservation });
  const pools = { other: named(other), full: named(full), block: named(block), gone: named("cr-0123456789abcdef0") };
  writeStacks(out, { "prod-cluster": stackJson(pools) });
  const found = await statuses();
  expect(found).toEqual(
    expect.arrayContaining([
      "reservation other: trouble",
      "reservation full: warning",
      "reservation block: trouble",
      "reservation gone: trouble",
    ]),
  );
  const { status, stdout } = await preflight();
  expect(status).toBe(1);
  expect(stdout).toContain("it is of p5en.48xlarge, not of p5.48xlarge");
  expect(stdout).toContain("it has 3 of 4 instances free, and maxNodes add up to 4");
  expect(stdout).toContain(
    `Use Capacity.block("${block}", "us-east-1a", { start: "${window.start}", end: "${window.end}" }).`,
  );
  expect(stdout).toContain("cr-0123456789abcdef0 does not exist in us-east-1");
});

test("finds a block whose window is not the one that the stage states", async () => {
  await raise("L-DA6814F2", 10_000);
  const { id, window } = await buyBlock();
  writeStacks(out, { "prod-cluster": stackJson({ sprint: facts({ ...BLOCK, reservation: id }) }) });
  const { status, stdout } = await preflight();
  expect(status).toBe(1);
  expect(stdout).toContain(`it runs from ${window.start} to ${window.end}, and the pool states`);
});

test("looks into a resource group", async () => {
  await raise("L-417A185B", 10_000);
  const parameters = [{ Name: "allowed-resource-types", Values: ["AWS::EC2::CapacityReservation"] }];
  const configuration = [
    { Type: "AWS::EC2::CapacityReservationPool" },
    { Type: "AWS::ResourceGroups::Generic", Parameters: parameters },
  ];
  const { Group } = await groups.send(new CreateGroupCommand({ Name: "gpus", Configuration: configuration }));
  const arn = Group?.GroupArn ?? "";
  writeStacks(out, { "prod-cluster": stackJson({ reserved: facts({ ...RESERVED, reservation: arn }) }) });
  expect(await statuses()).toContain("reservation reserved: trouble");
  const { arn: member } = await reserve();
  await groups.send(new GroupResourcesCommand({ Group: arn, ResourceArns: [member] }));
  const { status, stdout } = await preflight();
  expect(stdout).toContain(`${arn}: 1 of 1 reservation fit, 4 of 4 instances free`);
  expect(status).toBe(0);
});

test("asks as the role that the provider assumes", async () => {
  const account = "210987654321";
  const role_arn = `arn:aws:iam::${account}:role/deploy`;
  const provider = { allowed_account_ids: [account], assume_role: [{ role_arn }] };
  writeStacks(out, { "prod-cluster": stackJson({}, provider) });
  const { status, stdout } = await preflight();
  expect(stdout).toContain(`prod-cluster: account ${account}, us-east-1`);
  expect(status).toBe(0);
});

describe("cannot judge, with exit 2 and nothing on standard output,", () => {
  const pools = { training: facts() };

  test("without a synthesized stage", async () => {
    expect(await preflight()).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(/^stacks: no stack of stage prod; no stacks are there; synthesize first/) as string,
    });
  });

  test("in another account", async () => {
    writeStacks(out, { "prod-cluster": stackJson(pools, { allowed_account_ids: ["210987654321"] }) });
    expect(await preflight()).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining(
        "the credentials are of account 123456789012, and the stage deploys to 210987654321",
      ) as string,
    });
  });

  test("without credentials", async () => {
    writeStacks(out, { "prod-cluster": stackJson(pools) });
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    expect(await preflight([], none)).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining("no AWS credentials are found. Log in, or set AWS_PROFILE") as string,
    });
  });

  test("when nobody answers", async () => {
    writeStacks(out, { "prod-cluster": stackJson(pools) });
    expect(await preflight([], { AWS_ENDPOINT_URL: "http://127.0.0.1:1" })).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining("sts:GetCallerIdentity is not answered (ECONNREFUSED)") as string,
    });
  });
});

test("has asked for nothing but what the documented policy allows", () => {
  const text = readFileSync(join(REPOSITORY, "docs/preflight.md"), "utf8");
  const policy = JSON.parse(/```json\n(\{\s+"Version"[^]*?)```/.exec(text)?.[1] ?? "{}") as {
    readonly Statement: readonly { readonly Action: readonly string[] }[];
  };
  const allowed = policy.Statement.flatMap(({ Action }) => Action.map((action) => action.split(":")[1]));
  // The role of the provider, and what the tests themselves do to plant things.
  const planted = /^AssumeRole$|^(Create|Run|Purchase|Group|Request)|^DescribeCapacityBlockOfferings$|^None$/;
  const lines = readFileSync(session.workspace.requestLog, "utf8").trim().split("\n");
  const asked = lines.map((line) => (JSON.parse(line) as { action: string | null }).action ?? "None");
  const others = [...new Set(asked)].filter((action) => !planted.test(action) && !allowed.includes(action));
  expect(others).toEqual([]);
  expect(asked).toContain("GetServiceQuota");
});

test("every accelerator type of the catalog is offered in some zone of the embedded us-east-1", async () => {
  const types = [...Object.keys(INSTANCE_TYPES), ...Object.keys(INCOMPLETE_INSTANCE_TYPES)];
  const question = {
    LocationType: "availability-zone" as const,
    Filters: [{ Name: "instance-type" as const, Values: types }],
  };
  const offered = new Set<string>();
  for await (const { InstanceTypeOfferings = [] } of paginateDescribeInstanceTypeOfferings({ client: ec2 }, question)) {
    for (const { InstanceType = "" } of InstanceTypeOfferings) offered.add(InstanceType);
  }
  expect(types.filter((type) => !offered.has(type))).toEqual([]);
});
