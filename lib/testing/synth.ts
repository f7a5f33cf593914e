import { App, type IConstruct, TerraformStack, Testing } from "../terraform/cdktf";

/** The arguments of one block, as Terraform reads them. */
export type Properties = Readonly<Record<string, unknown>>;

/** Blocks by type, then by name. */
export type Blocks = Readonly<Record<string, Readonly<Record<string, Properties>>>>;

/** A stack as plain JSON with sorted keys and without machine facts: fit for snapshots. */
export interface SynthesizedStack {
  readonly terraform: Properties;
  /** Configurations of each provider, by its local name. */
  readonly provider: Readonly<Record<string, readonly Properties[]>>;
  readonly resource: Blocks;
  readonly data: Blocks;
  readonly output: Readonly<Record<string, Properties>>;
  readonly moved: readonly Properties[];
  /** Any other section: `module`, `locals`, `variable`, `import`. */
  readonly [section: string]: unknown;
}

export interface SynthOptions {
  /** Keep `terraform.backend`. @default false */
  readonly backend?: boolean;
  /** Keep `terraform.required_version` and the versions of `required_providers`. @default false */
  readonly versions?: boolean;
}

/** One thing that keeps a stack from being synthesized. */
export interface SynthesisProblem {
  /** Path of the construct that reported it. */
  readonly path: string;
  readonly message: string;
}

/** All failed validations and error annotations of a stack, together. */
export class SynthesisFailure extends Error {
  public constructor(public readonly problems: readonly SynthesisProblem[]) {
    super(
      [
        `${problems.length} problem(s) keep the stack from being synthesized:`,
        ...problems.map(({ path, message }) => `  ${path}: ${message}`),
      ].join("\n"),
    );
    this.name = "SynthesisFailure";
  }
}

/**
 * Synthesizes a stack as `app.synth()` would, without writing files: every stack of the app is prepared (so that references
 * between stacks show), aspects run, and all validations and error annotations are collected.
 *
 * The working folder and the app's output folder, where they stand in a string, become `<cwd>` and `<outdir>`.
 *
 * @throws SynthesisFailure which lists every failed validation and error annotation with its path
 */
export function synthStack(stack: TerraformStack, options: SynthOptions = {}): SynthesizedStack {
  prepare(stacksOf(stack.node.root));
  const rendered = render(stack);
  return finished(rendered, problemsOf(stack), stack.node.root, options);
}

/**
 * Synthesizes all stacks of an app, by stack id.
 * @throws SynthesisFailure as `synthStack`, for all stacks and the app's own validations together
 */
export function synthApp(app: App, options: SynthOptions = {}): Readonly<Record<string, SynthesizedStack>> {
  const stacks = stacksOf(app);
  prepare(stacks);
  const rendered = stacks.map(render);
  const own = app.node.validate().map((message) => ({ path: "(app)", message }));
  const problems = [...stacks.flatMap(problemsOf), ...own];
  return Object.fromEntries(
    stacks.map((stack, index) => [stack.node.id, finished(rendered[index] as Rendered, problems, app, options)]),
  );
}

type Rendered = string | Error;

function stacksOf(root: IConstruct): TerraformStack[] {
  return root.node.findAll().filter((construct) => TerraformStack.isStack(construct)) as TerraformStack[];
}

function prepare(stacks: readonly TerraformStack[]): void {
  for (const stack of stacks) stack.prepareStack();
}

function finished(
  rendered: Rendered,
  problems: readonly SynthesisProblem[],
  root: IConstruct,
  options: SynthOptions,
): SynthesizedStack {
  if (problems.length > 0) throw new SynthesisFailure(problems);
  if (rendered instanceof Error) throw rendered;
  return tidy(unmachined(rendered, App.isApp(root) ? root.outdir : undefined), options);
}

/** The text, or why there is none: validations run nevertheless, as they often explain it. */
function render(stack: TerraformStack): Rendered {
  try {
    return Testing.synth(stack);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function problemsOf(stack: TerraformStack): SynthesisProblem[] {
  return stack.node.findAll().flatMap(({ node }) => {
    const annotated = node.metadata.filter(({ type }) => type === "@cdktf/error").map(({ data }) => String(data));
    return [...new Set([...node.validate(), ...annotated])].map((message) => ({ path: node.path, message }));
  });
}

/** Hides folders of this machine in a JSON text. */
function unmachined(json: string, outdir: string | undefined): string {
  const hide = (text: string, folder: string, name: string) =>
    folder.length < 2 ? text : text.replaceAll(JSON.stringify(folder).slice(1, -1), name);
  return hide(outdir === undefined ? json : hide(json, outdir, "<outdir>"), process.cwd(), "<cwd>");
}

function tidy(json: string, options: SynthOptions): SynthesizedStack {
  const parsed = JSON.parse(json) as Record<string, unknown>;
  const terraform = { ...(parsed.terraform as Record<string, unknown> | undefined) };
  if (options.backend !== true) delete terraform.backend;
  if (options.versions !== true) {
    delete terraform.required_version;
    const providers = (terraform.required_providers ?? {}) as Record<string, Record<string, unknown>>;
    terraform.required_providers = Object.fromEntries(
      Object.entries(providers).map(([name, provider]) => [name, { ...provider, version: undefined }]),
    );
  }
  const sections = { data: {}, moved: [], output: {}, provider: {}, resource: {}, ...parsed, terraform };
  return sortKeys(sections) as SynthesizedStack;
}

/** The framework sorts by locale; by code unit the order is the same on every machine. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, sortKeys(member)]));
}
