import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { Unready } from "../embedded/failures";

/** A rendered object and where it lies. */
export interface RenderedManifest {
  /** File below the folder of all manifests: "prod-platform/namespace-team-research.yaml". */
  readonly file: string;
  /** Folder, which is the stack: "prod-platform". */
  readonly stack: string;
  /** What waivers name it by: "prod-platform/Namespace/-/team-research". */
  readonly id: string;
  readonly object: KubernetesObject;
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** What is judged cannot be read. */
export class UnreadableManifests extends Unready {}

/**
 * Reads `<root>/<stack>/*.yaml`, one object a file, sorted.
 * @throws UnreadableManifests when there is nothing, or a file is not one object
 */
export function readManifests(root: string): RenderedManifest[] {
  const stacks = foldersIn(root);
  const manifests = stacks.flatMap((stack) =>
    readdirSync(join(root, stack))
      .filter((name) => name.endsWith(".yaml"))
      .sort()
      .map((name) => readManifest(root, stack, `${stack}/${name}`)),
  );
  if (manifests.length === 0) throw new UnreadableManifests(`${root}: no manifests; render first (npm run -s render)`);
  return manifests;
}

/**
 * The stacks of one cluster belong together: a policy of one covers pods of another. They are told by the stage in front of the names.
 * @returns manifests by stage
 */
export function byCluster(manifests: readonly RenderedManifest[]): ReadonlyMap<string, readonly RenderedManifest[]> {
  const clusters = new Map<string, RenderedManifest[]>();
  for (const manifest of manifests) {
    const stage = manifest.stack.replace(/-(operators|platform|workloads-.*)$/, "");
    clusters.set(stage, [...(clusters.get(stage) ?? []), manifest]);
  }
  return clusters;
}

function foldersIn(root: string): string[] {
  try {
    const entries = readdirSync(root, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}

function readManifest(root: string, stack: string, file: string): RenderedManifest {
  let object: unknown;
  try {
    object = parse(readFileSync(join(root, file), "utf8"), { version: "1.1" });
  } catch (error) {
    throw new UnreadableManifests(`${file}: not one YAML document (${(error as Error).message.split("\n")[0]})`);
  }
  if (!isKubernetesObject(object)) {
    throw new UnreadableManifests(`${file}: not a Kubernetes object: apiVersion, kind or metadata.name is missing`);
  }
  const { kind, metadata } = object;
  return { file, stack, id: `${stack}/${kind}/${metadata.namespace ?? "-"}/${metadata.name}`, object };
}

function isKubernetesObject(value: unknown): value is KubernetesObject {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<KubernetesObject>;
  return typeof apiVersion === "string" && typeof kind === "string" && typeof metadata?.name === "string";
}
