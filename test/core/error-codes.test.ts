import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ERROR_CODES } from "cdktf-ai-datacenter/core";
import * as ts from "typescript";

const ROOT = join(__dirname, "..");

/** Calls whose string arguments name the code of a refusal that a test provokes. */
const EXPECTATIONS = new Set(["toRefuse", "assertRefusal"]);

function testFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * The codes that a test file expects: string literals in an expectation's arguments, and those in tables of cases, where the
 * expectation's argument is a variable.
 */
function codesExpectedIn(file: string): string[] {
  const text = readFileSync(file, "utf8");
  if (![...EXPECTATIONS].some((name) => text.includes(name))) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const direct: string[] = [];
  const all: string[] = [];
  let byVariable = false;
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node)) all.push(node.text);
    if (ts.isCallExpression(node) && EXPECTATIONS.has(calledName(node.expression))) {
      const codes = node.arguments.filter(ts.isStringLiteral).map(({ text: code }) => code);
      direct.push(...codes);
      byVariable ||= !node.arguments.some((argument) => ts.isStringLiteral(argument) && argument.text in ERROR_CODES);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return byVariable ? all : direct;
}

function calledName(expression: ts.Expression): string {
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  return ts.isIdentifier(expression) ? expression.text : "";
}

test("each error code is provoked by a test", () => {
  const expected = new Set(
    testFiles(ROOT)
      // The kit's own tests throw codes by themselves.
      .filter((file) => !relative(ROOT, file).startsWith("testing"))
      .flatMap(codesExpectedIn),
  );
  const missing = Object.keys(ERROR_CODES).filter((code) => !expected.has(code));
  expect(missing.map((code) => `${code}: no test expects it by toRefuse("${code}")`)).toEqual([]);
});
