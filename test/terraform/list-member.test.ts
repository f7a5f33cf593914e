import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listMember } from "cdktf-ai-datacenter/core";
import { synthStack, testStack } from "cdktf-ai-datacenter/testing";
import { Vpc } from "../../lib/terraform/aws";
import { TerraformOutput } from "../../lib/terraform/cdktf";

const folder = mkdtempSync(join(tmpdir(), "aidc-list-member-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What Terraform gives for a member of "a,b,c", which it learns from a resource that needs no provider. */
function planned(index: number): string {
  const stack = testStack();
  const { id } = new Vpc(stack, "Vpc", {});
  new TerraformOutput(stack, "Member", { value: listMember(id, index) });
  const { output } = synthStack(stack);
  const resource = { terraform_data: { joined: { input: "a,b,c" } } };
  const text = JSON.stringify({ output, resource }).replaceAll("aws_vpc.Vpc.id", "terraform_data.joined.input");
  writeFileSync(join(folder, "main.tf.json"), text);
  return terraform("plan", "-input=false", "-no-color");
}

function terraform(...parameters: string[]): string {
  const env = { PATH: process.env.PATH, HOME: folder, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
  return execFileSync("terraform", parameters, {
    cwd: folder,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

beforeAll(() => {
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ resource: { terraform_data: { joined: {} } } }));
  terraform("init", "-input=false");
});

test("gives each member of a list by its index", () => {
  const members = [0, 1, 2].map((index) => /Member *= "(.*)"/.exec(planned(index))?.[1]);
  expect(members).toEqual(["a", "b", "c"]);
});

test("stops the plan where the list is too short, and gives no other member", () => {
  expect(() => planned(3)).toThrow("Invalid index");
});
