import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

/** Subnets are the node group's. */
export const templateNamesSubnet: PhysicsRule = {
  code: "TEMPLATE_NAMES_SUBNET",
  law: "The launch template of a managed node group names no subnet.",
  source: { text: "Amazon EKS user guide, device-management-efa; aws-samples/aws-efa-eks #19", date: "2026-08" },
  bad: soundDesign("p4d.24xlarge", { template: { namesSubnet: true } }),
  good: soundDesign("p4d.24xlarge", { template: { namesSubnet: false } }),
  correction: "the subnets are given to the node group alone",
  check: ({ template }) =>
    template?.namesSubnet === true
      ? { property: "template", got: "a subnet in the launch template", allowed: "subnets of the node group" }
      : undefined,
};
