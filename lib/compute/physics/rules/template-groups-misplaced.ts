import { hasEfa } from "../../fabric/interfaces";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

/** Where a template lists interfaces, groups stand inside them. */
export const templateGroupsMisplaced: PhysicsRule = {
  code: "TEMPLATE_GROUPS_MISPLACED",
  law: "A launch template that lists interfaces has its security groups inside each of them.",
  source: {
    text: "AWS CloudFormation user guide, AWS::EC2::LaunchTemplate LaunchTemplateData; terraform-aws-modules/terraform-aws-eks #1880 and PR #1907; aws/aws-k8s-tester PR #588",
    date: "2025-02",
  },
  bad: soundDesign("p4d.24xlarge", { template: { namesGroupsOutside: true } }),
  good: soundDesign("p4d.24xlarge", { template: { namesGroupsOutside: false } }),
  correction: "each interface names its groups",
  check: ({ interfaces, template }) =>
    // A single plain interface need not be listed, and then the groups are in their place.
    template?.namesGroupsOutside === true && (interfaces.length > 1 || interfaces.some(hasEfa))
      ? {
          property: "template",
          got: "security groups beside a list of interfaces",
          allowed: "groups in each interface",
        }
      : undefined,
};
