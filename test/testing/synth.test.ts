import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  removeTestFolders,
  synthApp,
  SynthesisFailure,
  synthStack,
  testApp,
  testStack,
} from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { Annotations, Construct, TerraformOutput, TerraformStack } from "../../lib/terraform/cdktf";
import { Aspects } from "cdktf";
import { AwsProvider, CloudwatchLogGroup, Vpc } from "../../lib/terraform/aws";

function plainStack(app = testApp(), id = "plain"): TerraformStack {
  const stack = new TerraformStack(app, id);
  new AwsProvider(stack, "Aws", { region: "us-east-1" });
  return stack;
}

test("gives every section, with sorted keys, and leaves metadata, backend and versions out", () => {
  const stack = testStack();
  new Vpc(stack, "Vpc", { tags: { b: "2", a: "1" }, cidrBlock: "10.0.0.0/16" });
  expect(JSON.stringify(synthStack(stack), null, 2)).toMatchInlineSnapshot(`
"{
  "data": {},
  "moved": [],
  "output": {},
  "provider": {
    "aws": [
      {
        "allowed_account_ids": [
          "123456789012"
        ],
        "default_tags": [
          {
            "tags": {
              "ManagedBy": "cdktf-ai-datacenter",
              "Stack": "test",
              "Stage": "test"
            }
          }
        ],
        "region": "us-east-1"
      }
    ]
  },
  "resource": {
    "aws_vpc": {
      "Vpc": {
        "cidr_block": "10.0.0.0/16",
        "tags": {
          "a": "1",
          "b": "2"
        }
      }
    }
  },
  "terraform": {
    "required_providers": {
      "aws": {
        "source": "hashicorp/aws"
      }
    }
  }
}"
`);
});

test("keeps backend and versions when asked", () => {
  const { terraform } = synthStack(testStack(), { backend: true, versions: true });
  expect(terraform).toMatchObject({ backend: { local: {} } });
  expect(terraform).toHaveProperty("required_providers.aws.version");
});

test("gives the same text twice", () => {
  const stack = testStack();
  new Vpc(stack, "Vpc", {});
  expect(JSON.stringify(synthStack(stack))).toBe(JSON.stringify(synthStack(stack)));
});

test("runs aspects", () => {
  const stack = testStack();
  const vpc = new Vpc(stack, "Vpc", {});
  Aspects.of(stack).add({ visit: (node) => void (node === vpc && vpc.addOverride("tags.Seen", "yes")) });
  expect(synthStack(stack)).toHaveResource("aws_vpc", { tags: { Seen: "yes" } });
});

test("lists all failed validations and error annotations with their paths", () => {
  const stack = testStack();
  const [a, b] = [new Construct(stack, "A"), new Construct(stack, "B")];
  a.node.addValidation({ validate: () => ["first", "second"] });
  Annotations.of(b).addError("third");
  Annotations.of(b).addWarning("no problem");
  const failure = catchFailure(() => synthStack(stack));
  expect(failure.problems).toEqual([
    { path: "test/A", message: "first" },
    { path: "test/A", message: "second" },
    { path: "test/B", message: "third" },
  ]);
  expect(failure.message).toContain("3 problem(s)");
  expect(failure.message).toContain("test/B: third");
});

test("tells the problems even where rendering fails, as they often explain it", () => {
  const stack = testStack();
  const vpc = new Vpc(stack, "Vpc", {});
  vpc.toTerraform = () => {
    throw new Error("cannot be rendered");
  };
  stack.prepareStack = () => undefined;
  expect(() => synthStack(stack)).toThrow("cannot be rendered");
  stack.node.addValidation({ validate: () => ["the reason"] });
  expect(() => synthStack(stack)).toThrow("the reason");
});

test("shows references between stacks on both sides, in whatever order the stacks are synthesized", () => {
  const app = testApp();
  const [producer, consumer] = [plainStack(app, "producer"), plainStack(app, "consumer")];
  const vpc = new Vpc(producer, "Vpc", {});
  new CloudwatchLogGroup(consumer, "Group", { name: vpc.id });
  expect(Object.keys(synthStack(producer).output)).toEqual(["cross-stack-output-aws_vpcVpcid"]);
  expect(JSON.stringify(synthStack(consumer).data)).toContain("terraform_remote_state");
});

test("writes no folder of this machine", () => {
  const app = testApp();
  const [producer, consumer] = [plainStack(app, "producer"), plainStack(app, "consumer")];
  new CloudwatchLogGroup(consumer, "Group", { name: new Vpc(producer, "Vpc", {}).id });
  new TerraformOutput(consumer, "Where", { value: `${app.outdir}/x and ${process.cwd()}/y` });
  const text = JSON.stringify(synthApp(app), null, 2);
  expect(text).not.toContain(process.cwd());
  expect(text).not.toContain(app.outdir);
  expect(text).toContain("<outdir>/x and <cwd>/y");
});

test("synthesizes every stack of an app by id", () => {
  const app = testApp();
  testStack({ app, id: "one" });
  testStack({ app, id: "two" });
  expect(Object.keys(synthApp(app))).toEqual(["one", "two"]);
});

test("lists the problems of all stacks and of the app together", () => {
  const app = testApp();
  for (const id of ["one", "two"]) testStack({ app, id }).node.addValidation({ validate: () => [`${id} is wrong`] });
  app.node.addValidation({ validate: () => ["the app is wrong"] });
  expect(catchFailure(() => synthApp(app)).problems).toEqual([
    { path: "one", message: "one is wrong" },
    { path: "two", message: "two is wrong" },
    { path: "(app)", message: "the app is wrong" },
  ]);
});

test("removes the folders it made, and only those", () => {
  const [made, given] = [testApp().outdir, mkdtempSync(join(tmpdir(), "aidc-given-"))];
  testApp({ outdir: given });
  removeTestFolders();
  expect([existsSync(made), existsSync(given)]).toEqual([false, true]);
  rmSync(given, { recursive: true });
});

test("passes context to the app", () => {
  expect(testApp({ context: { answer: 42 } }).node.tryGetContext("answer")).toBe(42);
  expect(testStack({ context: { answer: 42 } }).node.tryGetContext("answer")).toBe(42);
});

function catchFailure(action: () => unknown): SynthesisFailure {
  try {
    action();
  } catch (error) {
    if (error instanceof SynthesisFailure) return error;
  }
  throw new Error("expected a SynthesisFailure");
}
