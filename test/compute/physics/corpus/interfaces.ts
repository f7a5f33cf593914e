import { Architecture, type InstanceTypeSpec } from "cdktf-ai-datacenter/catalog";
import { Fabric, InterfaceKind } from "cdktf-ai-datacenter/compute";
import { exampleBlock } from "../../../../lib/compute/physics/example-parts";
import { type CorpusEntry, efaOnCards, efaOnlyFrom, interfaceAt, knownType, PRIMARY, soundDesign, ZONE } from "./entry";

const zones = [ZONE];

const p5ByCardIndex = efaOnCards(32, (card) => card);
const trn1ByCardIndex = efaOnCards(8, (card) => card);
const p4dOnOneCard = [0, 1, 2, 3].map((device) => interfaceAt(0, device, InterfaceKind.EFA));
const p4dTwoOnOneCard = [interfaceAt(0, 0, InterfaceKind.EFA), interfaceAt(0, 1, InterfaceKind.EFA)];
const p5eAllEfaOnly = efaOnCards(32, () => 1).map((one) => ({ ...one, kind: InterfaceKind.EFA_ONLY }));
const b300EveryCard = efaOnCards(17, () => 0);
const b300OneForEachCard = [PRIMARY, interfaceAt(0, 1, InterfaceKind.EFA_ONLY), ...efaOnlyFrom(1, 16)];
const b300Guide = [PRIMARY, ...efaOnlyFrom(1, 16)];
const p5Twice = [PRIMARY, interfaceAt(1, 0, InterfaceKind.EFA_ONLY), interfaceAt(1, 0, InterfaceKind.EFA_ONLY)];
const inf2WithEfa = [PRIMARY, interfaceAt(0, 1, InterfaceKind.EFA_ONLY)];

/** GB200 as the thread states its cards: the odd ones hold one interface, the even ones two. Its EFA count is not settled. */
const gb200: InstanceTypeSpec = {
  ...knownType("p6-b200.48xlarge"),
  instanceType: "p6e-gb200.36xlarge",
  architecture: Architecture.ARM64,
  networkCards: Array.from({ length: 17 }, (_, card) => (card % 2 === 0 ? 2 : 1)),
  efaInterfaces: 17,
  bandwidthSlots: undefined,
};
const gb200Cards = (oddDevice: number) =>
  Array.from({ length: 17 }, (_, card) =>
    card % 2 === 0
      ? interfaceAt(card, card === 0 ? 0 : 1, InterfaceKind.EFA)
      : interfaceAt(card, oddDevice, InterfaceKind.EFA_ONLY),
  );

/** Interfaces where no interface can be. */
export const INTERFACE_ENTRIES: readonly CorpusEntry[] = [
  {
    thread: "eksctl-io/eksctl #7520",
    told: "Each EFA interface of a P5 got its card's number as device index, and EKS refused device 2 of card 2, which holds two.",
    bad: soundDesign("p5.48xlarge", { interfaces: p5ByCardIndex, maxNodes: 16 }),
    code: "DEVICE_INDEX_BEYOND_CARD",
    good: soundDesign("p5.48xlarge", { interfaces: efaOnCards(32, () => 1), maxNodes: 16 }),
    options: { instanceType: "p5.48xlarge", maxNodes: 16, zones, interfaces: p5ByCardIndex },
  },
  {
    thread: "aws/aws-k8s-tester PR #531",
    told: "Device indices rose with the cards, beyond what a card holds; the fix was made for P4, P5 and Trainium.",
    bad: soundDesign("trn1.32xlarge", { interfaces: trn1ByCardIndex }),
    code: "DEVICE_INDEX_BEYOND_CARD",
    good: soundDesign("trn1.32xlarge", { interfaces: efaOnCards(8, () => 1) }),
    options: { instanceType: "trn1.32xlarge", maxNodes: 4, zones, interfaces: trn1ByCardIndex },
  },
  {
    thread: "aws/aws-parallelcluster PR #6930",
    told: "The usual device 1 of each further card does not exist on the odd cards of a GB200, which hold one interface.",
    bad: soundDesign("p6-b200.48xlarge", { spec: gb200, interfaces: gb200Cards(1) }),
    code: "DEVICE_INDEX_BEYOND_CARD",
    good: soundDesign("p6-b200.48xlarge", { spec: gb200, interfaces: gb200Cards(0) }),
  },
  {
    thread: "terraform-aws-modules/terraform-aws-eks #2182",
    told: "Without a network card index all four EFA interfaces of a P4d stood on card 0.",
    bad: soundDesign("p4d.24xlarge", { interfaces: p4dOnOneCard }),
    code: "EFA_TWICE_ON_CARD",
    good: soundDesign("p4d.24xlarge", { interfaces: efaOnCards(4, () => 1) }),
    options: { instanceType: "p4d.24xlarge", maxNodes: 4, zones, interfaces: p4dOnOneCard },
  },
  {
    thread: "aws/libfabric #6",
    told: "A P4d with two EFA interfaces on one card was refused at launch; its four stand on four cards.",
    bad: soundDesign("p4d.24xlarge", { interfaces: p4dTwoOnOneCard, maxNodes: 1 }),
    code: "EFA_TWICE_ON_CARD",
    good: soundDesign("p4d.24xlarge", { interfaces: efaOnCards(2, () => 1), maxNodes: 1 }),
  },
  {
    thread: "terraform-aws-modules/terraform-aws-eks PR #3196",
    told: "When EFA-only interfaces came, the primary one had to stay as it was: EFA-only has no address for the node.",
    bad: soundDesign("p5e.48xlarge", { interfaces: p5eAllEfaOnly, capacity: exampleBlock }),
    code: "EFA_ONLY_PRIMARY",
    good: soundDesign("p5e.48xlarge", {
      interfaces: p5eAllEfaOnly.map((one) => (one.card === 0 ? { ...one, kind: InterfaceKind.EFA } : one)),
      capacity: exampleBlock,
    }),
    options: { instanceType: "p5e.48xlarge", maxNodes: 4, zones, interfaces: p5eAllEfaOnly },
  },
  {
    thread: "aws/aws-parallelcluster #7143",
    told: "A P6-B300 with EFA on every card did not launch: card 0 carries plain interfaces only.",
    bad: soundDesign("p6-b300.48xlarge", { interfaces: b300EveryCard, maxNodes: 2 }),
    code: "EFA_UNSUPPORTED",
    good: soundDesign("p6-b300.48xlarge", { interfaces: b300Guide, maxNodes: 2 }),
    options: { instanceType: "p6-b300.48xlarge", maxNodes: 2, zones, interfaces: b300EveryCard },
  },
  {
    thread: "eksctl-io/eksctl #8685",
    told: "EFA interfaces were counted by network cards, of which a type may have more than it has EFA.",
    bad: soundDesign("p6-b300.48xlarge", { interfaces: b300OneForEachCard }),
    code: "EFA_UNSUPPORTED",
    good: soundDesign("p6-b300.48xlarge", { interfaces: b300Guide }),
    options: { instanceType: "p6-b300.48xlarge", maxNodes: 4, zones, interfaces: b300OneForEachCard },
  },
  {
    thread: "skypilot-org/skypilot #8391",
    told: "The EFA test failed altogether on nodes with one A10G; the smaller sizes of G5 have no EFA.",
    bad: soundDesign("g5.xlarge", { interfaces: [interfaceAt(0, 0, InterfaceKind.EFA)], maxNodes: 2 }),
    code: "EFA_UNSUPPORTED",
    good: soundDesign("g5.8xlarge", { interfaces: [interfaceAt(0, 0, InterfaceKind.EFA)], maxNodes: 2 }),
    options: { instanceType: "g5.xlarge", maxNodes: 2, zones, fabric: Fabric.EFA },
  },
  {
    thread: "aws-samples/sample-apex-skills PR #47",
    told: "A guide gave Inf2 an EFA that it does not have.",
    bad: soundDesign("inf2.48xlarge", { interfaces: inf2WithEfa }),
    code: "EFA_UNSUPPORTED",
    good: soundDesign("inf2.48xlarge"),
    options: { instanceType: "inf2.48xlarge", maxNodes: 4, zones, interfaces: inf2WithEfa },
  },
  {
    thread: "aws/karpenter-provider-aws PR #9027",
    told: "A node class whose interfaces name one place twice is refused by its schema.",
    bad: soundDesign("p5.48xlarge", { interfaces: p5Twice }),
    code: "INTERFACE_DUPLICATE",
    good: soundDesign("p5.48xlarge", { interfaces: [PRIMARY, ...efaOnlyFrom(1, 2)] }),
    options: { instanceType: "p5.48xlarge", maxNodes: 4, zones, interfaces: p5Twice },
  },
];
