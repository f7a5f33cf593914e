import type { ApiClient, ApiObject } from "../../tools/kubernetes/api-client";

/** For messages. */
export const nameOf = ({ kind, metadata }: ApiObject) => `${kind} ${metadata.namespace ?? "-"}/${metadata.name}`;

/** An object without what controllers write into it meanwhile. */
export function declared(object: ApiObject): unknown {
  const metadata = { ...object.metadata, resourceVersion: undefined, managedFields: undefined };
  return { ...object, metadata, status: undefined };
}

/** Paths of values that were written and came back different, without positions in lists. */
export function differences(written: unknown, stored: unknown, at = ""): string[] {
  if (Array.isArray(written)) {
    if (!Array.isArray(stored) || stored.length !== written.length) return [at];
    return [...new Set(written.flatMap((member, index) => differences(member, stored[index], at)))];
  }
  if (typeof written !== "object" || written === null) return written === stored ? [] : [at];
  const members = (stored ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(written).flatMap(([key, member]) =>
    differences(member, members[key], at === "" ? key : `${at}.${key}`),
  );
}

/** Applies an object twice, by server-side apply with strict fields: the second time changes nothing, and all is stored as it was written. */
export async function applyTwice(client: ApiClient, object: ApiObject): Promise<void> {
  const first = await client.apply(object);
  const second = await client.apply(object);
  expect({ object: nameOf(object), stored: declared(second) }).toEqual({
    object: nameOf(object),
    stored: declared(first),
  });
  expect({ object: nameOf(object), different: differences(object, second) }).toEqual({
    object: nameOf(object),
    different: [],
  });
}
