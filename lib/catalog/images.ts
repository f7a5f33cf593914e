import type { VersionMinimum } from "./compatibility";
import type { CatalogSource } from "./source";

/** A release of node images, with its day. */
export interface ImageRelease {
  /** As its makers call it: "v20261012" for AL2023, "1.67.0" for Bottlerocket. */
  readonly version: string;
  /** YYYY-MM-DD */
  readonly date: string;
  readonly source: CatalogSource;
}

/** A release that should not run, with the reason. */
export interface WithdrawnRelease {
  readonly version: string;
  readonly reason: string;
  readonly source: CatalogSource;
}

const AL2023_FIX: CatalogSource = {
  repo: "awslabs/amazon-eks-ami",
  commit: "v20261012",
  facts: "release and its fix of the kernel panic of #2845",
  date: "2026-10-14",
};

/** Newest releases of the EKS images that are known here. */
export const EKS_IMAGE_RELEASES = {
  al2023: { version: "v20261012", date: "2026-10-14", source: AL2023_FIX },
  /** 1.68.0 was a pre-release when it was read. */
  bottlerocket: {
    version: "1.67.0",
    date: "2026-10-13",
    source: {
      repo: "bottlerocket-os/bottlerocket",
      commit: "v1.67.0",
      facts: "release",
      date: "2026-10-13",
    },
  },
} as const satisfies Readonly<Record<string, ImageRelease>>;

/** AL2023 releases of EKS whose kernel 6.12.110 panics on Kubernetes 1.31 to 1.35. */
export const WITHDRAWN_AL2023_RELEASES: readonly WithdrawnRelease[] = ["v20260930", "v20261003"].map((version) => ({
  version,
  reason: "Its kernel panics on Kubernetes 1.31 to 1.35; v20261012 has the fix.",
  source: AL2023_FIX,
}));

/** An image family that runs the NVIDIA device plugin by itself: a second one beside it offers every GPU twice. */
export interface BuiltInDevicePlugin {
  /** AMI types that ship it. */
  readonly amiTypes: readonly string[];
  /** Setting of the image that turns it off when it is false. */
  readonly setting: string;
  /** Least release of the image with the setting. */
  readonly settingSince: VersionMinimum;
}

/** Bottlerocket's NVIDIA images; the AL2023 ones ship no device plugin. */
export const NVIDIA_DEVICE_PLUGIN_IN_IMAGE: BuiltInDevicePlugin = {
  amiTypes: ["BOTTLEROCKET_x86_64_NVIDIA", "BOTTLEROCKET_ARM_64_NVIDIA"],
  setting: "settings.kubelet-device-plugins.nvidia.enabled",
  settingSince: {
    version: "1.63.0",
    reason: "The setting is new in it.",
    source: {
      repo: "bottlerocket-os/bottlerocket",
      commit: "pull #4856",
      facts: "setting that turns the NVIDIA device plugin off",
      date: "2026-07-17",
    },
  },
};

/** What is known of an NVIDIA driver branch, such as 580. */
export interface DriverFact {
  readonly branch: number;
  /** Instance families, such as "g7". */
  readonly families: readonly string[];
  readonly source: CatalogSource;
}

const DRIVERS: CatalogSource = {
  repo: "awslabs/amazon-eks-ami",
  commit: "62c9f3b0",
  path: "doc/usage/g7-ami.md",
  facts: "what drivers 580 and 595 run on",
  date: "2026",
};

/** The newest driver branch in a family of images, and the one before it. */
export interface ImageDriver {
  readonly branch: number;
  /** First release with it, as EKS calls releases. @default - all that are known */
  readonly since?: string;
  /** Branch of older releases. @default - the same */
  readonly before?: number;
  readonly source: CatalogSource;
}

/**
 * NVIDIA drivers in the images of EKS. AL2023 carries two since v20260917, 580 and 595, and chooses by instance type at first boot; so
 * what one of them breaks is not broken. Bottlerocket carries one, on Kubernetes 1.34 and newer.
 */
export const EKS_NVIDIA_DRIVERS = {
  al2023: {
    branch: 595,
    since: "v20260917",
    before: 580,
    source: {
      repo: "awslabs/amazon-eks-ami",
      commit: "v20260917",
      path: "issue #2768, pulls #2808 and #2819",
      facts: "two drivers, chosen at boot; seen at work on G7 and G6f",
      date: "2026-09-22",
    },
  },
  bottlerocket: {
    branch: 580,
    source: {
      repo: "awsdocs/amazon-eks-user-guide",
      commit: "07d09a00",
      path: "latest/ug/ml/ml-eks-optimized-ami.adoc",
      facts: "driver branch in the NVIDIA images",
      date: "2026",
    },
  },
} as const satisfies Readonly<Record<string, ImageDriver>>;

/**
 * Newest NVIDIA driver branch in an image of EKS.
 * @param amiType EKS AMI type, such as "AL2023_x86_64_NVIDIA"
 * @param release of the image, in either way of writing it: "1.36.2-20260818", "al2023@v20260818" @default - the newest
 * @returns undefined for an image without NVIDIA drivers, or one that is not known here
 */
export function nvidiaDriverIn(amiType: string, release?: string): number | undefined {
  if (/^BOTTLEROCKET_\w+_NVIDIA$/.test(amiType)) return EKS_NVIDIA_DRIVERS.bottlerocket.branch;
  if (!/^AL2023_\w+_NVIDIA$/.test(amiType)) return undefined;
  const { branch, since, before } = EKS_NVIDIA_DRIVERS.al2023;
  const day = /\d{8}$/.exec(release ?? "")?.[0];
  return day === undefined || day >= since.slice(1) ? branch : before;
}

/** Least driver branch by family; for other families no source states one. The same stands as `minimumDriver` at each type. */
export const NVIDIA_DRIVER_MINIMUM: readonly DriverFact[] = [{ branch: 595, families: ["g7"], source: DRIVERS }];

/** Driver branches from which on some families fail: 595 breaks P3, P3dn and G6f, and has known issues with EFA on P6e-GB200. */
export const NVIDIA_DRIVER_BREAKS: readonly DriverFact[] = [
  { branch: 595, families: ["p3", "p3dn", "g6f", "p6e-gb200"], source: DRIVERS },
];
