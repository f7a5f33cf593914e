import { hasEfa } from "../../fabric/interfaces";
import { soundDesign } from "../examples";
import { isKnown } from "../known";
import type { PhysicsRule } from "../rule";

/** Lustre over EFA stays in its zone. */
export const lustreEfaBeyondZone: PhysicsRule = {
  code: "LUSTRE_EFA_BEYOND_ZONE",
  law: "Nodes mount a Lustre file system over EFA from its own availability zone.",
  source: {
    text: "awslabs/awsome-distributed-ai PR #849 and PR #920; Amazon EKS best practices guide, AI/ML storage",
    date: "2026-05",
  },
  bad: soundDesign("p5.48xlarge", { lustre: { efa: true, zone: "us-east-1b" } }),
  good: soundDesign("p5.48xlarge", { lustre: { efa: true, zone: "us-east-1a" } }),
  correction: "the file system lies in the zone of the nodes",
  check: ({ interfaces, zones, lustre }) => {
    if (lustre?.efa !== true || !interfaces.some(hasEfa)) return undefined;
    if (![lustre.zone, ...zones].every(isKnown) || zones.every((zone) => zone === lustre.zone)) return undefined;
    return { property: "lustre.zone", got: lustre.zone, allowed: `the zone of the nodes, ${zones.join(" or ")}` };
  },
};
