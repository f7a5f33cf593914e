import fc from "fast-check";

/** Strings of the pieces that Terraform's template language is made of, and of anything else. */
export const userText = fc
  .array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom("$", "%", "{", "}", "${", "%{", "$${", "%%{", "${x}", "%{if true}", "%{endif}"),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom('"', "\\", "'", "\n", "\t", "#", "/*", "<<EOT", "~}", "\\u0041", "&", "a", " "),
      },
      { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 5 }) },
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(""));

/**
 * What Terraform makes of a template: a model of the few constructs that `escape` writes. Anything else in it is an error.
 * `test/terraform/escape.test.ts` asks Terraform itself.
 * @param references values by reference: `${aws_vpc.Vpc.id}`
 */
export function evaluated(template: string, references: Readonly<Record<string, string>>): string {
  let result = "";
  for (let rest = template; rest !== "";) {
    const [read, written] = step(rest, references);
    result += written;
    rest = rest.slice(read);
  }
  return result;
}

function step(rest: string, references: Readonly<Record<string, string>>): [read: number, written: string] {
  const reference = Object.keys(references).find((name) => rest.startsWith(name));
  if (reference !== undefined) return [reference.length, references[reference] as string];
  const literal = /^([$%])\1\{/.exec(rest);
  if (literal) return [3, `${literal[1]}{`];
  const fenced = /^%\{if true\}([$%]+)%\{endif\}/.exec(rest);
  if (fenced) return [fenced[0].length, fenced[1] as string];
  if (/^[$%]\{/.test(rest)) throw new Error(`an expression was left in the text: ${rest}`);
  return [1, rest[0] as string];
}
