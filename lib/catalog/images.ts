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

/** Driver branch in the NVIDIA images of EKS: AL2023 on every Kubernetes version, Bottlerocket from Kubernetes 1.34 on. */
export const EKS_NVIDIA_DRIVER = {
  branch: 580,
  source: {
    repo: "awsdocs/amazon-eks-user-guide",
    commit: "07d09a00",
    path: "latest/ug/ml/ml-eks-optimized-ami.adoc",
    facts: "driver branch in the NVIDIA images",
    date: "2026",
  },
} as const satisfies Omit<DriverFact, "families">;

/** Least driver branch by family; for other families no source states one. The same stands as `minimumDriver` at each type. */
export const NVIDIA_DRIVER_MINIMUM: readonly DriverFact[] = [{ branch: 595, families: ["g7"], source: DRIVERS }];

/** Driver branches from which on some families fail: 595 breaks P3, P3dn and G6f, and has known issues with EFA on P6e-GB200. */
export const NVIDIA_DRIVER_BREAKS: readonly DriverFact[] = [
  { branch: 595, families: ["p3", "p3dn", "g6f", "p6e-gb200"], source: DRIVERS },
];
