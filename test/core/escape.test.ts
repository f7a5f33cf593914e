import { escape, jsonText } from "cdktf-ai-datacenter/core";
import { synthStack, testStack } from "cdktf-ai-datacenter/testing";
import fc from "fast-check";
import { Vpc } from "../../lib/terraform/aws";
import { Fn, Lazy, TerraformOutput, Token } from "../../lib/terraform/cdktf";
import { evaluated, userText } from "./template-text";

const stack = testStack();
const ID = new Vpc(stack, "Vpc", {}).id;
const LIST = Token.asList(Fn.split(",", "a,b"));
const PORT = Token.asNumber(Fn.tonumber(ID));

/** What a value looks like in the synthesized JSON. */
function rendered<T>(value: T): T {
  stack.node.tryRemoveChild("Value");
  new TerraformOutput(stack, "Value", { value });
  return synthStack(stack).output.Value?.value as T;
}

/** User text with tokens between its pieces; what they render to; and what they are after apply. */
const mixed = fc.array(fc.oneof(userText, fc.constantFrom(ID, String(PORT))), { maxLength: 6 });
const REFERENCES = { "${aws_vpc.Vpc.id}": "vpc-1", "${tonumber(aws_vpc.Vpc.id)}": "443" };
const known = (pieces: readonly string[]) =>
  pieces.map((piece) => (piece === ID ? "vpc-1" : piece === String(PORT) ? "443" : piece)).join("");

describe("escape", () => {
  test.each([
    ["${x}", "$${x}"],
    ["%{if x}", "%%{if x}"],
    ["$${x}", "$$${x}"],
    ["a $ b % {c}", "a $ b % {c}"],
    ["^only$", "^only$"],
    ["", ""],
  ])("writes %j as %j", (text, escaped) => {
    expect(escape(text)).toBe(escaped);
  });

  test("lets any text come out of a template as it went in", () => {
    fc.assert(
      fc.property(userText, (text) => expect(evaluated(escape(text), {})).toBe(text)),
      { numRuns: 1000 },
    );
  });

  test("keeps tokens, whatever text stands around them", () => {
    const samples = fc.sample(mixed, 1000);
    const texts = rendered(samples.map((pieces) => escape(pieces.join(""))));
    for (const [index, pieces] of samples.entries()) {
      expect(evaluated(texts[index] as string, REFERENCES)).toBe(known(pieces));
    }
  });

  test("keeps a token behind a dollar a reference", () => {
    expect(rendered(escape(`cost: $${ID}`))).toBe("cost: %{if true}$%{endif}${aws_vpc.Vpc.id}");
    expect(rendered(escape(`cost: $${PORT}`))).toBe("cost: %{if true}$%{endif}${tonumber(aws_vpc.Vpc.id)}");
  });

  test("keeps a token inside the braces of a shell variable a reference", () => {
    expect(rendered(escape(`\${VPC:-${ID}}`))).toBe("%{if true}$%{endif}{VPC:-${aws_vpc.Vpc.id}}");
    expect(rendered(escape(`\${VPC} ${ID}`))).toBe("$${VPC} ${aws_vpc.Vpc.id}");
  });

  test("escapes strings and keys of any depth, and drops what is null", () => {
    const value = { "a${b}": ["%{c}", null, { d: undefined, e: null, f: 1, g: false, h: "" }], i: null };
    expect(escape(value)).toEqual({ "a$${b}": ["%%{c}", { f: 1, g: false, h: "" }] });
  });

  test("keeps list tokens, number tokens and resolvable objects", () => {
    const lazy = Lazy.anyValue({ produce: () => ["x"] });
    const escaped = escape({ list: LIST, nested: { lazy, number: PORT } });
    expect(escaped.nested.lazy).toBe(lazy);
    expect(rendered(escaped)).toEqual({
      list: '${split(",", "a,b")}',
      nested: { lazy: ["x"], number: "${tonumber(aws_vpc.Vpc.id)}" },
    });
  });

  test("leaves its argument as it is", () => {
    const value = Object.freeze({ a: Object.freeze(["${b}"]) });
    escape(value);
    expect(value).toEqual({ a: ["${b}"] });
  });
});

describe("jsonText", () => {
  const json = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, userText, fc.double({ noNaN: true }), fc.boolean(), tie("list"), tie("object")),
    list: fc.array(tie("value"), { maxLength: 4 }),
    object: fc.dictionary(userText, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  })).value;

  test("is, once Terraform has evaluated it, the JSON of the value", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(evaluated(jsonText(value), {}))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 500 },
    );
  });

  test("keeps tokens inside of strings and keys, whatever text stands around them", () => {
    const samples = fc.sample(fc.tuple(mixed, mixed), 500);
    const texts = rendered(samples.map(([key, pieces]) => jsonText({ [key.join("")]: [pieces.join("")] })));
    for (const [index, [key, pieces]] of samples.entries()) {
      expect(JSON.parse(evaluated(texts[index] as string, REFERENCES))).toEqual({ [known(key)]: [known(pieces)] });
    }
  });

  test("does not depend on the order of keys", () => {
    const shuffled = fc
      .dictionary(userText, userText, { noNullPrototype: true })
      .chain((value) =>
        fc.tuple(fc.constant(value), fc.shuffledSubarray(Object.keys(value), { minLength: Object.keys(value).length })),
      );
    fc.assert(
      fc.property(shuffled, ([value, keys]) => {
        const reordered = Object.fromEntries(keys.map((key) => [key, value[key]]));
        expect(jsonText({ a: { ...reordered } })).toBe(jsonText({ a: { ...value } }));
      }),
    );
  });

  test("drops null and undefined, and keeps what is empty", () => {
    expect(jsonText({ b: null, a: undefined, c: [], d: {}, e: "", f: 0, g: [null, 1] })).toBe(
      '{"c":[],"d":{},"e":"","f":0,"g":[1]}',
    );
  });

  test.each([
    ["list", { a: [{ b: LIST }] }, "$.a[0].b: a list"],
    ["number", { a: Token.asNumber(Fn.tonumber(ID)) }, "$.a: a number"],
    ["object", { a: Lazy.anyValue({ produce: () => 1 }) }, "$.a: a object"],
  ])("refuses a whole %s that is known after apply, and says where", (_kind, value, message) => {
    expect(() => jsonText(value)).toThrow(message);
  });
});
