import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RuntimeReference } from "../contracts";
import { InvalidProps, safeId } from "../core";
import { S3Object } from "../terraform/aws";
import { AssetType, Construct, type ITerraformDependable, TerraformAsset } from "../terraform/cdktf";
import type { IObjectStore } from "./object-store";
import { normalizePrefix } from "./prefix";

export interface RuntimeBundleProps {
  /** Store that the pods read it from. */
  readonly store: IObjectStore;
  /** Folder in the store. @default "runtime/" */
  readonly prefix?: string;
  /** Folder with the bundle and its manifest. @default - the one of this package, which `npm run build:bundle` makes in a checkout */
  readonly folder?: string;
  /** What must stand before the first object is written: `ObjectStore.configured`. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** A bundle on this machine, verified. */
export interface LocalRuntimeBundle {
  readonly path: string;
  readonly sha256: string;
  readonly version: string;
}

/**
 * The bundle of a folder, if it is what its manifest says.
 * @throws InvalidProps RUNTIME_BUNDLE_MISSING
 */
export function readRuntimeBundle(folder: string, at: string): LocalRuntimeBundle {
  const refuse = (got: unknown, allowed: string) => new InvalidProps("RUNTIME_BUNDLE_MISSING", at, { got, allowed });
  const manifest = join(folder, "manifest.json");
  if (!existsSync(manifest)) throw refuse(folder, "a folder with manifest.json and the bundle that it names");
  const { file, sha256, version } = JSON.parse(readFileSync(manifest, "utf8")) as Readonly<Record<string, string>>;
  const path = join(folder, file ?? "");
  if (file === undefined || sha256 === undefined || version === undefined || !existsSync(path)) {
    throw refuse(file, `a file beside ${manifest}`);
  }
  const found = createHash("sha256").update(readFileSync(path)).digest("hex");
  if (found !== sha256) throw refuse(found, `the sha256 of the manifest, ${sha256}`);
  return { path, sha256, version };
}

/**
 * The training runtime in a store, as an object that is called by its content: pods fetch it, verify the hash, and run it in an image that
 * holds the frameworks alone.
 *
 * A new runtime is another object, and the old one is deleted by the same apply: jobs that still run have it in memory, but need it to start
 * again. So deploy their new reference too, or wait until they are done. The store keeps old versions for a while.
 */
export class RuntimeBundle extends Construct {
  public readonly reference: RuntimeReference;

  /** @throws InvalidProps ID_UNSAFE, PREFIX_INVALID, RUNTIME_BUNDLE_MISSING */
  public constructor(scope: Construct, id: string, props: RuntimeBundleProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const { store, prefix = "runtime/", dependsOn } = props;
    const at = this.node.path;
    const { path, sha256, version } = readRuntimeBundle(props.folder ?? packagedRuntimeFolder(at), `${at}.folder`);
    const key = `${normalizePrefix(prefix, `${at}.prefix`)}${sha256}.zip`;
    const asset = new TerraformAsset(this, "Asset", { path, type: AssetType.FILE, assetHash: sha256.slice(0, 32) });
    new S3Object(this, "Resource", {
      bucket: store.bucketName,
      key,
      source: asset.path,
      contentType: "application/zip",
      checksumAlgorithm: "SHA256",
      dependsOn: dependsOn && [...dependsOn],
    });
    this.reference = { uri: `s3://${store.bucketName}/${key}`, sha256, version };
  }
}

/**
 * Folder of the bundle that this package brings.
 * @param at path of the property, for the message
 * @throws InvalidProps RUNTIME_BUNDLE_MISSING
 */
export function packagedRuntimeFolder(at: string): string {
  // The compiled file lies deeper than the source.
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, "dist", "runtime");
    if (existsSync(join(folder, "package.json"))) return candidate;
  }
  const allowed = "a folder with the bundle, since the package has none";
  throw new InvalidProps("RUNTIME_BUNDLE_MISSING", at, { got: __dirname, allowed });
}
