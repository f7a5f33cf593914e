import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

const zones = ["us-east-1a", "us-east-1b"];

/** A cluster placement group lies in one zone. */
export const placementGroupSpansZones: PhysicsRule = {
  code: "PLACEMENT_GROUP_SPANS_ZONES",
  law: "A cluster placement group lies in one availability zone.",
  source: {
    text: "Amazon EC2 user guide, Placement group rules and limitations; terraform-aws-modules/terraform-aws-eks PR #3090",
    date: "2026-08",
  },
  bad: soundDesign("g6e.xlarge", { zones, placementGroup: {} }),
  good: soundDesign("g6e.xlarge", { zones }),
  correction: "no placement group around nodes in two zones",
  check: ({ zones: asked, placementGroup }) =>
    placementGroup !== undefined && asked.length > 1
      ? { property: "zones", got: asked, allowed: "one zone, or no placement group" }
      : undefined,
};
