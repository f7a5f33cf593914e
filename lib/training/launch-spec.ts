import { createHash } from "node:crypto";
import Ajv2020, { type ErrorObject, type ValidateFunction } from "ajv/dist/2020";
import { InvalidProps } from "../core";
import { LAUNCH_SPEC_SCHEMA } from "./contract.generated";
import { refuseContradictions } from "./launch-spec-rules";
import type { LaunchSpec } from "./launch-spec.generated";
import { HiddenTokens } from "./hidden-tokens";

/** A launch spec with every default filled in. */
export type CompleteLaunchSpec = {
  readonly [Part in keyof LaunchSpec]-?: Filled<NonNullable<LaunchSpec[Part]>>;
};
type Filled<T> = T extends object ? { readonly [Member in keyof T]-?: T[Member] } : T;

const SOURCE = "runtime/schema/launch-spec.v1.json";

/**
 * A launch spec, checked as the runtime checks it, with the defaults of its schema filled in. Values known only after apply may stand in strings.
 * @param at path of the construct, for messages
 * @throws InvalidProps LAUNCH_SPEC_INVALID
 */
export function validateLaunchSpec(spec: LaunchSpec, at: string): CompleteLaunchSpec {
  const tokens = new HiddenTokens();
  const copy = tokens.hide(JSON.parse(JSON.stringify(spec)) as unknown);
  const validate = compiled();
  if (!validate(copy)) throw refusal(validate.errors ?? [], copy, at, tokens);
  const complete = tokens.show(copy) as CompleteLaunchSpec;
  refuseContradictions(complete, at);
  return complete;
}

let validator: ValidateFunction | undefined;

/** Compiled once, when it is used. */
function compiled(): ValidateFunction {
  validator ??= new Ajv2020({ allErrors: true, useDefaults: true, strict: false, verbose: true }).compile(
    LAUNCH_SPEC_SCHEMA,
  );
  return validator;
}

/** The fault that lies deepest says most: above it stand the alternatives that it was tried for. */
function refusal(errors: readonly ErrorObject[], spec: unknown, at: string, tokens: HiddenTokens): InvalidProps {
  const told = errors.filter(({ keyword, params }) => keyword !== "anyOf" && params.type !== "null");
  const depth = ({ instancePath }: ErrorObject) => instancePath.split("/").length;
  const deepest = [...(told.length > 0 ? told : errors)].sort((a, b) => depth(b) - depth(a))[0];
  if (deepest === undefined)
    return new InvalidProps("LAUNCH_SPEC_INVALID", at, { got: spec, allowed: "a launch spec" });
  const { got, member, allowed } = described(deepest);
  const path = deepest.instancePath.split("/").slice(1);
  const where = [...path, ...(member === undefined ? [] : [member])].join(".");
  return new InvalidProps("LAUNCH_SPEC_INVALID", `${at}.${where}`, { got: tokens.show(got), allowed, source: SOURCE });
}

interface Described {
  readonly got: unknown;
  /** Name below the path where that is missing or not known. */
  readonly member?: string;
  readonly allowed: string;
}

function described({ keyword, params, data, message = "", parentSchema = {} }: ErrorObject): Described {
  const properties = Object.keys((parentSchema as { properties?: object }).properties ?? {}).join(", ");
  if (keyword === "additionalProperties") {
    const name = String(params.additionalProperty);
    return { got: (data as Record<string, unknown>)[name], member: name, allowed: `one of ${properties}` };
  }
  if (keyword === "required") return { got: undefined, member: String(params.missingProperty), allowed: "a value" };
  if (keyword === "enum") return { got: data, allowed: (params.allowedValues as readonly unknown[]).join(", ") };
  if (keyword === "const") return { got: data, allowed: JSON.stringify(params.allowedValue) };
  return { got: data, allowed: message.replace(/^must be |^must /, "") };
}

/**
 * Hash of all that decides what is learned, the run's id left out. Where a run is watched, how often it saves and how it starts again
 * may change while it goes on, as in the runtime's own `spec_hash`. What is as by default does not count, so that a release with one more
 * option renames no run. Values known only after apply count as one and the same.
 */
export function learnedHash(spec: CompleteLaunchSpec): string {
  const { version, run, task, model, data, parallel, train, optimizer, schedule, extensions } = spec;
  const { output, seed } = run;
  const learned = {
    version,
    run: { output, seed },
    task,
    model,
    data,
    parallel,
    train,
    optimizer,
    schedule,
    extensions,
  };
  return contentHash(withoutDefaults(learned, LAUNCH_SPEC_SCHEMA));
}

interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema & { readonly default?: unknown }>>;
}

/** Data without the members that are as its schema has them by default. */
function withoutDefaults(value: unknown, schema: Schema): unknown {
  const { properties } = resolved(schema);
  if (properties === undefined || typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    const known = properties[name] ?? {};
    const own = withoutDefaults(member, known);
    const isPart = resolved(known).properties !== undefined && isEmpty(own);
    return isPart || stableText(member) === stableText(known.default) ? [] : [[name, own]];
  });
  return Object.fromEntries(members);
}

/** What a schema refers to; of alternatives, the one with members. */
function resolved(schema: Schema): Schema {
  const { $ref, anyOf } = schema;
  if ($ref !== undefined) {
    const name = $ref.replace("#/$defs/", "");
    return (LAUNCH_SPEC_SCHEMA.$defs as Readonly<Record<string, Schema>>)[name] ?? {};
  }
  const part = anyOf?.find((one) => one.$ref !== undefined);
  return part === undefined ? schema : resolved(part);
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** The first eight digits of the hash of any data; the order of its members does not matter. */
export function contentHash(value: unknown): string {
  return createHash("sha256")
    .update(stableText(HiddenTokens.blank(value)))
    .digest("hex")
    .slice(0, 8);
}

/** Data as JSON, in an order that does not depend on who wrote it. */
export function stableText(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => sorted(member), 2);
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
