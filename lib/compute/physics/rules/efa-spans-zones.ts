import { hasEfa } from "../../fabric/interfaces";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

/** EFA stays in its zone. */
export const efaSpansZones: PhysicsRule = {
  code: "EFA_SPANS_ZONES",
  law: "Nodes that talk over EFA stand in one availability zone.",
  source: { text: "pulumi/pulumi-eks PR #1593; Amazon EKS user guide, node-efa", date: "2026-08" },
  bad: soundDesign("p5.48xlarge", { zones: ["us-east-1a", "us-east-1b"] }),
  good: soundDesign("p5.48xlarge", { zones: ["us-east-1a"] }),
  correction: "one zone instead of two",
  check: ({ interfaces, zones }) =>
    interfaces.some(hasEfa) && zones.length > 1
      ? { property: "zones", got: zones, allowed: `one of ${zones.join(", ")}` }
      : undefined,
};
