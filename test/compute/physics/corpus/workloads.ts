import { Fabric, PoolPurpose } from "cdktf-ai-datacenter/compute";
import { type CorpusEntry, PRIMARY, soundDesign, ZONE } from "./entry";

const zones = [ZONE];
const gangOfTwo = { nodes: 2, gang: true };
const layers = (count: number) =>
  Array.from({ length: count }, (_, index) => `topology.k8s.aws/network-node-layer-${index + 1}`);
const withoutFabric = { maxNodes: 2, zones, fabric: Fabric.NONE, purpose: PoolPurpose.TRAINING };

/** What runs where it waits for the network, or for ever. */
export const WORKLOAD_ENTRIES: readonly CorpusEntry[] = [
  {
    thread: "kubernetes-sigs/kueue #6996",
    told: "A topology with a label that some nodes do not have admits no workload there.",
    bad: soundDesign("p5.48xlarge", { topologyLevels: [...layers(4), "kubernetes.io/hostname"] }),
    code: "TOPOLOGY_LAYER_UNKNOWN",
    good: soundDesign("p5.48xlarge", { topologyLevels: [...layers(3), "kubernetes.io/hostname"] }),
  },
  {
    thread: "skypilot-org/skypilot #10055",
    told: "On a pool that scaled from zero two nodes of eight GPUs got no EFA, and talked over TCP without a word.",
    bad: soundDesign("p5.48xlarge", { interfaces: [PRIMARY], maxNodes: 2, workload: gangOfTwo }),
    code: "FABRIC_MISSING",
    good: soundDesign("p5.48xlarge", { maxNodes: 2, workload: gangOfTwo }),
    options: { ...withoutFabric, instanceType: "p5.48xlarge" },
  },
  {
    thread: "aws-ia/terraform-aws-eks-blueprints PR #2082",
    told: "A pattern for several nodes ran a model that fits into one, which hid that EFA was not in use.",
    bad: soundDesign("g6e.8xlarge", { interfaces: [PRIMARY], maxNodes: 2, workload: gangOfTwo }),
    code: "FABRIC_MISSING",
    good: soundDesign("g6e.8xlarge", { maxNodes: 2, workload: gangOfTwo }),
    options: { ...withoutFabric, instanceType: "g6e.8xlarge" },
  },
  {
    thread: "aws/sagemaker-hyperpod-cli #306",
    told: "A job on two G5 nodes did not get their EFA, and fell back to TCP.",
    bad: soundDesign("g5.12xlarge", { interfaces: [PRIMARY], maxNodes: 2, workload: gangOfTwo }),
    code: "FABRIC_MISSING",
    good: soundDesign("g5.12xlarge", { maxNodes: 2, workload: gangOfTwo }),
    options: { ...withoutFabric, instanceType: "g5.12xlarge" },
  },
];
