import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type NamedPool, readPoolFacts, UnreadableFacts } from "./pool-facts";

/** A role that the provider assumes, with what it says beside the name. */
export interface AssumedRole {
  readonly arn: string;
  readonly externalId?: string;
  readonly sessionName?: string;
}

/** Where a provider deploys to, and as whom. */
export interface Place {
  readonly region: string;
  /** Accounts that the provider takes; empty where it takes any. */
  readonly accounts: readonly string[];
  /** Profile of the shared configuration. @default - the SDK's own choice */
  readonly profile?: string;
  /** Assumed one after the other. */
  readonly roles: readonly AssumedRole[];
}

/** All stacks of a stage that go to one place. */
export interface Target extends Place {
  readonly stacks: readonly string[];
  readonly pools: readonly NamedPool[];
}

/** There is no stage to judge; the message says what is wrong and what to do. */
export class UnreadableStage extends Error {
  public constructor(source: string, reason: string) {
    super(`${source}: ${reason}`);
    this.name = "UnreadableStage";
  }
}

interface Stack extends Place {
  readonly name: string;
  readonly pools: readonly NamedPool[];
}

/**
 * Reads what was synthesized for a stage: the stacks "<stage>" and "<stage>-…", by the places they deploy to.
 * @param out folder that cdktf synthesizes into
 * @param defaultRegion region for a provider that states none
 * @throws UnreadableStage
 */
export function readStage(stage: string, out: string, defaultRegion?: string): Target[] {
  const folder = join(out, "stacks");
  const names = stacksIn(folder);
  const stacks = names
    .filter((name) => name === stage || name.startsWith(`${stage}-`))
    .flatMap((name) => readStack(name, join(folder, name, "cdk.tf.json"), stage, defaultRegion) ?? []);
  if (stacks.length === 0) {
    const there = names.length === 0 ? "no stacks are there" : `stacks there: ${names.join(", ")}`;
    throw new UnreadableStage(
      folder,
      `no stack of stage ${stage}; ${there}; synthesize first (npx cdktf synth), or name the folder with --out`,
    );
  }
  return byPlace(stacks);
}

function stacksIn(folder: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** @returns undefined for a stack that is of another stage, or that has neither pools nor an AWS provider */
function readStack(name: string, file: string, stage: string, defaultRegion?: string): Stack | undefined {
  const json = parse(file);
  const provider = awsProvider(json);
  // "prod-eu-cluster" may be of the stage "prod-eu": the default tags tell.
  const tagged = first(first(provider?.default_tags)?.tags)?.Stage;
  if (typeof tagged === "string" && tagged !== stage) return undefined;
  const pools = poolsOf(json, file);
  if (provider === undefined) {
    if (pools.length === 0) return undefined;
    throw new UnreadableStage(file, "it has pools and no AWS provider, so account and region are not known");
  }
  return { name, pools, ...placeOf(provider, file, defaultRegion) };
}

function parse(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UnreadableStage(file, `it cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  try {
    const json: unknown = JSON.parse(text);
    if (isObject(json)) return json;
  } catch {
    // It is said below, in words that help.
  }
  throw new UnreadableStage(file, "this is not the JSON of a stack; synthesize again (npx cdktf synth)");
}

function poolsOf(json: Record<string, unknown>, file: string): NamedPool[] {
  try {
    return readPoolFacts(json);
  } catch (error) {
    if (!(error instanceof UnreadableFacts)) throw error;
    throw new UnreadableStage(file, `${error.message}; synthesize again with the release that aidc comes from`);
  }
}

/** The provider without an alias: pools are deployed by it. */
function awsProvider(json: Record<string, unknown>): Record<string, unknown> | undefined {
  const providers = isObject(json.provider) ? json.provider.aws : undefined;
  const list: unknown[] = Array.isArray(providers) ? providers : [providers];
  return list.filter(isObject).find(({ alias }) => alias === undefined);
}

function placeOf(provider: Record<string, unknown>, file: string, defaultRegion?: string): Place {
  const region = known(provider.region, "region", file) ?? defaultRegion;
  if (region === undefined) {
    throw new UnreadableStage(file, "its provider states no region; set AWS_REGION to the one that Terraform will use");
  }
  const accounts = (Array.isArray(provider.allowed_account_ids) ? provider.allowed_account_ids : []) as unknown[];
  return {
    region,
    accounts: accounts.flatMap((account) => known(account, "allowed_account_ids", file) ?? []),
    profile: known(provider.profile, "profile", file),
    roles: rolesOf(provider.assume_role, file),
  };
}

function rolesOf(value: unknown, file: string): AssumedRole[] {
  const blocks: unknown[] = Array.isArray(value) ? value : [value];
  return blocks.filter(isObject).flatMap((block) => {
    const arn = known(block.role_arn, "assume_role.role_arn", file);
    if (arn === undefined) return [];
    const externalId = known(block.external_id, "assume_role.external_id", file);
    const sessionName = known(block.session_name, "assume_role.session_name", file);
    return [{ arn, externalId, sessionName }];
  });
}

/** A setting of the provider, if it stands there as it is: a reference is known to Terraform alone. */
function known(value: unknown, name: string, file: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string" || value.includes("${")) {
    throw new UnreadableStage(
      file,
      `its provider's ${name} is known to Terraform alone (${JSON.stringify(value)}), so nobody can tell whom to ask`,
    );
  }
  return value;
}

/** Blocks stand in lists or by themselves. */
function first(value: unknown): Record<string, unknown> | undefined {
  const block: unknown = Array.isArray(value) ? value[0] : value;
  return isObject(block) ? block : undefined;
}

/** Pools that share a name are told apart by their stack. */
function byPlace(stacks: readonly Stack[]): Target[] {
  const names = stacks.flatMap(({ pools }) => pools.map(({ name }) => name));
  const unique = (name: string) => names.indexOf(name) === names.lastIndexOf(name);
  const targets = new Map<string, Target>();
  for (const { name: stack, pools, ...place } of stacks) {
    const key = JSON.stringify(place);
    const target = targets.get(key) ?? { ...place, stacks: [], pools: [] };
    const named = pools.map(({ name, facts }) => ({ name: unique(name) ? name : `${stack}/${name}`, facts }));
    targets.set(key, { ...target, stacks: [...target.stacks, stack], pools: [...target.pools, ...named] });
  }
  return [...targets.values()];
}
