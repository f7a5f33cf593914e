import { CapacityKind } from "./capacity-kind";

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
  AMD = "amd",
  /** Gaudi. */
  HABANA = "habana",
  QUALCOMM = "qualcomm",
}

/** The accelerators of an instance type. */
export interface AcceleratorSpec {
  readonly vendor: AcceleratorVendor;
  /** Model name in lower case, such as "h100". */
  readonly name: string;
  /** Whole devices in one node; 0 for a fraction of one. */
  readonly count: number;
  /** Memory of one device in MiB. @default - not known */
  readonly memoryMiBEach?: number;
  /** Extended resource that pods ask for: "nvidia.com/gpu", "aws.amazon.com/neuron". @default - none is known */
  readonly resource?: string;
}

/** A place for an interface: a network card, and a device index on it. */
export interface InterfaceSlot {
  readonly card: number;
  readonly device: number;
}

/** What an instance costs, with what is needed to judge it. */
export interface InstancePrice {
  readonly purchase: CapacityKind;
  readonly usdPerHour: number;
  readonly region: string;
  /** Day on which the source stated it, YYYY-MM-DD. */
  readonly date: string;
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
  /**
   * More ENA interfaces that raise IP bandwidth, where the EC2 guide lists them for the type. @default - the guide's general rule:
   * device 1 of every further card
   */
  readonly bandwidthSlots?: readonly InterfaceSlot[];
  /** IPv4 addresses that one interface can hold. */
  readonly ipv4PerInterface: number;
  readonly networkGbps: number;
  /** Local NVMe in GB; absent where there is none. */
  readonly localNvmeGB?: number;
  /** How EC2 sells it, as far as sources state it. */
  readonly capacityKinds: readonly CapacityKind[];
  /** Dated list prices; empty where none is known, such as for types that are sold by Capacity Block only. @default - none known */
  readonly prices?: readonly InstancePrice[];
  /** EKS AMI types that carry the drivers, such as "AL2023_x86_64_NVIDIA". @default - not known */
  readonly amiTypes?: readonly string[];
  /** Layers of the network topology that EC2 tells of the instance: 3 or 4. @default - not known */
  readonly topologyLayers?: number;
  /** Least NVIDIA driver branch, such as 595. @default - what EKS images carry */
  readonly minimumDriver?: number;
  /** Where the facts come from: keys of CATALOG_SOURCES, or words of your own. @default - not told */
  readonly sources?: readonly string[];
}

/** A type whose facts conflict or are not all known: a pool of it needs the specification from its user. */
export interface IncompleteInstanceType {
  readonly instanceType: string;
  /** What is missing or in conflict, as one sentence. */
  readonly reason: string;
  /** @default - not known */
  readonly architecture?: Architecture;
  /** @default - not known */
  readonly vcpus?: number;
  /** @default - not known */
  readonly memoryMiB?: number;
  /** @default - not known */
  readonly networkGbps?: number;
  /** @default - not known */
  readonly localNvmeGB?: number;
  readonly acceleratorVendor: AcceleratorVendor;
  readonly acceleratorName: string;
  /** @default - not known */
  readonly acceleratorCount?: number;
  /** @default - not known */
  readonly acceleratorResource?: string;
  /** @default - not known */
  readonly capacityKinds?: readonly CapacityKind[];
  /** @default - none known */
  readonly prices?: readonly InstancePrice[];
  /** @default - not known */
  readonly amiTypes?: readonly string[];
  /** Layers of the network topology that EC2 tells of the instance: 3 or 4. @default - not known */
  readonly topologyLayers?: number;
  readonly sources: readonly string[];
}

/** On-demand list price in us-east-1, USD per hour; undefined where none is known. */
export function onDemandUsdPerHour({ prices = [] }: InstanceTypeSpec): number | undefined {
  return prices.find(({ purchase, region }) => purchase === CapacityKind.ON_DEMAND && region === "us-east-1")
    ?.usdPerHour;
}

/** The family of a type: "p5" of "p5.48xlarge", "p6-b200" of "p6-b200.48xlarge". */
export function familyOf(instanceType: string): string {
  return instanceType.split(".", 1)[0] ?? instanceType;
}
