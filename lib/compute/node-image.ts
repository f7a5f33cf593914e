import { AcceleratorVendor, Architecture } from "../catalog";

/** How a node image is configured at first boot. */
export enum NodeBootstrap {
  /** Amazon Linux 2023: a MIME part with a NodeConfig. */
  NODEADM = "nodeadm",
  /** Bottlerocket: TOML settings. */
  BOTTLEROCKET = "bottlerocket",
}

/** A family of EKS node images. The image itself is EKS' own for the cluster's version. */
export class NodeImage {
  public static readonly AL2023 = new NodeImage("AL2023_{arch}_STANDARD", NodeBootstrap.NODEADM);
  public static readonly AL2023_NVIDIA = new NodeImage(
    "AL2023_{arch}_NVIDIA",
    NodeBootstrap.NODEADM,
    AcceleratorVendor.NVIDIA,
  );
  public static readonly AL2023_NEURON = new NodeImage(
    "AL2023_{arch}_NEURON",
    NodeBootstrap.NODEADM,
    AcceleratorVendor.NEURON,
  );
  /** Ships the NVIDIA device plugin inside. */
  public static readonly BOTTLEROCKET_NVIDIA = new NodeImage(
    "BOTTLEROCKET_{arch}_NVIDIA",
    NodeBootstrap.BOTTLEROCKET,
    AcceleratorVendor.NVIDIA,
  );

  /** For a family newer than this release. @param amiType EKS AMI type; `{arch}` stands for the architecture */
  public static of(amiType: string, bootstrap: NodeBootstrap): NodeImage {
    return new NodeImage(amiType, bootstrap);
  }

  /** The family that fits an accelerator when none is asked for; undefined where EKS has none with its drivers. */
  public static forVendor(vendor: AcceleratorVendor): NodeImage | undefined {
    if (vendor === AcceleratorVendor.NEURON) return NodeImage.AL2023_NEURON;
    return vendor === AcceleratorVendor.NVIDIA ? NodeImage.AL2023_NVIDIA : undefined;
  }

  private constructor(
    private readonly pattern: string,
    public readonly bootstrap: NodeBootstrap,
    /** Accelerators that the image has drivers for; absent where that is not known. */
    public readonly vendor?: AcceleratorVendor,
  ) {}

  /** As EKS names the family, `{arch}` standing for the architecture. */
  public get name(): string {
    return this.pattern;
  }

  /** The AMI type that EKS knows it under: `AL2023_x86_64_NVIDIA`. */
  public amiType(architecture: Architecture): string {
    return this.pattern.replace("{arch}", architecture === Architecture.ARM64 ? "ARM_64" : "x86_64");
  }
}
