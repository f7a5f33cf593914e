import { type AcceleratorSpec, AcceleratorVendor, Architecture, type InstanceTypeSpec } from "./instance-type";

/**
 * Accelerator instance types, as of 2026-08-06 (limits) and 2026-07-20 (prices, us-east-1).
 * Sources: aws/karpenter-provider-aws 1d927085dd81 `website/content/en/preview/reference/instance-types.md`,
 * `pkg/providers/instancetype/zz_generated.vpclimits.go`, `pkg/providers/pricing/zz_generated.pricing_aws.go`;
 * aws/amazon-vpc-cni-k8s b52188387 for trn2; eksctl-io/eksctl 99984adb6 for Capacity Blocks.
 */
export const CATALOG_DATE = "2026-08-06";
/** Day of the on-demand prices. */
export const ACCELERATOR_PRICE_DATE = "2026-07-20";

const GiB = 1024;

function nvidia(name: string, count: number, memoryMiBEach: number): AcceleratorSpec {
  return { vendor: AcceleratorVendor.NVIDIA, name, count, memoryMiBEach, resource: "nvidia.com/gpu" };
}

function neuron(name: string, count: number): AcceleratorSpec {
  return { vendor: AcceleratorVendor.NEURON, name, count, resource: "aws.amazon.com/neuron" };
}

/** The same card several times. */
function cards(count: number, interfacesEach: number): number[] {
  return new Array<number>(count).fill(interfacesEach);
}

type Row = Omit<InstanceTypeSpec, "instanceType" | "architecture" | "ipv4PerInterface" | "capacityBlocks"> &
  Partial<Pick<InstanceTypeSpec, "ipv4PerInterface" | "capacityBlocks">>;

const ROWS: Readonly<Record<string, Row>> = {
  "p4d.24xlarge": {
    vcpus: 96,
    memoryMiB: 1152 * GiB,
    accelerator: nvidia("a100", 8, 40 * GiB),
    networkCards: cards(4, 15),
    efaInterfaces: 4,
    networkGbps: 400,
    localNvmeGB: 8000,
    onDemandUsdPerHour: 21.957642,
    capacityBlocks: true,
  },
  "p4de.24xlarge": {
    vcpus: 96,
    memoryMiB: 1152 * GiB,
    accelerator: nvidia("a100", 8, 80 * GiB),
    networkCards: cards(4, 15),
    efaInterfaces: 4,
    networkGbps: 400,
    localNvmeGB: 8000,
    onDemandUsdPerHour: 27.44705,
    capacityBlocks: true,
  },
  "p5.48xlarge": {
    vcpus: 192,
    memoryMiB: 2048 * GiB,
    accelerator: nvidia("h100", 8, 80 * GiB),
    networkCards: cards(32, 2),
    efaInterfaces: 32,
    networkGbps: 3200,
    localNvmeGB: 30400,
    onDemandUsdPerHour: 55.04,
    capacityBlocks: true,
  },
  "p5e.48xlarge": {
    vcpus: 192,
    memoryMiB: 2048 * GiB,
    accelerator: nvidia("h200", 8, 141 * GiB),
    networkCards: cards(32, 2),
    efaInterfaces: 32,
    networkGbps: 3200,
    localNvmeGB: 30400,
    capacityBlocks: true,
  },
  "p5en.48xlarge": {
    vcpus: 192,
    memoryMiB: 2048 * GiB,
    accelerator: nvidia("h200", 8, 141 * GiB),
    networkCards: cards(16, 4),
    efaInterfaces: 16,
    networkGbps: 3200,
    localNvmeGB: 30400,
    onDemandUsdPerHour: 63.296,
    capacityBlocks: true,
  },
  "p6-b200.48xlarge": {
    vcpus: 192,
    memoryMiB: 2048 * GiB,
    accelerator: nvidia("b200", 8, 183359),
    networkCards: cards(8, 4),
    efaInterfaces: 8,
    networkGbps: 3200,
    localNvmeGB: 30400,
    onDemandUsdPerHour: 113.9328,
    capacityBlocks: true,
  },
  "p6-b300.48xlarge": {
    vcpus: 192,
    memoryMiB: 4096 * GiB,
    accelerator: nvidia("b300", 8, 275040),
    networkCards: cards(17, 4),
    efaInterfaces: 16,
    // Card 0 is ENA only. Source: Amazon EC2 user guide, "Maximize network bandwidth on Amazon EC2 instances", 2026.
    firstEfaCard: 1,
    networkGbps: 6400,
    localNvmeGB: 30400,
    onDemandUsdPerHour: 142.416,
    capacityBlocks: true,
  },
  "trn1.32xlarge": {
    vcpus: 128,
    memoryMiB: 512 * GiB,
    accelerator: neuron("trainium", 16),
    networkCards: cards(8, 5),
    efaInterfaces: 8,
    networkGbps: 800,
    localNvmeGB: 7600,
    onDemandUsdPerHour: 21.5,
    capacityBlocks: true,
  },
  "trn2.48xlarge": {
    vcpus: 192,
    memoryMiB: 2048 * GiB,
    accelerator: neuron("trainium2", 16),
    networkCards: cards(16, 2),
    efaInterfaces: 16,
    networkGbps: 3200,
    localNvmeGB: 7600,
    capacityBlocks: true,
  },
  "inf2.xlarge": {
    vcpus: 4,
    memoryMiB: 16 * GiB,
    accelerator: neuron("inferentia2", 1),
    networkCards: [4],
    efaInterfaces: 0,
    ipv4PerInterface: 15,
    networkGbps: 2.083,
    onDemandUsdPerHour: 0.7582,
  },
  "g6.xlarge": {
    vcpus: 4,
    memoryMiB: 16 * GiB,
    accelerator: nvidia("l4", 1, 22888),
    networkCards: [4],
    efaInterfaces: 0,
    ipv4PerInterface: 15,
    networkGbps: 2.5,
    localNvmeGB: 250,
    onDemandUsdPerHour: 0.8048,
  },
  "g6e.xlarge": {
    vcpus: 4,
    memoryMiB: 32 * GiB,
    accelerator: nvidia("l40s", 1, 45776),
    networkCards: [4],
    efaInterfaces: 0,
    ipv4PerInterface: 15,
    networkGbps: 2.5,
    localNvmeGB: 250,
    onDemandUsdPerHour: 1.861,
  },
  "g6e.2xlarge": {
    vcpus: 8,
    memoryMiB: 64 * GiB,
    accelerator: nvidia("l40s", 1, 45776),
    networkCards: [4],
    efaInterfaces: 0,
    ipv4PerInterface: 15,
    networkGbps: 5,
    localNvmeGB: 450,
    onDemandUsdPerHour: 2.24208,
  },
  "g6e.12xlarge": {
    vcpus: 48,
    memoryMiB: 384 * GiB,
    accelerator: nvidia("l40s", 4, 45776),
    networkCards: [10],
    efaInterfaces: 1,
    ipv4PerInterface: 30,
    networkGbps: 100,
    localNvmeGB: 3800,
    onDemandUsdPerHour: 10.49264,
  },
  "g6e.48xlarge": {
    vcpus: 192,
    memoryMiB: 1536 * GiB,
    accelerator: nvidia("l40s", 8, 45776),
    networkCards: cards(4, 10),
    efaInterfaces: 4,
    networkGbps: 400,
    localNvmeGB: 7600,
    onDemandUsdPerHour: 30.13118,
  },
};

/** Accelerator types by EC2 name. A type newer than this table is used by passing its InstanceTypeSpec. */
export const INSTANCE_TYPES: Readonly<Record<string, InstanceTypeSpec>> = Object.fromEntries(
  Object.entries(ROWS).map(([instanceType, row]) => [
    instanceType,
    { instanceType, architecture: Architecture.X86_64, ipv4PerInterface: 50, capacityBlocks: false, ...row },
  ]),
);
