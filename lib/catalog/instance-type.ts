/** CPU architecture of a node. */
export enum Architecture {
  X86_64 = "x86_64",
  ARM64 = "arm64",
}

/** Who makes the accelerator; it decides node images, device plugins and resource names. */
export enum AcceleratorVendor {
  NVIDIA = "nvidia",
  /** Trainium and Inferentia. */
  NEURON = "neuron",
}

/** The accelerators of an instance type. */
export interface AcceleratorSpec {
  readonly vendor: AcceleratorVendor;
  /** Model name in lower case, such as "h100". */
  readonly name: string;
  /** Devices in one node. */
  readonly count: number;
  /** Memory of one device in MiB. @default - not known */
  readonly memoryMiBEach?: number;
  /** Extended resource that pods ask for: "nvidia.com/gpu", "aws.amazon.com/neuron". */
  readonly resource: string;
}

/** What the library must know of an EC2 instance type to build a node that works. */
export interface InstanceTypeSpec {
  /** EC2 name, such as "p5.48xlarge". */
  readonly instanceType: string;
  readonly architecture: Architecture;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly accelerator: AcceleratorSpec;
  /** Network cards, each by the most interfaces it can hold: a device index must be below that number. */
  readonly networkCards: readonly number[];
  /** Most EFA interfaces; 0 for a type without EFA. */
  readonly efaInterfaces: number;
  /** First network card with EFA. @default 0 */
  readonly firstEfaCard?: number;
  /** IPv4 addresses that one interface can hold. */
  readonly ipv4PerInterface: number;
  readonly networkGbps: number;
  /** Local NVMe in GB; absent where there is none. */
  readonly localNvmeGB?: number;
  /** On-demand price in us-east-1, USD per hour; absent where EC2 lists none (sold by Capacity Block only). */
  readonly onDemandUsdPerHour?: number;
  /** Whether Capacity Blocks are sold for it. */
  readonly capacityBlocks: boolean;
}
