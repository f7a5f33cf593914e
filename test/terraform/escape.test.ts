import { escape, jsonText } from "cdktf-ai-datacenter/core";
import { synthStack, testStack } from "cdktf-ai-datacenter/testing";
import fc from "fast-check";
import { Vpc } from "../../lib/terraform/aws";
import { Fn, TerraformOutput, Token } from "../../lib/terraform/cdktf";
import { userText } from "../core/template-text";
import { PlainTerraform } from "./plain-terraform";

const stack = testStack();
const ID = new Vpc(stack, "Vpc", {}).id;
const SEED = 20261123;
const terraform = new PlainTerraform();
afterAll(() => terraform.remove());

const texts = fc.sample(userText, { seed: SEED, numRuns: 300 });
const mixed = fc.sample(fc.array(fc.oneof(userText, fc.constant(ID)), { minLength: 2, maxLength: 6 }), {
  seed: SEED,
  numRuns: 300,
});

/** What Terraform gives back for output values, by name, after the framework has written them. */
function applied(outputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  stack.node.tryRemoveChild("Value");
  new TerraformOutput(stack, "Value", { value: outputs });
  const written = synthStack(stack).output.Value?.value as Record<string, unknown>;
  const output = Object.fromEntries(Object.entries(written).map(([name, value]) => [name, { value }]));
  // The reference points to something that needs no provider.
  const text = JSON.stringify({ output, locals: { known: "vpc-1" } }).replaceAll("aws_vpc.Vpc.id", "local.known");
  terraform.write(text);
  terraform.run("init", "-input=false");
  terraform.run("apply", "-auto-approve", "-input=false");
  const given = JSON.parse(terraform.run("output", "-json")) as Record<string, { value: unknown }>;
  return Object.fromEntries(Object.entries(given).map(([name, { value }]) => [name, value]));
}

/** Terraform normalizes all text; pieces that combine across a border are normalized together. */
const normal = (text: string) => text.normalize("NFC");
const known = (pieces: readonly string[]) => normal(pieces.map((piece) => (piece === ID ? "vpc-1" : piece)).join(""));

test("gives every user text back from Terraform as it went in", () => {
  const outputs = Object.fromEntries(texts.map((text, index) => [`text${index}`, escape(text)]));
  const expected = Object.fromEntries(texts.map((text, index) => [`text${index}`, normal(text)]));
  expect(applied(outputs)).toEqual(expected);
});

test("gives user text around references back, with the values in their places", () => {
  const outputs = Object.fromEntries(mixed.map((pieces, index) => [`mixed${index}`, escape(pieces.join(""))]));
  const expected = Object.fromEntries(mixed.map((pieces, index) => [`mixed${index}`, known(pieces)]));
  expect(applied(outputs)).toEqual(expected);
});

test("gives JSON documents with user text and references back as JSON", () => {
  const documents = mixed.map((pieces, index) => ({ [`k${texts[index]}`]: [pieces.join(""), { n: index, b: true }] }));
  const outputs = Object.fromEntries(documents.map((value, index) => [`json${index}`, jsonText(value)]));
  const given = applied(outputs);
  for (const [index, pieces] of mixed.entries()) {
    expect(JSON.parse(given[`json${index}`] as string)).toEqual({
      [normal(`k${texts[index]}`)]: [known(pieces), { n: index, b: true }],
    });
  }
});

test("keeps keys, lists, numbers and nested references of a whole object", () => {
  const value = { "a${b}": [`$${ID}`, "%{c}"], list: Token.asList(Fn.split(",", `x,${ID}`)), n: 1, no: null };
  const given = applied({ object: escape(value) });
  expect(given).toEqual({ object: { "a${b}": ["$vpc-1", "%{c}"], list: ["x", "vpc-1"], n: 1 } });
});
