import type { FabricInterface } from "../../lib/compute/fabric/interfaces";
import type { PoolDesign } from "../../lib/compute/physics/design";
import { soundDesign } from "../../lib/compute/physics/examples";
import type { PhysicsRule } from "../../lib/compute/physics/rule";

/** How the examples of a rule are headed. */
export interface ExampleHeads {
  readonly bad: string;
  readonly good: string;
}

/** A rule as paragraphs: its law, where it is written, what it stops, and what changes in the example that it lets pass. */
export function lawDocs({ law, source, bad, good, correction }: PhysicsRule, heads: ExampleHeads): string[] {
  const [type, otherType] = [bad.spec.instanceType, good.spec.instanceType];
  const said = fieldsOf(bad, soundDesign(type)).join(", ");
  const changed = type === otherType ? fieldsOf(good, bad) : [otherType];
  return [
    `**Law:** ${law}`,
    `**Source:** ${source.text} (${source.date})`,
    `**${heads.bad}:** ${type} with ${said}`,
    `**${heads.good}:** ${changed.join(", ")} – ${correction}`,
  ];
}

/** The fields in which a design differs from another of the same type. */
function fieldsOf(design: PoolDesign, other: PoolDesign): string[] {
  const fields = [...new Set([...Object.keys(other), ...Object.keys(design)])] as (keyof PoolDesign)[];
  return fields
    .filter((field) => JSON.stringify(design[field]) !== JSON.stringify(other[field]))
    .map((field) => `\`${field}: ${fieldText(design, field)}\``);
}

function fieldText(design: PoolDesign, field: keyof PoolDesign): string {
  return field === "interfaces" ? interfacesText(design.interfaces) : valueText(design[field]);
}

const SHOWN_INTERFACES = 3;

/** "0/0 interface, 1/0 efa-only": card, device and kind of each, of a long list the first few. */
function interfacesText(interfaces: readonly FabricInterface[]): string {
  const texts = interfaces.map(({ card, device, kind }) => `${card}/${device} ${kind}`);
  if (texts.length <= SHOWN_INTERFACES) return texts.join(", ");
  return `${texts.slice(0, SHOWN_INTERFACES).join(", ")}, … (${texts.length})`;
}

/** A value as one would write it in TypeScript. */
function valueText(value: unknown): string {
  if (value === undefined) return "not set";
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return entries.length === 0 ? "{}" : `{ ${entries.map(([key, one]) => `${key}: ${valueText(one)}`).join(", ")} }`;
}
