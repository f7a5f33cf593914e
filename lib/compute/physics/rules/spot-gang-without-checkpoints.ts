import { CapacityKind } from "../../../contracts";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

const spot = { kind: CapacityKind.SPOT };

/** Spot nodes go at two minutes' notice, and a gang goes with them. */
export const spotGangWithoutCheckpoints: PhysicsRule = {
  code: "SPOT_GANG_WITHOUT_CHECKPOINTS",
  law: "A gang on spot capacity saves checkpoints.",
  source: { text: "Amazon EC2 user guide, Spot Instance interruption notices", date: "2026-08" },
  bad: soundDesign("p4d.24xlarge", { capacity: spot, workload: { nodes: 4, gang: true, checkpoints: false } }),
  good: soundDesign("p4d.24xlarge", { capacity: spot, workload: { nodes: 4, gang: true, checkpoints: true } }),
  correction: "checkpoints are saved",
  check: ({ capacity, workload }) =>
    capacity.kind === CapacityKind.SPOT && workload?.gang === true && workload.checkpoints === false
      ? { property: "workload.checkpoints", got: false, allowed: "checkpoints at an interval" }
      : undefined,
};
