import { AccessMode, type IGrantee, type StorageAccess } from "../contracts";
import { InvalidProps } from "../core";
import type { IDataStore } from "./data-store";

interface Grant {
  readonly store: IDataStore;
  /** Folder in the store, "" for all of it. */
  readonly prefix: string;
  readonly mode: AccessMode;
}

/**
 * Grants what a workload says that it uses (`TrainingJob.access`), and nothing else. A location that names an object (its last part has an
 * extension) gets the folder that holds it.
 * @param grantee the identity of the workload
 * @param stores stores that may be meant
 * @param at path of the property, for messages
 * @throws InvalidProps STORAGE_ACCESS_UNKNOWN for a location in none of the stores; PREFIX_INVALID
 */
export function grantAccess(
  grantee: IGrantee,
  stores: readonly IDataStore[],
  access: readonly StorageAccess[],
  at = "grantAccess",
): void {
  const grants = access.map((each) => grantOf(each, stores, at));
  const written = grants.filter(({ mode }) => mode === AccessMode.WRITE);
  const isCovered = ({ store, prefix, mode }: Grant) =>
    mode === AccessMode.READ && written.some((other) => other.store === store && prefix.startsWith(other.prefix));
  const done = new Set<string>();
  for (const grant of grants.filter((each) => !isCovered(each))) {
    const { store, prefix, mode } = grant;
    const key = `${stores.indexOf(store)} ${prefix} ${mode}`;
    if (done.has(key)) continue;
    done.add(key);
    if (mode === AccessMode.WRITE) store.grants.readWrite(grantee, prefix);
    else store.grants.read(grantee, prefix);
  }
}

function grantOf({ uri, mode }: StorageAccess, stores: readonly IDataStore[], at: string): Grant {
  // A store at a longer path says more than one that holds it.
  const candidates = stores
    .map((store) => ({ store, root: store.at("").uri }))
    .filter(({ root }) => uri.startsWith(root));
  const [found] = candidates.sort((a, b) => b.root.length - a.root.length);
  if (found === undefined) {
    const allowed = `a location below ${stores.map((store) => store.at("").uri).join(", ") || "a store: none was given"}`;
    throw new InvalidProps("STORAGE_ACCESS_UNKNOWN", at, { got: uri, allowed });
  }
  return { store: found.store, prefix: folderOf(uri.slice(found.root.length)), mode };
}

function folderOf(path: string): string {
  if (path === "" || path.endsWith("/")) return path;
  const last = path.slice(path.lastIndexOf("/") + 1);
  return last.includes(".") ? path.slice(0, path.length - last.length) : `${path}/`;
}
