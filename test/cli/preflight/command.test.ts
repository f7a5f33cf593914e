import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cloud, CloudFailure } from "../../../lib/cli/preflight/cloud";
import type { PreflightReport } from "../../../lib/cli/preflight/report";
import type { Place } from "../../../lib/cli/preflight/stage";
import { preflightCommand } from "../../../lib/cli/preflight-command";
import {
  BLOCK,
  block,
  cloud,
  facts,
  GROUP,
  ID,
  instance,
  NOW,
  RESERVED,
  reservation,
  stackJson,
  writeStacks,
} from "./fixtures";

const out = mkdtempSync(join(tmpdir(), "aidc-preflight-"));
afterAll(() => rmSync(out, { recursive: true }));
beforeEach(() => {
  rmSync(join(out, "stacks"), { recursive: true, force: true });
});

const never = () => Promise.reject(new Error("nobody should ask this"));
const denied = (action: string) => () =>
  Promise.reject(new CloudFailure(`the credentials may not ask ${action}`, "Allow it."));

async function run(account: Partial<Cloud> | ((place: Place) => Cloud), json = false, stage = "prod") {
  let [text, error] = ["", ""];
  const io = {
    out: (more: string) => void (text += more),
    error: (more: string) => void (error += more),
    stdin: () => Buffer.from(""),
  };
  const open = (place: Place) => Promise.resolve(typeof account === "function" ? account(place) : cloud(account));
  const status = await preflightCommand(stage, { out, json }, io, { open, now: () => NOW, env: {} });
  return { status, text, error: error.replaceAll(`${out}/`, "") };
}

test("passes a stage that has all it needs, with a table for people", async () => {
  writeStacks(out, {
    "prod-foundation": stackJson({}),
    "prod-cluster": stackJson({ training: facts(), reserved: facts(RESERVED) }),
  });
  const { status, text, error } = await run({ reservations: () => Promise.resolve([reservation()]) });
  expect({ status, error }).toEqual({ status: 0, error: "" });
  expect(text).toMatchInlineSnapshot(`
   "prod-cluster, prod-foundation: account 123456789012, us-east-1
   Status  Check        Pools               Found
   ok      identity     -                   account 123456789012, as the provider states
   ok      offering     training            p5.48xlarge is offered in us-east-1a
   ok      offering     reserved            p5.48xlarge is offered in us-east-1a
   ok      quota        training, reserved  Running On-Demand P instances (L-417A185B): limit 10000, used 768, 768 of them by this stage, free 9232, needed 1536 vCPUs
   ok      reservation  reserved            cr-0123456789abcdef0 (active): 4 of 4 x p5.48xlarge free in us-east-1a

   prod: nothing stands in the way (5 checks, 0 trouble, 0 warnings, 0 unknown)
   "
  `);
});

test("refuses a stage that will fail, and tells everything that stands in the way at once", async () => {
  writeStacks(out, { "prod-cluster": stackJson({ training: facts(), sprint: facts(BLOCK) }) });
  const { status, text } = await run({
    offeredZones: () => Promise.resolve(["us-east-1c"]),
    quota: () => Promise.resolve({ value: 0, isDefault: true }),
    instances: () => Promise.resolve([instance()]),
    reservations: () => Promise.resolve([block({ total: 2 })]),
  });
  expect(status).toBe(1);
  expect(text).toMatchInlineSnapshot(`
   "prod-cluster: account 123456789012, us-east-1
   Status   Check     Pools     Found
   ok       identity  -         account 123456789012, as the provider states
   TROUBLE  offering  training  p5.48xlarge is not offered in us-east-1a, but in us-east-1c
                                remedy: Choose one of these zones.
   warning  offering  sprint    p5.48xlarge is not offered in us-east-1a, but in us-east-1c
                                remedy: Choose one of these zones.
   TROUBLE  quota     training  Running On-Demand P instances (L-417A185B): limit 0 (AWS's default), used 192, free 0, needed 768 vCPUs
                                remedy: Ask for 960 vCPUs or more in Service Quotas, or lower maxNodes.
   TROUBLE  quota     sprint    Concurrent P5 Capacity Blocks per account (L-DA6814F2): limit 0 (AWS's default), used 384, 384 of them by this stage, free 0, needed 768 vCPUs
                                remedy: Ask for 768 vCPUs or more in Service Quotas, or lower maxNodes.
   TROUBLE  block     sprint    cr-0123456789abcdef0 (scheduled): 2 x p5.48xlarge in us-east-1a, 2026-12-01T11:30:00Z to 2026-12-08T11:30:00Z; it holds 2 instances, and maxNodes add up to 4
                                remedy: Lower maxNodes to 2, or enlarge it.

   prod: a deploy will fail, or its nodes will not start (6 checks, 4 trouble, 1 warning, 0 unknown)
   "
  `);
});

test("passes with warnings", async () => {
  writeStacks(out, { "prod-cluster": stackJson({ training: facts({ quotaCode: undefined, quotaName: undefined }) }) });
  const { status, text } = await run({});
  expect(status).toBe(0);
  expect(text).toContain("prod: nothing stands in the way for certain (3 checks, 0 trouble, 1 warning, 0 unknown)");
});

test("writes one JSON document with every number", async () => {
  writeStacks(out, { "prod-cluster": stackJson({ training: facts() }) });
  const { status, text } = await run({}, true);
  const report = JSON.parse(text) as PreflightReport;
  expect(status).toBe(0);
  expect(report).toMatchObject({
    stage: "prod",
    status: "ok",
    places: [{ account: "123456789012", region: "us-east-1", stacks: ["prod-cluster"] }],
  });
  expect(report.places[0]?.findings[2]).toEqual({
    check: "quota",
    pools: ["training"],
    status: "ok",
    message: expect.any(String) as string,
    figures: { limit: 10_000, used: 0, own: 0, free: 10_000, needed: 768 },
  });
});

test("asks nothing of a wrong account, in whichever place it is", async () => {
  writeStacks(out, {
    "prod-east": stackJson({ training: facts() }),
    "prod-west": stackJson({ serving: facts() }, { region: "us-west-2", allowed_account_ids: ["210987654321"] }),
  });
  const { status, text, error } = await run({
    offeredZones: never,
    quota: never,
    instances: never,
    reservations: never,
  });
  expect({ status, text }).toEqual({ status: 2, text: "" });
  expect(error).toBe(
    "the credentials are of account 123456789012, and the stage deploys to 210987654321. Take credentials of that account, such as AWS_PROFILE of one of its roles.\n",
  );
});

test("checks every place by its own provider", async () => {
  writeStacks(out, {
    "prod-east": stackJson({ training: facts() }),
    "prod-west": stackJson({ serving: facts({ zones: ["us-west-2a"] }) }, { region: "us-west-2" }),
  });
  const { status, text } = await run((place) => cloud({ offeredZones: () => Promise.resolve([`${place.region}a`]) }));
  expect(status).toBe(0);
  expect(text).toContain("prod-east: account 123456789012, us-east-1\n");
  expect(text).toContain("prod-west: account 123456789012, us-west-2\n");
});

test("cannot judge when it may not ask, and says which permission is missing; the other checks go on", async () => {
  writeStacks(out, { "prod-cluster": stackJson({ training: facts() }) });
  const quota = denied("servicequotas:GetServiceQuota");
  const { status, text } = await run({ quota });
  expect(status).toBe(2);
  expect(text).toMatch(/ok +offering/);
  expect(text).toMatch(
    /UNKNOWN +quota +training +not judged: the credentials may not ask servicequotas:GetServiceQuota\n +remedy: Allow it\./,
  );
  expect(text).toContain("prod: not everything could be judged");
});

test("has trouble that is certain even when it could not judge the rest", async () => {
  writeStacks(out, { "prod-cluster": stackJson({ training: facts() }) });
  const { status } = await run({ quota: denied("x"), offeredZones: () => Promise.resolve([]) });
  expect(status).toBe(1);
});

test("cannot judge without a stage, or without credentials", async () => {
  expect(await run({ account: never })).toMatchObject({
    status: 2,
    error: expect.stringContaining("no stack of stage prod") as string,
  });
  writeStacks(out, { "prod-cluster": stackJson({ training: facts() }) });
  const account = () => Promise.reject(new CloudFailure("no AWS credentials are found", "Log in."));
  expect(await run({ account })).toEqual({ status: 2, text: "", error: "no AWS credentials are found. Log in.\n" });
});

test("hides no error of its own", async () => {
  writeStacks(out, { "prod-cluster": stackJson({ training: facts() }) });
  await expect(run({ quota: never })).rejects.toThrow("nobody should ask this");
});

test("adds up the nodes of pools that share a reservation, and the stage's own nodes in it", async () => {
  const half = (maxNodes: number) => facts({ ...RESERVED, maxNodes });
  writeStacks(out, { "prod-cluster": stackJson({ a: half(3), b: half(2) }) });
  const reservations = () => Promise.resolve([reservation({ total: 5, available: 3 })]);
  const ours = instance({ reservation: ID, tags: { Stage: "prod" } });
  const theirs = instance({ reservation: ID, tags: { Stage: "dev" } });
  const findings = async (...instances: (typeof ours)[]) => {
    const { text } = await run({ reservations, instances: () => Promise.resolve(instances) }, true);
    const [place] = (JSON.parse(text) as PreflightReport).places;
    return place?.findings.filter(({ check }) => check === "reservation").map(({ status }) => status);
  };
  expect(await findings(ours, ours)).toEqual(["ok", "ok"]);
  expect(await findings(ours, theirs)).toEqual(["warning", "warning"]);
});

test("looks into a resource group, and tells of one that is not there", async () => {
  writeStacks(out, { "prod-cluster": stackJson({ training: facts({ ...RESERVED, reservation: GROUP }) }) });
  const reservations = () => Promise.resolve([reservation()]);
  const full = await run({ reservations, groupMembers: () => Promise.resolve([ID, "cr-9"]) });
  expect(full).toMatchObject({
    status: 0,
    text: expect.stringContaining("1 of 2 reservations fit, 4 of 4 instances free; it also holds cr-9") as string,
  });
  const none = await run({ reservations });
  expect(none).toMatchObject({
    status: 1,
    text: expect.stringContaining(`${GROUP} does not exist in us-east-1`) as string,
  });
});

test("says what is not there, and what it did not look at", async () => {
  const unresolved = "${data.aws_ssm_parameter.reservation.value}";
  writeStacks(out, {
    "prod-cluster": stackJson({ gone: facts(RESERVED), later: facts({ ...RESERVED, reservation: unresolved }) }),
  });
  const { status, text } = await run({});
  expect(status).toBe(1);
  expect(text).toMatch(/TROUBLE +reservation +gone +cr-0123456789abcdef0 does not exist in us-east-1/);
  expect(text).toContain(`not looked at: ${unresolved} is known to Terraform alone`);
});
