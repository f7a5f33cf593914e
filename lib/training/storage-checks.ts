import { InvalidProps } from "../core";
import type { CompleteLaunchSpec } from "./launch-spec";
import { type DataMount, MountKind, type TrainingJobOptions } from "./training-job-props";

/** Folders of a pod that may be written: its root file system is read-only. */
const OWN_FOLDERS = ["/tmp", "/dev/shm"];

/**
 * Refuses locations that pods cannot use as they are meant.
 * @throws InvalidProps TRAINING_STORAGE_INVALID
 */
export function checkStorage(options: TrainingJobOptions, spec: CompleteLaunchSpec, at: string): void {
  const { mounts = [], checkpoints, runtime } = options;
  checkMounts(mounts, `${at}.mounts`);
  if (checkpoints.readOnly) {
    const allowed = "a location that may be written, as `store.at` gives it";
    throw new InvalidProps("TRAINING_STORAGE_INVALID", `${at}.checkpoints`, { got: checkpoints, allowed });
  }
  const read = {
    dataset: spec.data.train,
    evalDataset: spec.data.eval,
    "model.weights": spec.model.weights,
    "model.tokenizer": spec.model.tokenizer,
    "runtime.uri": runtime?.uri,
  };
  for (const [property, uri] of Object.entries(read)) if (uri) checkMounted(uri, mounts, `${at}.${property}`);
  const written = { checkpoints: spec.run.output, "observe.tensorboard": spec.observe.tensorboard };
  for (const [property, uri] of Object.entries(written)) {
    if (uri) checkWritable(uri, checkMounted(uri, mounts, `${at}.${property}`), `${at}.${property}`);
  }
  checkLocal(spec.checkpoint.local?.path, mounts, `${at}.checkpoint.local.path`);
}

function checkMounts(mounts: readonly DataMount[], at: string): void {
  const names = mounts.flatMap(({ claim, path }) => [claim, path.replace(/\/+$/, "")]);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new InvalidProps("TRAINING_STORAGE_INVALID", at, { got: twice, allowed: "each claim and each path once" });
  }
  const wrong = mounts.find(({ path }) => !/^\/[^:\s]+$/.test(path) || OWN_FOLDERS.some((own) => isBelow(path, own)));
  if (wrong === undefined) return;
  const allowed = `absolute paths outside of ${OWN_FOLDERS.join(" and ")}`;
  throw new InvalidProps("TRAINING_STORAGE_INVALID", at, { got: wrong.path, allowed });
}

/** The mount that a location lies on; undefined for stores. */
function checkMounted(uri: string, mounts: readonly DataMount[], at: string): DataMount | undefined {
  const path = pathOf(uri);
  if (path === undefined) {
    if (!uri.startsWith("memory:")) return undefined;
    throw new InvalidProps("TRAINING_STORAGE_INVALID", at, { got: uri, allowed: "a place that outlives a process" });
  }
  const mount = mounts.find((candidate) => isBelow(path, candidate.path));
  if (mount !== undefined) return mount;
  const allowed = `a path below one of the mounts: ${mounts.map((each) => each.path).join(", ") || "there are none"}`;
  throw new InvalidProps("TRAINING_STORAGE_INVALID", at, { got: uri, allowed });
}

function checkWritable(uri: string, mount: DataMount | undefined, at: string): void {
  if (mount === undefined) return;
  if (mount.kind === MountKind.OBJECT_STORE) {
    const allowed =
      "the store's own URI, or a file system: checkpoints are renamed and overwritten, which a mounted bucket cannot";
    const source = "awslabs/mountpoint-s3 doc/SEMANTICS.md, 2026";
    throw new InvalidProps("TRAINING_STORAGE_INVALID", at, { got: uri, allowed, source });
  }
  if (!isReadOnly(mount)) return;
  throw new InvalidProps("TRAINING_STORAGE_INVALID", at, { got: uri, allowed: "a mount that may be written" });
}

function checkLocal(local: string | undefined, mounts: readonly DataMount[], at: string): void {
  if (local === undefined) return;
  const folders = mounts.filter((mount) => mount.kind === MountKind.FILE_SYSTEM && !isReadOnly(mount));
  const writable = ["/tmp", ...folders.map(({ path }) => path)];
  if (writable.some((folder) => isBelow(local, folder))) return;
  const allowed = `a folder below ${writable.join(", ")}: the rest of the pod cannot be written`;
  throw new InvalidProps("TRAINING_STORAGE_INVALID", at, { got: local, allowed });
}

/** Whether pods cannot write to a mount. */
export function isReadOnly({ kind, readOnly = kind === MountKind.OBJECT_STORE }: DataMount): boolean {
  return readOnly;
}

function pathOf(uri: string): string | undefined {
  if (uri.startsWith("file://")) return uri.slice("file://".length);
  return uri.startsWith("/") ? uri : undefined;
}

function isBelow(path: string, folder: string): boolean {
  const root = folder.replace(/\/+$/, "");
  return path === root || path.startsWith(`${root}/`);
}
