import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

/** A public address comes with a single interface only. */
export const publicAddressUnavailable: PhysicsRule = {
  code: "PUBLIC_ADDRESS_UNAVAILABLE",
  law: "An instance that starts with several interfaces is assigned no public address.",
  source: { text: "aws/karpenter-provider-aws PR #5666; aws/aws-parallelcluster PR #7457", date: "2026-06" },
  bad: soundDesign("p4d.24xlarge", { template: { publicAddress: true } }),
  good: soundDesign("p4d.24xlarge", { template: { publicAddress: false } }),
  correction: "no public address is asked for: the nodes stand in private subnets",
  check: ({ interfaces, template }) =>
    template?.publicAddress === true && interfaces.length > 1
      ? {
          property: "template",
          got: `a public address for a node with ${interfaces.length} interfaces`,
          allowed: "private addresses only",
        }
      : undefined,
};
