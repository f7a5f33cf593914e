import type { PoolProfile } from "../../contracts";
import { InvalidProps } from "../../core";
import type { KubernetesManifest } from "../manifest";
import { daemonSet, resources, TMP_MOUNT, TMP_VOLUME } from "./daemon-set";

/** Images that each node of a pool pulls when it comes, before the first pod that uses them. */
export interface PrePull {
  /** Name of the pool. */
  readonly pool: string;
  /** References of the images, pinned by a version or digest. */
  readonly images: readonly string[];
  /** What the images run to end at once; they need it inside. @default ["/bin/true"] */
  readonly command?: readonly string[];
}

export interface ImageCacheParts {
  readonly namespace: string;
  readonly pool: PoolProfile;
  readonly images: readonly string[];
  readonly command: readonly string[];
  /** Reference of the pause image, which keeps the pod running. */
  readonly pauseImage: string;
}

/** Not root, and nothing else: what the cached images are does not matter. */
const NOBODY = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 65535,
};

/**
 * Pulls images by running each once, in an init container that ends at once and sees no GPU; pause then holds the pod, so that the kubelet
 * keeps the images. One image follows the other: pulls of a node share its network anyway.
 */
export function imageCache(parts: ImageCacheParts): KubernetesManifest {
  const { namespace, pool, images, command, pauseImage } = parts;
  return daemonSet({
    name: imageCacheName(pool.poolName),
    namespace,
    pools: [pool],
    // It yields to work: a node that is full needs no cache.
    pod: { priorityClassName: undefined, terminationGracePeriodSeconds: 1 },
    initContainers: images.map((image, index) => ({
      name: `pull-${index}`,
      image,
      imagePullPolicy: "IfNotPresent",
      command,
      // Whatever the image sets: a runtime that reads it would hand over all GPUs.
      env: [{ name: "NVIDIA_VISIBLE_DEVICES", value: "void" }],
      resources: resources("10m", "16Mi", "128Mi"),
      securityContext: NOBODY,
      volumeMounts: [TMP_MOUNT],
    })),
    containers: [
      { name: "pause", image: pauseImage, resources: resources("1m", "8Mi", "16Mi"), securityContext: NOBODY },
    ],
    volumes: [TMP_VOLUME],
  });
}

/** Pool names may hold what names of objects may not. */
function imageCacheName(poolName: string): string {
  return `image-cache-${poolName.toLowerCase().replace(/[^a-z0-9-]+/g, "-")}`;
}

/** @throws InvalidProps IMAGE_UNPINNED */
export function checkPinned(reference: string, at: string): void {
  if (/@sha256:[0-9a-f]{64}$/.test(reference)) return;
  const [, tag] = /^[^@]*:(\w[\w.-]*)$/.exec(reference) ?? [];
  if (tag !== undefined && tag !== "latest") return;
  throw new InvalidProps("IMAGE_UNPINNED", at, { got: reference, allowed: "a reference with a version or a digest" });
}
