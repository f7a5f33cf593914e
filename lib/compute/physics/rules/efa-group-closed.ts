import { hasEfa } from "../../fabric/interfaces";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

/** EFA is matched by group, in both directions. */
export const efaGroupClosed: PhysicsRule = {
  code: "EFA_GROUP_CLOSED",
  law: "The security group of EFA interfaces lets all traffic in from itself and out to itself, by its id.",
  source: {
    text: "Amazon EKS user guide, device-management-efa; aws/aws-ofi-nccl #663; gardener/gardener-extension-provider-aws #1832",
    date: "2026-08",
  },
  bad: soundDesign("p5.48xlarge", { securityGroup: { fromItself: true, toItself: false } }),
  good: soundDesign("p5.48xlarge", { securityGroup: { fromItself: true, toItself: true } }),
  correction: "an egress rule to the group itself is added",
  check: ({ interfaces, securityGroup }) =>
    securityGroup !== undefined && !(securityGroup.fromItself && securityGroup.toItself) && interfaces.some(hasEfa)
      ? { property: "securityGroup", got: securityGroup, allowed: "all traffic both from and to the group itself" }
      : undefined,
};
