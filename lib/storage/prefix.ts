import { InvalidProps } from "../core";
import { Fn, Token } from "../terraform/cdktf";

/** Characters that need no escaping in URIs, policies and file systems; "=" is for `dt=2026-01-31/` partitions. */
const SEGMENT = /^[A-Za-z0-9_.=+@,:!()'-]+$/;
/** Leaves room for the objects' own names in the 1024 bytes of a key, and for the prefix in a lifecycle rule's 255-character id. */
const MAX_LENGTH = 240;

/**
 * A prefix in its one form: relative, ending with "/", or empty for the whole store.
 * @param at path of the property, for the message
 * @throws InvalidProps PREFIX_INVALID for a leading slash, empty or dotted segments, wildcards and other unsafe characters
 */
export function normalizePrefix(prefix: string, at: string): string {
  // What is known only after apply cannot be checked; it is brought to the same form there.
  if (Token.isUnresolved(prefix)) return `${Token.asString(Fn.trimsuffix(prefix, "/"))}/`;
  if (prefix === "") return "";
  const folder = prefix.endsWith("/") ? prefix : `${prefix}/`;
  const segments = folder.slice(0, -1).split("/");
  const legal = segments.every((segment) => SEGMENT.test(segment) && segment !== "." && segment !== "..");
  if (!legal || folder.length > MAX_LENGTH) {
    const allowed = `a relative prefix of at most ${MAX_LENGTH} characters: letters, digits and _.=+@,:!()'- between slashes`;
    throw new InvalidProps("PREFIX_INVALID", at, { got: prefix, allowed });
  }
  return folder;
}
