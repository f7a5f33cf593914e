import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../../lib/cli/cli";

const folder = mkdtempSync(join(tmpdir(), "aidc-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BUCKET = "aws_s3_bucket.Store_Resource_1A2B3C4D";
const bucket = (actions: string[], more = {}) => ({
  address: BUCKET,
  mode: "managed",
  type: "aws_s3_bucket",
  change: { actions, before: {}, after: null },
  ...more,
});
const plan = (...resource_changes: unknown[]) => ({ format_version: "1.2", planned_values: {}, resource_changes });

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  return path;
}

async function run(
  parameters: string[],
  stdin = "",
): Promise<{ readonly status: number; readonly out: string; readonly error: string }> {
  let [out, error] = ["", ""];
  const status = await runCli(parameters, {
    out: (text) => void (out += text),
    error: (text) => void (error += text),
    stdin: () => Buffer.from(stdin),
  });
  return { status, out: out.replaceAll(`${folder}/`, ""), error: error.replaceAll(`${folder}/`, "") };
}

const harmless = file("harmless.json", plan(bucket(["update"])));
const deleting = file(
  "deleting.json",
  plan(bucket(["delete"], { action_reason: "delete_because_no_resource_config" })),
);

test("passes a plan that destroys nothing protected", async () => {
  expect(await run(["guard", harmless])).toEqual({
    status: 0,
    out: "harmless.json: no protected resource is destroyed without being named\n",
    error: "",
  });
});

test("refuses a plan that does, and tells address, action, reason, loss and remedy", async () => {
  const { status, out } = await run(["guard", deleting]);
  expect(status).toBe(1);
  expect(out).toMatchInlineSnapshot(`
"REFUSED  aws_s3_bucket.Store_Resource_1A2B3C4D
  delete: it is no longer in the configuration
  lost: the objects are lost: data sets, checkpoints or state; the name may be taken by others
  remedy: if it was renamed in code, move it (moveFromId); or name it if it may go: --allow-destroy 'aws_s3_bucket.Store_Resource_1A2B3C4D'
deleting.json: refused, 1 protected resource would be destroyed
"
`);
});

test("passes it when the address is named", async () => {
  const { status, out } = await run(["guard", deleting, "--allow-destroy", BUCKET]);
  expect(status).toBe(0);
  expect(out).toContain(`allowed  ${BUCKET}`);
});

test("judges several plans together: one refusal refuses all, and an address may stand in any", async () => {
  const { status, out } = await run(["guard", harmless, deleting]);
  expect(status).toBe(1);
  expect(out).toContain("harmless.json: no protected resource");
  expect(out).toContain("deleting.json: refused");
  const other = file("other.json", plan());
  expect((await run(["guard", other, deleting, "--allow-destroy", BUCKET])).status).toBe(0);
});

test("takes an address that no plan knows for a slip of the pen", async () => {
  const { status, error, out } = await run(["guard", harmless, deleting, "--allow-destroy", "aws_s3_bucket.Store"]);
  expect([status, out]).toEqual([2, ""]);
  expect(error).toContain("--allow-destroy names what is in none of the plans");
  expect(error).toContain("  aws_s3_bucket.Store\n");
});

test("notes a named address that the plan keeps, and what is forgotten", async () => {
  expect(await run(["guard", harmless, "--allow-destroy", BUCKET])).toMatchObject({
    status: 0,
    out: expect.stringContaining(`note     ${BUCKET}: allowed by name, but this plan does not destroy it`),
  });
  const forgetting = file("forgetting.json", plan(bucket(["forget"])));
  expect(await run(["guard", forgetting])).toMatchObject({
    status: 0,
    out: expect.stringContaining(`note     ${BUCKET}: leaves the state and stays in the account`),
  });
});

test("offers another way for a replacement and for a deposed object", async () => {
  const replacing = file("replacing.json", plan(bucket(["delete", "create"])));
  expect((await run(["guard", replacing])).out).toContain("remedy: take the change back; or name it");
  const deposed = file("deposed.json", plan(bucket(["delete"], { deposed: "00aabb11" })));
  expect((await run(["guard", deposed])).out).toContain("remedy: see what it still holds, then name it");
});

test("reads the standard input", async () => {
  expect(await run(["guard", "-"], JSON.stringify(plan(bucket(["delete"]))))).toMatchObject({
    status: 1,
    out: expect.stringContaining("stdin: refused"),
  });
});

test("writes a report as JSON", async () => {
  const { status, out } = await run(["guard", deleting, harmless, "--json"]);
  expect(status).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    refused: true,
    plans: [{ refused: [{ address: BUCKET, action: "delete" }] }, { refused: [] }],
  });
});

test.each<[string, string | Buffer | object, string]>([
  ["an empty file", "", "it is empty"],
  ["a binary plan", "PK\u0003\u0004", "this is a binary plan; write one with: terraform plan -out plan.bin"],
  ["the log of plan -json", '{"@level":"info"}\n{"@level":"info"}', "this is not the JSON of a plan"],
  ["a list", "[]", "this is not the JSON of a plan"],
  ["a state", { format_version: "1.0", values: {} }, "this is a state, not a plan"],
  ["some JSON", { name: "x" }, "this is not a Terraform plan"],
  ["a newer format", { ...plan(), format_version: "2.0" }, "plan format 2.0 is not known here"],
  ["a failed plan", { ...plan(), errored: true }, "planning failed"],
  ["changes of a form that it does not know", plan({ address: "x" }), "its resource_changes have a form"],
])("cannot judge %s", async (_what, content, message) => {
  const { status, error, out } = await run(["guard", file("odd.json", content)]);
  expect([status, out]).toEqual([2, ""]);
  expect(error).toContain(`odd.json: ${message}`);
});

test("cannot judge a file that is not there", async () => {
  expect(await run(["guard", join(folder, "none.json")])).toMatchObject({
    status: 2,
    error: "none.json: it cannot be read (ENOENT)\n",
  });
});

test("reads what PowerShell redirects, and a plan without changes", async () => {
  const text = JSON.stringify(plan(bucket(["delete"])));
  expect((await run(["guard", file("utf16.json", Buffer.from(`\uFEFF${text}`, "utf16le"))])).status).toBe(1);
  expect((await run(["guard", file("bom.json", `\uFEFF${text}`)])).status).toBe(1);
  expect((await run(["guard", file("none.json", { format_version: "1.2", planned_values: {} })])).status).toBe(0);
});

test("answers a wrong call with status 2, help and version with 0", async () => {
  expect((await run(["guard"])).status).toBe(2);
  expect(await run(["gaurd", harmless])).toMatchObject({ status: 2, error: expect.stringContaining("gaurd") });
  expect((await run(["guard", harmless, "--allow"])).status).toBe(2);
  expect(await run(["--version"])).toMatchObject({ status: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  expect(await run(["guard", "--help"])).toMatchObject({
    status: 0,
    out: expect.stringContaining("Exit status: 0 nothing refused"),
  });
});
