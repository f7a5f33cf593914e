import { maxPods as most } from "../../fabric/max-pods";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

/** A pod needs an address. */
export const maxPodsBeyondAddresses: PhysicsRule = {
  code: "MAX_PODS_BEYOND_ADDRESSES",
  law: "A kubelet advertises no more pods than can get an address, and an EFA-only interface on the default card gives none.",
  source: {
    text: "aws/karpenter-provider-aws v1.14.1, designs/efa-for-static-capacity.md, Max Pods Calculation; awslabs/amazon-eks-ami, nodeadm/internal/kubelet/eni_max_pods.go",
    date: "2026-08",
  },
  bad: soundDesign("p5.48xlarge", { maxPods: 100 }),
  good: soundDesign("p5.48xlarge", { maxPods: 51 }),
  correction: "the limit counts the slot that EFA takes on card 0",
  check: ({ spec, interfaces, maxPods }) => {
    const limit = most(spec, interfaces);
    return maxPods !== undefined && maxPods > limit
      ? { property: "maxPods", got: maxPods, allowed: `at most ${limit} on ${spec.instanceType} with these interfaces` }
      : undefined;
  },
};
