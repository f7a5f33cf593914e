import { CapacityKind, type PoolFacts } from "../../contracts";

/** A pool as its stack's JSON tells it. */
export interface NamedPool {
  readonly name: string;
  readonly facts: PoolFacts;
}

/** Facts that do not have the form that this release writes. */
export class UnreadableFacts extends Error {
  public constructor(path: string, got: unknown, allowed: string) {
    super(`"//".aidc.pools${path}: got ${JSON.stringify(got) ?? "nothing"}; allowed: ${allowed}`);
    this.name = "UnreadableFacts";
  }
}

interface Form {
  readonly allowed: string;
  readonly fits: (value: unknown) => boolean;
  readonly optional?: true;
}

const TEXT: Form = { allowed: "a string that is not empty", fits: isText };
const NODES: Form = {
  allowed: "a whole number from 0",
  fits: (value) => Number.isInteger(value) && Number(value) >= 0,
};
const KINDS: readonly unknown[] = Object.values(CapacityKind);
const TIMES = ["start", "drainFrom", "reclaimFrom", "end"];

/** The type names every property, so that a new fact does not compile until it is read here. */
const FORMS: { readonly [Name in keyof Required<PoolFacts>]: Form } = {
  instanceType: TEXT,
  vcpusPerNode: { allowed: "a whole number from 1", fits: (value) => Number.isInteger(value) && Number(value) >= 1 },
  minNodes: NODES,
  maxNodes: NODES,
  zones: {
    allowed: "a list of zones that is not empty",
    fits: (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
  },
  capacityKind: { allowed: KINDS.join(", "), fits: (value) => KINDS.includes(value) },
  reservation: { ...TEXT, optional: true },
  window: {
    allowed: `${TIMES.join(", ")}, each a time in UTC such as "2026-12-01T11:30:00Z"`,
    fits: (value) => isObject(value) && hasOnly(value, TIMES) && TIMES.every((name) => isTime(value[name])),
    optional: true,
  },
  placementGroupName: { ...TEXT, optional: true },
  quotaCode: { ...TEXT, optional: true },
  quotaName: { ...TEXT, optional: true },
};

/**
 * Reads the pools that a stack's JSON tells of under its comment key.
 * @throws UnreadableFacts when they are not what this release writes: guessing would judge another pool than the one deployed
 */
export function readPoolFacts(stackJson: Readonly<Record<string, unknown>>): NamedPool[] {
  const comment = stackJson["//"];
  const aidc = isObject(comment) ? comment.aidc : undefined;
  const pools = isObject(aidc) ? aidc.pools : undefined;
  if (pools === undefined) return [];
  if (!isObject(pools)) throw new UnreadableFacts("", pools, "pools by their names");
  return Object.entries(pools).map(([name, facts]) => ({ name, facts: checked(facts, `.${name}`) }));
}

function checked(facts: unknown, path: string): PoolFacts {
  if (!isObject(facts)) throw new UnreadableFacts(path, facts, "facts by their names");
  for (const [name, form] of Object.entries<Form>(FORMS)) {
    const value = facts[name];
    if (value === undefined ? !form.optional : !form.fits(value)) {
      throw new UnreadableFacts(`${path}.${name}`, value, form.allowed);
    }
  }
  const unknown = Object.keys(facts).find((name) => !Object.hasOwn(FORMS, name));
  if (unknown !== undefined)
    throw new UnreadableFacts(`${path}.${unknown}`, facts[unknown], "a fact that this release knows");
  return consistent(facts as unknown as PoolFacts, path);
}

/** What one fact says of another. */
function consistent(facts: PoolFacts, path: string): PoolFacts {
  const { capacityKind: kind, reservation, window, minNodes, maxNodes } = facts;
  if (maxNodes < minNodes) throw new UnreadableFacts(`${path}.maxNodes`, maxNodes, `at least minNodes, ${minNodes}`);
  const reserved = kind === CapacityKind.RESERVATION || kind === CapacityKind.BLOCK;
  if (reserved !== (reservation !== undefined)) {
    throw new UnreadableFacts(
      `${path}.reservation`,
      reservation,
      `an id exactly with a reservation or block, not with ${kind}`,
    );
  }
  if ((kind === CapacityKind.BLOCK) !== (window !== undefined)) {
    throw new UnreadableFacts(`${path}.window`, window, "a window exactly with a block");
  }
  return facts;
}

/** A plain object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isTime(value: unknown): boolean {
  return (
    typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) && !Number.isNaN(Date.parse(value))
  );
}

function hasOnly(value: object, names: readonly string[]): boolean {
  return Object.keys(value).every((name) => names.includes(name));
}
