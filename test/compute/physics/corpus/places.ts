import { Fabric, Placement } from "cdktf-ai-datacenter/compute";
import { type CorpusEntry, efaOnCards, OTHER_ZONE, PRIMARY, soundDesign, ZONE } from "./entry";

const zones = [ZONE, OTHER_ZONE];
const slash24 = [
  { zone: ZONE, cidr: "10.0.0.0/24" },
  { zone: OTHER_ZONE, cidr: "10.0.1.0/24" },
];
const slash23 = [
  { zone: ZONE, cidr: "10.0.0.0/23" },
  { zone: OTHER_ZONE, cidr: "10.0.2.0/23" },
];
const slash22 = [{ zone: ZONE, cidr: "10.0.0.0/22" }];
const p5EachWithAddress = efaOnCards(32, () => 1);

/** Zones that cannot be crossed, and subnets that cannot hold the nodes. */
export const PLACE_ENTRIES: readonly CorpusEntry[] = [
  {
    thread: "pulumi/pulumi-eks PR #1593",
    told: "EFA does not work across zones, so that a node group with it must be given one.",
    bad: soundDesign("p5.48xlarge", { zones }),
    code: "EFA_SPANS_ZONES",
    good: soundDesign("p5.48xlarge", { zones: [ZONE] }),
    options: { instanceType: "p5.48xlarge", maxNodes: 4, zones, placement: Placement.NONE },
  },
  {
    thread: "aws-samples/amazon-eks-machine-learning-with-terraform-and-kubeflow #118",
    told: "Nodes of one job stood in subnets of their own pools, and the collective calls between them failed over EFA.",
    bad: soundDesign("p4de.24xlarge", { zones }),
    code: "EFA_SPANS_ZONES",
    good: soundDesign("p4de.24xlarge", { zones: [OTHER_ZONE] }),
    options: { instanceType: "p4de.24xlarge", maxNodes: 4 },
  },
  {
    thread: "terraform-aws-modules/terraform-aws-eks #3044",
    told: "A node group without EFA lay in a cluster placement group and in several subnets; its update wanted the group's zone.",
    bad: soundDesign("g5.12xlarge", { interfaces: [PRIMARY], zones, placementGroup: {} }),
    code: "PLACEMENT_GROUP_SPANS_ZONES",
    good: soundDesign("g5.12xlarge", { interfaces: [PRIMARY], zones: [ZONE], placementGroup: {} }),
    options: {
      instanceType: "g5.12xlarge",
      maxNodes: 4,
      zones,
      fabric: Fabric.NONE,
      placement: Placement.CLUSTER,
    },
  },
  {
    thread: "awslabs/awsome-distributed-ai PR #849",
    told: "Nodes outside of the file system's zone waited in vain for its EFA; the set-up now asks for the zone first.",
    bad: soundDesign("p5.48xlarge", { lustre: { efa: true, zone: OTHER_ZONE } }),
    code: "LUSTRE_EFA_BEYOND_ZONE",
    good: soundDesign("p5.48xlarge", { zones: [OTHER_ZONE], lustre: { efa: true, zone: OTHER_ZONE } }),
  },
  {
    thread: "dstackai/dstack #1804",
    told: "With 32 EFA interfaces that take an address each, a few P5 use up the addresses of a subnet.",
    bad: soundDesign("p5.48xlarge", { interfaces: p5EachWithAddress, maxNodes: 8, subnets: slash22 }),
    code: "SUBNET_TOO_SMALL",
    good: soundDesign("p5.48xlarge", { maxNodes: 8, subnets: slash22 }),
    options: { instanceType: "p5.48xlarge", maxNodes: 8, interfaces: p5EachWithAddress },
    surroundings: { subnets: slash22 },
  },
  {
    thread: "aws/amazon-vpc-cni-k8s #2846",
    told: "Nodes started in a /24 that had few addresses left, and their pods got none.",
    bad: soundDesign("g5.xlarge", { zones, maxNodes: 20, subnets: slash24 }),
    code: "SUBNET_TOO_SMALL",
    good: soundDesign("g5.xlarge", { zones, maxNodes: 20, subnets: slash23 }),
    options: { instanceType: "g5.xlarge", maxNodes: 20, zones },
    surroundings: { subnets: slash24 },
  },
  {
    thread: "aws/karpenter-provider-aws PR #9027",
    told: "An EFA-only interface on card 0 takes a slot without addresses: a P5 has room for 51 pods, and its bootstrap says 100.",
    bad: soundDesign("p5.48xlarge", { maxPods: 100 }),
    code: "MAX_PODS_BEYOND_ADDRESSES",
    good: soundDesign("p5.48xlarge", { maxPods: 51 }),
  },
];
