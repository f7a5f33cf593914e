import { CapacityKind } from "../../../contracts";
import { exampleReservation } from "../example-parts";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

const BLOCK_MARKET = "capacity-block";

/** The market type is the block's. */
export const marketTypeConflict: PhysicsRule = {
  code: "MARKET_TYPE_CONFLICT",
  law: "The launch template of a Capacity Block has the market type capacity-block, and no other template of a node group has one.",
  source: {
    text: "Amazon EKS user guide, capacity-blocks-mng; awslabs/awsome-distributed-ai #1263; aws/aws-parallelcluster PR #5817; hashicorp/terraform-provider-aws #15118",
    date: "2026-09-14",
  },
  bad: soundDesign("p5.48xlarge", { capacity: { ...exampleReservation, marketType: BLOCK_MARKET } }),
  good: soundDesign("p5.48xlarge", { capacity: exampleReservation }),
  correction: "an ordinary reservation has no market type",
  check: ({ capacity: { kind, marketType } }) => {
    const wanted = kind === CapacityKind.BLOCK ? BLOCK_MARKET : undefined;
    if (marketType === wanted) return undefined;
    const allowed = wanted ?? `no market type with ${kind} capacity`;
    return { property: "capacity", got: marketType, allowed };
  },
};
