import { CapacityKind } from "../../../contracts";
import { exampleBlock } from "../example-parts";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

/** A block's type stands in the template. */
export const blockListsTypes: PhysicsRule = {
  code: "BLOCK_LISTS_TYPES",
  law: "The launch template of a Capacity Block names the instance type, and the node group lists none.",
  source: {
    text: "Amazon EKS user guide, capacity-blocks-mng; terraform-aws-modules/terraform-aws-eks v21.19.0, modules/eks-managed-node-group/main.tf",
    date: "2026-04-27",
  },
  bad: soundDesign("p5.48xlarge", { capacity: exampleBlock, listedTypes: ["p5.48xlarge"] }),
  good: soundDesign("p5.48xlarge", { capacity: exampleBlock, listedTypes: [] }),
  correction: "the type moves from the node group to the launch template",
  check: ({ capacity, listedTypes = [] }) =>
    capacity.kind === CapacityKind.BLOCK && listedTypes.length > 0
      ? { property: "listedTypes", got: listedTypes, allowed: "none: the launch template names the type" }
      : undefined,
};
