import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RunFailed } from "../embedded/failures";
import { REPOSITORY } from "../embedded/repository";
import { containerdConfig } from "./node-files";
import { SNAPSHOTS } from "./places";
import type { NodePrograms } from "./programs";
import { IMAGE_USER, type ImageContent, linkRootFiles } from "./root-files";

const SCRIPT = join(REPOSITORY, "tools", "twin", "image-store.sh");
const PAUSE = "pause";
const RUNTIME = "runtime";
const REGISTRY = "registry.example";
const TAG = "twin";

/** The store of a containerd with the images of a twin, ready to be copied. */
export interface ImageStore {
  readonly folder: string;
  /** Image of the container that holds a pod's namespaces. */
  readonly pause: string;
  /** The environment's image, by digest, as pods name it. */
  readonly image: string;
}

interface StoredImage {
  readonly name: string;
  readonly byDigest: string;
}

/**
 * Makes an image of an environment and puts it into a store.
 * @param folder empty; on the file system of the environment, or its files are copied
 * @throws RunFailed when the environment has no interpreter, or the store cannot be filled
 */
export async function fillImageStore(
  folder: string,
  content: ImageContent,
  programs: NodePrograms,
): Promise<ImageStore> {
  const [runtime, pause] = [join(folder, "images", RUNTIME), join(folder, "images", PAUSE)];
  for (const path of [runtime, pause]) mkdirSync(join(path, "root"), { recursive: true });
  linkRootFiles(join(runtime, "root"), content);
  copyFileSync(programs.pause, join(pause, "root", "pause"));
  const { byDigest } = writeImage(runtime, RUNTIME, {
    User: `${IMAGE_USER}:${IMAGE_USER}`,
    Env: environmentOf(content),
    WorkingDir: "/tmp",
    Cmd: [join(content.environment, "bin", "python")],
  });
  const { name } = writeImage(pause, PAUSE, { User: "65535:65535", Entrypoint: ["/pause"] });
  writeFileSync(join(folder, "containerd.toml"), containerdConfig({ folder, programs, pauseImage: name }));
  await runScript(folder, programs);
  return { folder, pause: name, image: byDigest };
}

/** A copy for one node, without the files of the images: the node sees those in its place, see node-inside.sh. */
export function copyStore({ folder }: ImageStore, to: string): void {
  const from = join(folder, "containerd");
  const isFiles = (path: string) => dirname(path) === join(from, SNAPSHOTS);
  cpSync(from, to, { recursive: true, filter: (path) => !isFiles(path) });
}

function environmentOf({ environment, env = {} }: ImageContent): readonly string[] {
  const all = { PATH: `${join(environment, "bin")}:/usr/bin:/bin`, LANG: "C.UTF-8", HOME: "/tmp", ...env };
  return Object.entries(all).map(([name, value]) => `${name}=${value}`);
}

/**
 * Writes an OCI image layout with one layer (image-spec v1.0, image-layout.md). The layer's own archive is in no store: it would be read only to
 * be unpacked, and its files are there already. Its digest is therefore of no archive, but new for each image.
 */
function writeImage(folder: string, repository: string, config: object): StoredImage {
  const layout = join(folder, "layout");
  const blobs = join(layout, "blobs", "sha256");
  mkdirSync(blobs, { recursive: true });
  const add = (mediaType: string, value: object) => {
    const text = JSON.stringify(value);
    const hash = sha256(text);
    writeFileSync(join(blobs, hash), text);
    return { mediaType, digest: `sha256:${hash}`, size: Buffer.byteLength(text) };
  };
  const layer = `sha256:${sha256(folder)}`;
  const image = add("application/vnd.oci.image.config.v1+json", {
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config,
    rootfs: { type: "layers", diff_ids: [layer] },
  });
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const layers = [{ mediaType: "application/vnd.oci.image.layer.v1.tar", digest: layer, size: 1 }];
  const manifest = add(mediaType, { schemaVersion: 2, mediaType, config: image, layers });
  const name = `${REGISTRY}/${repository}:${TAG}`;
  const manifests = [{ ...manifest, annotations: { "io.containerd.image.name": name } }];
  writeFileSync(join(layout, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
  writeFileSync(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const byDigest = `${REGISTRY}/${repository}@${manifest.digest}`;
  const facts = { name, "by-digest": byDigest, chain: layer, config: image.digest };
  for (const [file, text] of Object.entries(facts)) writeFileSync(join(folder, file), text);
  return { name, byDigest };
}

async function runScript(folder: string, { debian }: NodePrograms): Promise<void> {
  const env = { PATH: `${debian}/usr/bin:${debian}/usr/sbin:/usr/sbin:/usr/bin:/sbin:/bin` };
  const child = spawn("bash", [SCRIPT, folder, PAUSE, RUNTIME], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new RunFailed("the image store could not be filled", [output.slice(-3000)]);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
