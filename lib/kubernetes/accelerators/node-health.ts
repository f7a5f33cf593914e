import type { CatalogSource } from "../../catalog";

/** A condition of nodes that something watches; True while all is well. */
export interface NodeHealthCondition {
  /** Type of the condition in `status.conditions` of a node. */
  readonly type: string;
  /** What makes it False, as the condition's reason tells; `<code>` stands for a number. */
  readonly reasons: readonly string[];
  /** Minutes after which EKS repairs a node on which it is not True, where node repair is on. */
  readonly repairAfterMinutes: number;
  readonly source: CatalogSource;
}

const AGENT: CatalogSource = {
  repo: "aws/eks-node-monitoring-agent",
  commit: "004bdbd6",
  path: "docs/node-health-issues.adoc",
  facts: "conditions, and the issues that EKS takes for terminal; EKS user guide, node repair: after how long",
  date: "2026",
};

/**
 * Conditions that the EKS node monitoring agent keeps, and the kubelet's own: for alerts, and for taints of a node lifecycle of one's own.
 * The agent is an add-on of the cluster, not of the accelerator runtime; other clusters have the kubelet's condition alone.
 */
export const NODE_HEALTH_CONDITIONS: readonly NodeHealthCondition[] = [
  {
    type: "AcceleratedHardwareReady",
    reasons: [
      "DCGMDiagnosticFailure",
      "DCGMError",
      "DCGMHealthCode<code>",
      "FabricManagerNotRunning",
      "NeuronDMAError",
      "NeuronHBMUncorrectableError",
      "NeuronNCUncorrectableError",
      "NeuronSRAMUncorrectableError",
      "NvidiaDeviceCountMismatch",
      "NvidiaDoubleBitError",
      "NvidiaFabricError",
      "NvidiaNVLinkError",
      "NvidiaXID<code>Error",
    ],
    repairAfterMinutes: 10,
    source: AGENT,
  },
  condition("ContainerRuntimeReady", ["PodStuckTerminating"]),
  condition("KernelReady", ["ForkFailedOutOfPIDs"]),
  condition("NetworkingReady", [
    "IPAMDNotReady",
    "IPAMDNotRunning",
    "InterfaceNotRunning",
    "InterfaceNotUp",
    "MissingLoopbackInterface",
    "NPANotRunning",
  ]),
  condition("StorageReady", []),
  condition("Ready", ["KubeletNotReady", "NodeStatusUnknown"]),
];

/**
 * XID errors after which the agent takes a GPU for broken (reason `NvidiaXID<code>Error`); of all others it tells by an event. 13, 31, 43
 * and 45 are none of them: programs cause those.
 */
export const FATAL_XID_ERRORS = {
  codes: [46, 48, 54, 62, 63, 64, 74, 79, 95, 109, 110, 119, 120, 136, 140, 142, 143, 151, 155, 156, 158],
  source: {
    repo: "aws/eks-node-monitoring-agent",
    path: "monitors/nvidia/dcgm/dcgm_policies.go",
    facts: "XID errors that set AcceleratedHardwareReady to False",
    date: "2026",
  },
} as const satisfies { readonly codes: readonly number[]; readonly source: CatalogSource };

function condition(type: string, reasons: readonly string[]): NodeHealthCondition {
  return { type, reasons, repairAfterMinutes: 30, source: AGENT };
}
