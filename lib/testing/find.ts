import type { Blocks, Properties, SynthesizedStack } from "./synth";

/** A resource or data source of a synthesized stack. */
export interface FoundBlock {
  /** Terraform address: `aws_vpc.Network_Vpc_0A1B2C3D`, or `data.aws_region.…`. */
  readonly address: string;
  readonly properties: Properties;
}

/** All resources of a type, sorted by address. */
export function resourcesOf(stack: SynthesizedStack, type: string): FoundBlock[] {
  return blocksOf(stack.resource, type, "");
}

/** All data sources of a type, sorted by address. */
export function dataOf(stack: SynthesizedStack, type: string): FoundBlock[] {
  return blocksOf(stack.data, type, "data.");
}

/**
 * The one resource of a type whose name holds the given part.
 * @param namePart part of the name in the address, such as "Private-us-east-1a". @default - the type alone must be unique
 * @throws Error which lists the candidates, unless there is exactly one
 */
export function theResource(stack: SynthesizedStack, type: string, namePart = ""): FoundBlock {
  return only(resourcesOf(stack, type), namePart, `resource ${type}`, Object.keys(stack.resource));
}

/** The one data source of a type whose name holds the given part; see `theResource`. */
export function theData(stack: SynthesizedStack, type: string, namePart = ""): FoundBlock {
  return only(dataOf(stack, type), namePart, `data source ${type}`, Object.keys(stack.data));
}

/** The addresses of all resources, sorted: a ledger of what a deployed state holds. Renames show up in its diff. */
export function addressesOf(stack: SynthesizedStack): string[] {
  return Object.keys(stack.resource)
    .flatMap((type) => resourcesOf(stack, type).map(({ address }) => address))
    .sort();
}

/**
 * The value at a path below a block's arguments: `valueAt(bucket.properties, "rule[0].noncurrent_version_expiration")`.
 * Undefined where nothing is. Keys that hold dots stand in brackets and quotes: `tags["kubernetes.io/role/elb"]`.
 */
export function valueAt(value: unknown, path: string): unknown {
  const steps = path.match(/[^.[\]"]+|\["[^"]*"\]/g) ?? [];
  return steps.reduce<unknown>((current, step) => {
    if (typeof current !== "object" || current === null) return undefined;
    const key = step.startsWith('["') ? step.slice(2, -2) : step;
    return (current as Record<string, unknown>)[key];
  }, value);
}

function blocksOf(blocks: Blocks, type: string, prefix: string): FoundBlock[] {
  return Object.entries(blocks[type] ?? {})
    .map(([name, properties]) => ({ address: `${prefix}${type}.${name}`, properties }))
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}

function only(candidates: FoundBlock[], namePart: string, what: string, types: readonly string[]): FoundBlock {
  const nameOf = ({ address }: FoundBlock) => address.slice(address.lastIndexOf(".") + 1);
  const found = candidates.filter((block) => nameOf(block).includes(namePart));
  const [first, second] = found;
  if (first && !second) return first;
  const named = namePart === "" ? "" : ` whose name holds "${namePart}"`;
  const listed = second ? found : candidates;
  const list = listed.length > 0 ? listed.map(({ address }) => address) : [...types].sort();
  const heading = listed.length > 0 ? "Candidates" : "No such type; the stack has";
  throw new Error([`expected one ${what}${named}, found ${found.length}. ${heading}:`, ...list].join("\n  "));
}
