import { guardPlan } from "../../lib/cli/guard";
import { readPlan } from "../../lib/cli/plan";
import { PlainTerraform } from "./plain-terraform";

const terraform = new PlainTerraform();
afterAll(() => terraform.remove());

const version = (triggers_replace: string) => ({ triggers_replace });

test("judges a plan of Terraform's own: deletion, replacement, move, removal and change", () => {
  const before = ["Deleted", "Replaced", "Moved", "Forgotten", "Kept"];
  terraform.write({ resource: { terraform_data: Object.fromEntries(before.map((name) => [name, version("1")])) } });
  terraform.run("init", "-input=false");
  terraform.run("apply", "-auto-approve", "-input=false");
  terraform.write({
    resource: {
      terraform_data: { Replaced: version("2"), MovedTo: version("1"), Kept: { ...version("1"), input: "x" } },
    },
    moved: [{ from: "terraform_data.Moved", to: "terraform_data.MovedTo" }],
    removed: [{ from: "terraform_data.Forgotten", lifecycle: { destroy: false } }],
  });
  terraform.run("plan", "-input=false", "-out", "plan.bin");
  // No provider is at hand for a bucket; the form of a plan does not depend on the type.
  const json = terraform.run("show", "-json", "plan.bin").replaceAll("terraform_data", "aws_s3_bucket");
  const plan = readPlan(Buffer.from(json), "plan.json");
  expect(guardPlan(plan, ["aws_s3_bucket.Deleted"])).toMatchObject({
    refused: [
      {
        address: "aws_s3_bucket.Replaced",
        action: "replace",
        because: "changed: triggers_replace; the provider cannot change it in place",
      },
    ],
    allowed: [{ address: "aws_s3_bucket.Deleted", action: "delete", because: "it is no longer in the configuration" }],
    forgotten: [{ address: "aws_s3_bucket.Forgotten" }],
    unknown: [],
    idle: [],
  });
  expect(() => readPlan(Buffer.from(terraform.run("show", "-json")), "state.json")).toThrow(
    "this is a state, not a plan",
  );
});
