import { Capacity, Placement } from "cdktf-ai-datacenter/compute";
import { CapacityKind } from "cdktf-ai-datacenter/contracts";
import { exampleBlock, exampleReservation } from "../../../../lib/compute/physics/example-parts";
import { type CorpusEntry, OTHER_ZONE, soundDesign, ZONE } from "./entry";

const ID = "cr-0123456789abcdef0";
const RESOURCE_GROUP = "arn:aws:resource-groups:us-east-1:123456789012:group/gpus";
const WINDOW = { start: "2026-12-01T11:30:00Z", end: "2026-12-08T11:30:00Z" };
const inGroup = { ...exampleReservation, reservationPlacementGroup: "made-with" };
const inResourceGroup = { ...exampleReservation, reservation: RESOURCE_GROUP, zone: OTHER_ZONE };

/** Reserved capacity that is asked for in a way that does not find it. */
export const CAPACITY_ENTRIES: readonly CorpusEntry[] = [
  {
    thread: "eksctl-io/eksctl #7949",
    told: "A placement group that the tool added by itself left 11 of 16 reserved instances within reach.",
    bad: soundDesign("p5.48xlarge", { capacity: exampleReservation, maxNodes: 16, placementGroup: {} }),
    code: "PLACEMENT_GROUP_FOREIGN",
    good: soundDesign("p5.48xlarge", { capacity: exampleReservation, maxNodes: 16 }),
    options: {
      instanceType: "p5.48xlarge",
      maxNodes: 16,
      capacity: Capacity.reservation(ID, ZONE),
      placement: Placement.CLUSTER,
    },
  },
  {
    thread: "terraform-aws-modules/terraform-aws-eks PR #3730",
    told: "The group that came with EFA did not match the block, and EC2 answered with insufficient capacity.",
    bad: soundDesign("p6-b200.48xlarge", { capacity: exampleBlock, placementGroup: {} }),
    code: "PLACEMENT_GROUP_FOREIGN",
    good: soundDesign("p6-b200.48xlarge", { capacity: exampleBlock }),
    options: {
      instanceType: "p6-b200.48xlarge",
      maxNodes: 4,
      capacity: Capacity.block(ID, ZONE, WINDOW),
      placement: Placement.CLUSTER,
    },
  },
  {
    thread: "terraform-aws-modules/terraform-aws-eks #3661",
    told: "The group that the reservation was made in was given, and the module made another one and used that.",
    bad: soundDesign("p5en.48xlarge", { capacity: inGroup, placementGroup: {} }),
    code: "PLACEMENT_GROUP_FOREIGN",
    good: soundDesign("p5en.48xlarge", { capacity: inGroup, placementGroup: { name: "made-with" } }),
    options: {
      instanceType: "p5en.48xlarge",
      maxNodes: 4,
      capacity: Capacity.reservation(ID, ZONE, { placementGroupName: "made-with" }),
      placement: Placement.CLUSTER,
    },
  },
  {
    thread: "terraform-aws-modules/terraform-aws-eks PR #3588",
    told: "The node group's placement group could not be learnt, so that no reservation could be made in it, and the two differed.",
    bad: soundDesign("p4d.24xlarge", { capacity: inGroup, placementGroup: { name: "of-the-node-group" } }),
    code: "PLACEMENT_GROUP_FOREIGN",
    good: soundDesign("p4d.24xlarge", { capacity: inGroup, placementGroup: { name: "made-with" } }),
  },
  {
    thread: "awslabs/awsome-distributed-ai PR #1267",
    told: "A reservation held in a placement group could not be consumed, since the nodes' group was ignored.",
    bad: soundDesign("g6e.48xlarge", { capacity: inGroup }),
    code: "PLACEMENT_GROUP_FOREIGN",
    good: soundDesign("g6e.48xlarge", { capacity: inGroup, placementGroup: { name: "made-with" } }),
  },
  {
    thread: "awslabs/awsome-distributed-ai PR #448",
    told: "A template could make a placement group around a Capacity Block, which has its own placement.",
    bad: soundDesign("p5.48xlarge", { capacity: exampleBlock, placementGroup: { name: "batch" } }),
    code: "PLACEMENT_GROUP_FOREIGN",
    good: soundDesign("p5.48xlarge", { capacity: exampleBlock }),
  },
  {
    thread: "awslabs/awsome-distributed-ai #1263",
    told: "Any reservation was taken for a Capacity Block: its market type made EC2 reject an ordinary one.",
    bad: soundDesign("p5.48xlarge", { capacity: { ...exampleReservation, marketType: "capacity-block" } }),
    code: "MARKET_TYPE_CONFLICT",
    good: soundDesign("p5.48xlarge", { capacity: exampleReservation }),
  },
  {
    thread: "awslabs/awsome-distributed-ai PR #334",
    told: "The market type was dropped by accident, without which a Capacity Block starts nothing.",
    bad: soundDesign("p5.48xlarge", { capacity: { ...exampleBlock, marketType: undefined } }),
    code: "MARKET_TYPE_CONFLICT",
    good: soundDesign("p5.48xlarge", { capacity: exampleBlock }),
  },
  {
    thread: "eksctl-io/eksctl #8155",
    told: "A config could name a reservation and no market type, so that Capacity Blocks could not be used.",
    bad: soundDesign("p5en.48xlarge", { maxNodes: 2, capacity: { ...exampleBlock, marketType: undefined } }),
    code: "MARKET_TYPE_CONFLICT",
    good: soundDesign("p5en.48xlarge", { maxNodes: 2, capacity: exampleBlock }),
  },
  {
    thread: "hashicorp/terraform-provider-aws #15118",
    told: "Spot nodes were asked for by market options of the template, which EKS does not take for a node group.",
    bad: soundDesign("g5.12xlarge", { capacity: { kind: CapacityKind.SPOT, marketType: "spot" } }),
    code: "MARKET_TYPE_CONFLICT",
    good: soundDesign("g5.12xlarge", { capacity: { kind: CapacityKind.SPOT } }),
  },
  {
    thread: "eksctl-io/eksctl #8542",
    told: "The template of a block's nodes had the market type and an empty reservation target.",
    bad: soundDesign("p5.48xlarge", { capacity: { ...exampleBlock, reservation: "" } }),
    code: "CAPACITY_CONFLICT",
    good: soundDesign("p5.48xlarge", { capacity: exampleBlock }),
  },
  {
    thread: "eksctl-io/eksctl #8320",
    told: "The reservation's id was lost on the way to the template, and the block's nodes never came.",
    bad: soundDesign("p5en.48xlarge", { capacity: { ...exampleBlock, reservation: undefined } }),
    code: "CAPACITY_CONFLICT",
    good: soundDesign("p5en.48xlarge", { capacity: exampleBlock }),
    options: { instanceType: "p5en.48xlarge", maxNodes: 4, capacity: Capacity.block("", ZONE, WINDOW) },
  },
  {
    thread: "aws/aws-parallelcluster PR #4551",
    told: "Nodes were to start in one zone, and all reservations of the resource group lay in another.",
    bad: soundDesign("p4d.24xlarge", { capacity: inResourceGroup, zones: [ZONE] }),
    code: "CAPACITY_CONFLICT",
    good: soundDesign("p4d.24xlarge", { capacity: inResourceGroup, zones: [OTHER_ZONE] }),
    options: {
      instanceType: "p4d.24xlarge",
      maxNodes: 4,
      zones: [ZONE],
      capacity: Capacity.reservation(RESOURCE_GROUP, OTHER_ZONE),
    },
  },
  {
    thread: "aws/aws-parallelcluster PR #4627",
    told: "A queue over two zones had reserved capacity in one of them, and went without it in the other.",
    bad: soundDesign("g5.48xlarge", {
      capacity: inResourceGroup,
      interfaces: soundDesign("g5.xlarge").interfaces,
      zones: [ZONE, OTHER_ZONE],
    }),
    code: "CAPACITY_CONFLICT",
    good: soundDesign("g5.48xlarge", { capacity: inResourceGroup, zones: [OTHER_ZONE] }),
    options: {
      instanceType: "g5.48xlarge",
      maxNodes: 10,
      zones: [ZONE, OTHER_ZONE],
      capacity: Capacity.reservation(RESOURCE_GROUP, OTHER_ZONE),
    },
  },
  {
    thread: "modelplaneai/modelplane PR #113",
    told: "A node group on a Capacity Block takes its type from the template, and lists none.",
    bad: soundDesign("p5en.48xlarge", { capacity: exampleBlock, maxNodes: 2, listedTypes: ["p5en.48xlarge"] }),
    code: "BLOCK_LISTS_TYPES",
    good: soundDesign("p5en.48xlarge", { capacity: exampleBlock, maxNodes: 2, listedTypes: [] }),
  },
];
