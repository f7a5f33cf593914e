import { InterfaceKind } from "cdktf-ai-datacenter/compute";
import { type CorpusEntry, efaOnCards, interfaceAt, soundDesign } from "./entry";

const oneEfa = [interfaceAt(0, 0, InterfaceKind.EFA)];
const open = { fromItself: true, toItself: true };

/** Launch templates and security groups that EC2 or EFA does not take. */
export const TEMPLATE_ENTRIES: readonly CorpusEntry[] = [
  {
    thread: "aws/karpenter-provider-aws PR #5666",
    told: "A public address was asked for with several EFA interfaces, and EC2 refused the launch.",
    bad: soundDesign("p4d.24xlarge", { interfaces: efaOnCards(4, () => 1), template: { publicAddress: true } }),
    code: "PUBLIC_ADDRESS_UNAVAILABLE",
    good: soundDesign("p4d.24xlarge", { interfaces: efaOnCards(4, () => 1), template: { publicAddress: false } }),
  },
  {
    thread: "skypilot-org/skypilot PR #8475",
    told: "Nodes with public addresses came up with one of their four EFA interfaces, at a quarter of the bandwidth.",
    bad: soundDesign("p4de.24xlarge", { maxNodes: 2, template: { publicAddress: true } }),
    code: "PUBLIC_ADDRESS_UNAVAILABLE",
    good: soundDesign("p4de.24xlarge", { maxNodes: 2, template: {} }),
  },
  {
    thread: "terraform-aws-modules/terraform-aws-eks #3533",
    told: "EFA nodes in public subnets did not join: without a NAT gateway they needed public addresses, and got none.",
    bad: soundDesign("p5.48xlarge", { template: { publicAddress: true } }),
    code: "PUBLIC_ADDRESS_UNAVAILABLE",
    good: soundDesign("p5.48xlarge"),
  },
  {
    thread: "aws/aws-parallelcluster PR #7457",
    told: "A type with a single card starts with two interfaces once EFA stands beside the plain one, and gets no public address either.",
    bad: soundDesign("g6.12xlarge", { template: { publicAddress: true } }),
    code: "PUBLIC_ADDRESS_UNAVAILABLE",
    good: soundDesign("g6.12xlarge", { interfaces: oneEfa, template: { publicAddress: true } }),
  },
  {
    thread: "aws-samples/aws-efa-eks #19",
    told: "EKS refused a template of four EFA interfaces that named their subnet.",
    bad: soundDesign("p4de.24xlarge", { template: { namesSubnet: true } }),
    code: "TEMPLATE_NAMES_SUBNET",
    good: soundDesign("p4de.24xlarge", { template: { namesSubnet: false } }),
  },
  {
    thread: "terraform-aws-modules/terraform-aws-eks #1880",
    told: "A template with an EFA interface and groups outside of it was no valid template.",
    bad: soundDesign("p3dn.24xlarge", { interfaces: oneEfa, template: { namesGroupsOutside: true } }),
    code: "TEMPLATE_GROUPS_MISPLACED",
    good: soundDesign("p3dn.24xlarge", { interfaces: oneEfa, template: {} }),
  },
  {
    thread: "aws/aws-k8s-tester PR #588",
    told: "Groups were passed beside the interfaces as well, which the making of a template refuses.",
    bad: soundDesign("p5.48xlarge", { template: { namesGroupsOutside: true } }),
    code: "TEMPLATE_GROUPS_MISPLACED",
    good: soundDesign("p5.48xlarge", { template: { namesGroupsOutside: false } }),
  },
  {
    thread: "gardener/gardener-extension-provider-aws #1832",
    told: "Egress to everywhere did not let EFA out, which is matched by group id: each job ended with an unresponsive receiver.",
    bad: soundDesign("p5.48xlarge", { securityGroup: { fromItself: true, toItself: false } }),
    code: "EFA_GROUP_CLOSED",
    good: soundDesign("p5.48xlarge", { securityGroup: open }),
  },
  {
    thread: "aws/aws-ofi-nccl #663",
    told: "A collective test hung and failed; the first thing asked for was rules of the group that name the group, in both directions.",
    bad: soundDesign("p5.48xlarge", { maxNodes: 2, securityGroup: { fromItself: false, toItself: false } }),
    code: "EFA_GROUP_CLOSED",
    good: soundDesign("p5.48xlarge", { maxNodes: 2, securityGroup: open }),
  },
  {
    thread: "eksctl-io/eksctl PR #3467",
    told: "The group made for EFA was attached to no interface, which had the cluster's group alone.",
    bad: soundDesign("p4d.24xlarge", {
      interfaces: efaOnCards(4, () => 1),
      securityGroup: { fromItself: true, toItself: false },
    }),
    code: "EFA_GROUP_CLOSED",
    good: soundDesign("p4d.24xlarge", { interfaces: efaOnCards(4, () => 1), securityGroup: open }),
  },
];
