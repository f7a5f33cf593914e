import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";

/** A TypeScript block of a Markdown file. */
export interface Example {
  /** Path of the file below the root, with forward slashes. */
  readonly file: string;
  /** Line of the first line of code, from 1. */
  readonly line: number;
  readonly code: string;
  /** Whether it is run: "ts nosynth" on the fence says it is only type-checked. */
  readonly synthesized: boolean;
  /** Whether it is a jest test, by "ts jest" on the fence: it is run as one. */
  readonly isTest: boolean;
}

/** All Markdown files whose examples are checked: README.md, ARCHITECTURE.md and docs, where they exist. */
export function documentsOf(root: string): string[] {
  const docs = existsSync(join(root, "docs"))
    ? readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map(
        (path) => `docs/${path.replaceAll("\\", "/")}`,
      )
    : [];
  const front = ["README.md", "ARCHITECTURE.md"].filter((file) => existsSync(join(root, file)));
  return [...front, ...docs.filter((path) => path.endsWith(".md")).sort()];
}

/** The TypeScript blocks of a Markdown file. @param file path below the root */
export function examplesOf(root: string, file: string): Example[] {
  const lines = readFileSync(join(root, file), "utf8").split(/\r?\n/);
  const examples: Example[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const fence = /^(\s*)(`{3,}|~{3,})\s*(\S*)\s*(.*)$/.exec(lines[at] as string);
    if (!fence) continue;
    const [, indent = "", marks = "", language = "", flags = ""] = fence;
    const start = at + 1;
    do at += 1;
    while (at < lines.length && (lines[at] as string).trim() !== marks);
    if (!/^(ts|typescript)$/i.test(language)) continue;
    const code = lines.slice(start, at).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    const isTest = flags.split(/\s+/).includes("jest");
    const synthesized = !isTest && !flags.split(/\s+/).includes("nosynth");
    examples.push({ file, line: start + 1, code: code.join("\n"), synthesized, isTest });
  }
  return examples;
}

/**
 * Type-checks all examples together, with the options of the repository's tsconfig.json; unused names are not held against an
 * example. Published names mean the sources.
 * @returns one line for each error: `README.md:12: TS2322 …`
 */
export function typeErrorsOf(root: string, examples: readonly Example[]): string[] {
  const modules = new Map(examples.map((example) => [moduleName(root, example), example]));
  const host = hostWith(root, new Map([...modules].map(([name, { code }]) => [name, asModule(code)])));
  const program = ts.createProgram({ rootNames: [...modules.keys()], options: host.options, host });
  return [...modules].flatMap(([name, example]) => {
    const source = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map((diagnostic) => located(diagnostic, example));
  });
}

/**
 * Runs an example as a module. Its apps write to the folder in CDKTF_OUTDIR, which the caller sets.
 * @param load `require` of the caller, which decides what published names mean
 */
export function runExample(example: Example, load: (name: string) => unknown): void {
  const { outputText } = ts.transpileModule(example.code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, esModuleInterop: true },
  });
  const run = new Function("require", "module", "exports", outputText) as (...parameters: unknown[]) => void;
  const module = { exports: {} };
  run(load, module, module.exports);
}

function moduleName(root: string, { file, line }: Example): string {
  return join(root, `example-${file.replace(/[^A-Za-z0-9]/g, "-")}-${line}.ts`);
}

function asModule(code: string): string {
  return `${code}\nexport {};\n`;
}

function hostWith(
  root: string,
  modules: ReadonlyMap<string, string>,
): ts.CompilerHost & { options: ts.CompilerOptions } {
  const config = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path));
  const parsed = ts.parseJsonConfigFileContent({ ...config.config, include: [], files: [] }, ts.sys, root);
  const options = { ...parsed.options, noEmit: true, noUnusedLocals: false, noUnusedParameters: false };
  const host = ts.createCompilerHost(options, true);
  const { fileExists, readFile, getSourceFile } = host;
  return Object.assign(host, {
    options,
    fileExists: (path: string) => modules.has(path) || fileExists.call(host, path),
    readFile: (path: string) => modules.get(path) ?? readFile.call(host, path),
    getSourceFile: (path: string, target: ts.ScriptTarget | ts.CreateSourceFileOptions, ...rest: []) => {
      const text = modules.get(path);
      return text === undefined
        ? getSourceFile.call(host, path, target, ...rest)
        : ts.createSourceFile(path, text, target, true);
    },
  });
}

function located({ file, start, code, messageText }: ts.Diagnostic, example: Example): string {
  const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line : 0;
  return `${example.file}:${example.line + line}: TS${code} ${ts.flattenDiagnosticMessageText(messageText, "\n  ")}`;
}
