import { InvalidProps } from "./errors";

/** An IPv4 block as numbers: first address and prefix length. */
export interface Ipv4Block {
  readonly base: number;
  readonly prefix: number;
}

/**
 * Reads an IPv4 CIDR block.
 * @param at path of the property, for the message
 * @throws InvalidProps CIDR_INVALID unless it is `a.b.c.d/n` on its network boundary
 */
export function parseCidr(text: string, at: string): Ipv4Block {
  const refusal = { got: text, allowed: "an IPv4 block such as 10.0.0.0/16, written by its first address" };
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) throw new InvalidProps("CIDR_INVALID", at, refusal);
  const [a, b, c, d, prefix] = match.slice(1).map(Number) as [number, number, number, number, number];
  const base = ((a * 256 + b) * 256 + c) * 256 + d;
  const legal = [a, b, c, d].every((octet) => octet <= 255) && prefix <= 32;
  // Leading zeros read as octal to some and are refused by AWS.
  const canonical = formatCidr({ base, prefix }) === text;
  if (!legal || !canonical || base % 2 ** (32 - prefix) !== 0) throw new InvalidProps("CIDR_INVALID", at, refusal);
  return { base, prefix };
}

/** Writes a block back: `10.0.64.0/18`. */
export function formatCidr({ base, prefix }: Ipv4Block): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${octets.join(".")}/${prefix}`;
}

/** The n-th block of the given prefix inside a block, counted from 0. */
export function subBlock(block: Ipv4Block, prefix: number, index: number): Ipv4Block {
  return { base: block.base + index * 2 ** (32 - prefix), prefix };
}

/** Whether two blocks share an address. */
export function overlaps(a: Ipv4Block, b: Ipv4Block): boolean {
  const wider = Math.min(a.prefix, b.prefix);
  const size = 2 ** (32 - wider);
  return Math.floor(a.base / size) === Math.floor(b.base / size);
}
