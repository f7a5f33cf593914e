import { join } from "node:path";

/** Where containerd keeps the files of unpacked images, below its root. */
export const SNAPSHOTS = join("io.containerd.snapshotter.v1.overlayfs", "snapshots");
