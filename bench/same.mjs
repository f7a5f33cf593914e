// Whether two configurations of Terraform say the same, whatever the resources are called in them.
import { createHash } from "node:crypto";

const KINDS = ["resource", "data"];
const ADDRESS = /(?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][A-Za-z0-9_-]*/g;

/** @returns what stands in one configuration only; empty where they say the same */
export function differences(one, other) {
  const [left, right] = [statements(one), statements(other)];
  return [...without(left, right, "-"), ...without(right, left, "+")];
}

function without(statements, others, sign) {
  const left = new Map();
  for (const statement of others) left.set(statement, (left.get(statement) ?? 0) + 1);
  return statements.flatMap((statement) => {
    const count = left.get(statement) ?? 0;
    left.set(statement, count - 1);
    return count > 0 ? [] : [`${sign} ${statement}`];
  });
}

/** Each block as text, in which an address has become the digest of what is written at it. */
function statements(configuration) {
  const blocks = new Map();
  for (const kind of KINDS) {
    for (const [type, byId] of Object.entries(configuration[kind] ?? {})) {
      const prefix = kind === "data" ? "data." : "";
      for (const [id, block] of Object.entries(byId)) blocks.set(`${prefix}${type}.${id}`, block);
    }
  }
  const texts = new Map();
  const text = (address) => {
    const known = texts.get(address);
    if (known !== undefined) return known;
    const [kind] = address.split(/\.(?=[^.]*$)/);
    const written = `${kind} ${canonical(blocks.get(address), reference)}`;
    texts.set(address, written);
    return written;
  };
  const reference = (found) => {
    if (!blocks.has(found)) return found;
    return `<${createHash("sha256").update(text(found)).digest("hex").slice(0, 12)}>`;
  };
  const rest = Object.entries(configuration).filter(([key]) => key !== "//" && !KINDS.includes(key));
  return [...[...blocks.keys()].map(text), ...rest.map(([key, value]) => `${key} ${canonical(value, reference)}`)];
}

function canonical(value, reference) {
  return JSON.stringify(plain(value, reference));
}

/** Members in one order, comments left out; the order of lists stays, as it means something. */
function plain(value, reference) {
  if (typeof value === "string") return value.replace(ADDRESS, reference);
  if (Array.isArray(value)) return value.map((member) => plain(member, reference));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([key]) => key !== "//");
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, plain(member, reference)]));
}
