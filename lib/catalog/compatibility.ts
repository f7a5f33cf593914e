import type { CatalogSource } from "./source";
import { compareVersions } from "./versions";

/** The least version of a component that does something. */
export interface VersionMinimum {
  readonly version: string;
  /** What needs it, or what goes wrong below it. */
  readonly reason: string;
  readonly source: CatalogSource;
}

/** Versions of a component in which something is so: from the first on, to below the second. */
export interface VersionRange {
  readonly from: string;
  readonly below: string;
  /** What is so in these versions. */
  readonly reason: string;
  readonly source: CatalogSource;
}

/** Whether a version is at least the least one. @param version dotted, with or without a leading "v" */
export function meets(version: string, { version: least }: Pick<VersionMinimum, "version">): boolean {
  return compareVersions(version, least) >= 0;
}

/** Whether a version is in a range. @param version dotted, with or without a leading "v" */
export function isWithin(version: string, { from, below }: Pick<VersionRange, "from" | "below">): boolean {
  return compareVersions(version, from) >= 0 && compareVersions(version, below) < 0;
}

/** Least EFA device plugin by instance family. The version is that of the image, not of its chart. */
export const EFA_DEVICE_PLUGIN_MINIMUM: Readonly<Record<string, VersionMinimum>> = {
  "p6-b200": {
    version: "0.5.10",
    reason: "Older versions take two NVLink devices for EFA and offer 10 instead of 8.",
    source: {
      repo: "aws/sagemaker-hyperpod-cli",
      commit: "pull #282",
      facts: "least EFA device plugin for p6-b200",
      date: "2025-09-29",
    },
  },
  "p6e-gb200": {
    version: "0.5.14",
    reason: "The EKS guide asks for it on UltraServers.",
    source: eksGuide("00e3293d", "ml-eks-nvidia-ultraserver.adoc", "least EFA device plugin for p6e-gb200"),
  },
};

const CNI_SOURCE = eksGuide("0743cb1a", "node-efa.adoc", "least VPC CNI for EFA");

/** Least VPC CNI, the add-on "vpc-cni", by the interfaces of a node. */
export const VPC_CNI_MINIMUM = {
  /** For interfaces of type "efa-only". */
  efaOnly: {
    version: "1.18.5",
    reason: "EFA-only interfaces need it.",
    source: CNI_SOURCE,
  },
  /** For more than one interface with EFA. */
  severalEfa: {
    version: "1.7.10",
    reason: "Types with several EFA interfaces need it.",
    source: CNI_SOURCE,
  },
} as const satisfies Readonly<Record<string, VersionMinimum>>;

/**
 * NVIDIA device plugins that mount all verbs devices into GPU pods unless told not to. That takes the devices of the EFA device
 * plugin: beside it, the setting must be off. The guide's page on EFA still says "from 0.19.0 on"; its page on NVIDIA says that
 * 0.19.3 took it back.
 */
export const NVIDIA_DEVICE_PLUGIN_MOFED = {
  from: "0.19.0",
  below: "0.19.3",
  reason: "mofed is on by default",
  /** Value of the Helm chart; the flag is --mofed-enabled, the variable MOFED_ENABLED. Off is false. */
  setting: "mofedEnabled",
  source: eksGuide("43d79bdb", "device-management-nvidia-dra-device-plugin.adoc", "versions with mofed by default"),
} as const satisfies VersionRange & { readonly setting: string };

const KARPENTER_ODCRS: CatalogSource = {
  site: "karpenter.sh",
  page: "Utilizing On-Demand Capacity Reservations and Capacity Blocks",
  facts: "versions that know reservations and blocks",
  date: "2026",
};

const KARPENTER_STATIC: CatalogSource = {
  site: "aws-samples.github.io/karpenter-blueprints",
  page: "Karpenter Blueprint: Static NodePool",
  facts: "versions that know static pools, interfaces and placement groups",
  date: "2026",
};

/** Least Karpenter for AWS by feature. */
export const KARPENTER_MINIMUM = {
  /** `networkInterfaces` of an EC2NodeClass. */
  networkInterfaces: { version: "1.11", reason: "The field is new in it.", source: KARPENTER_STATIC },
  /** `placementGroupSelector` of an EC2NodeClass. */
  placementGroupSelector: { version: "1.11", reason: "The field is new in it.", source: KARPENTER_STATIC },
  /** `capacityReservationSelectorTerms` of an EC2NodeClass. */
  reservations: { version: "1.3", reason: "The field is new in it.", source: KARPENTER_ODCRS },
  /** Reservations that are Capacity Blocks. */
  capacityBlocks: { version: "1.6", reason: "Blocks are new in it.", source: KARPENTER_ODCRS },
  /** `replicas` of a NodePool; alpha, behind the gate StaticCapacity. */
  staticCapacity: { version: "1.8", reason: "The field is new in it.", source: KARPENTER_STATIC },
} as const satisfies Readonly<Record<string, VersionMinimum>>;

/** Least Terraform provider for AWS by feature. */
export const TERRAFORM_AWS_PROVIDER_MINIMUM = {
  /** Interfaces of type "efa-only" in a launch template. */
  efaOnly: {
    version: "5.74",
    reason: "The interface type is new in it.",
    source: {
      repo: "terraform-aws-modules/terraform-aws-eks",
      commit: "pull #3196",
      facts: "provider with efa-only, its pull #39882",
      date: "2024-11-01",
    },
  },
} as const satisfies Readonly<Record<string, VersionMinimum>>;

/** A page of the EKS user guide. Its stored copies bear no day; the year is that of what they describe. */
function eksGuide(commit: string, file: string, facts: string): CatalogSource {
  return { repo: "awsdocs/amazon-eks-user-guide", commit, path: `latest/ug/ml/${file}`, facts, date: "2026" };
}
