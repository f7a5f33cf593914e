import { listMember } from "cdktf-ai-datacenter/core";
import { synthStack, testStack } from "cdktf-ai-datacenter/testing";
import { Vpc } from "../../lib/terraform/aws";
import { TerraformOutput } from "../../lib/terraform/cdktf";
import { PlainTerraform } from "./plain-terraform";

const terraform = new PlainTerraform();
afterAll(() => terraform.remove());

/** What Terraform gives for a member of "a,b,c", which it learns from a resource that needs no provider. */
function planned(index: number): string {
  const stack = testStack();
  const { id } = new Vpc(stack, "Vpc", {});
  new TerraformOutput(stack, "Member", { value: listMember(id, index) });
  const { output } = synthStack(stack);
  const resource = { terraform_data: { joined: { input: "a,b,c" } } };
  const text = JSON.stringify({ output, resource }).replaceAll("aws_vpc.Vpc.id", "terraform_data.joined.input");
  terraform.write(text);
  return terraform.run("plan", "-input=false", "-no-color");
}

beforeAll(() => {
  terraform.write({ resource: { terraform_data: { joined: {} } } });
  terraform.run("init", "-input=false");
});

test("gives each member of a list by its index", () => {
  const members = [0, 1, 2].map((index) => /Member *= "(.*)"/.exec(planned(index))?.[1]);
  expect(members).toEqual(["a", "b", "c"]);
});

test("stops the plan where the list is too short, and gives no other member", () => {
  expect(() => planned(3)).toThrow("Invalid index");
});
