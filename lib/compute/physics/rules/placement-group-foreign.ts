import { CapacityKind } from "../../../contracts";
import type { DesignPlacementGroup } from "../design";
import { exampleReservation } from "../example-parts";
import { soundDesign } from "../examples";
import { isKnown } from "../known";
import type { PhysicsRule } from "../rule";

/** Reserved capacity lies where it lies. */
export const placementGroupForeign: PhysicsRule = {
  code: "PLACEMENT_GROUP_FOREIGN",
  law: "Nodes on a reservation start in the placement group that it was made in, if any; those of a Capacity Block start in none.",
  source: {
    text: "eksctl-io/eksctl #7949; terraform-aws-modules/terraform-aws-eks #3661 and PR #3730; awslabs/awsome-distributed-ai PR #1267; Amazon EC2 user guide, Work with Capacity Blocks",
    date: "2026-09-17",
  },
  bad: soundDesign("p5.48xlarge", { capacity: exampleReservation, placementGroup: {} }),
  good: soundDesign("p5.48xlarge", { capacity: exampleReservation }),
  correction: "no placement group of the pool's own",
  check: ({ capacity: { kind, reservationPlacementGroup }, placementGroup }) => {
    if (kind !== CapacityKind.RESERVATION && kind !== CapacityKind.BLOCK) return undefined;
    const right = kind === CapacityKind.BLOCK ? undefined : reservationPlacementGroup;
    if (placementGroup === undefined ? right === undefined : mayBe(placementGroup, right)) return undefined;
    const got = placementGroup === undefined ? "no placement group" : (placementGroup.name ?? "the pool's own group");
    return { property: "placement", got, allowed: right ?? `no placement group around a ${kind}` };
  },
};

/** A name that is known after apply may be the right one. */
function mayBe({ name }: DesignPlacementGroup, right: string | undefined): boolean {
  if (name === undefined || right === undefined) return false;
  return name === right || !isKnown(name) || !isKnown(right);
}
