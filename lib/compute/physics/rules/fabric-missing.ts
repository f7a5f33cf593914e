import { hasEfa } from "../../fabric/interfaces";
import { primaryInterface } from "../example-parts";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

const workload = { nodes: 4, gang: true };

/** A gang talks all the time. */
export const fabricMissing: PhysicsRule = {
  code: "FABRIC_MISSING",
  law: "A gang of several nodes has a fabric.",
  source: {
    text: "skypilot-org/skypilot #10055; aws-ia/terraform-aws-eks-blueprints PR #2082; NVIDIA/aicr #2275",
    date: "2026-09",
  },
  bad: soundDesign("p5.48xlarge", { interfaces: [primaryInterface], workload }),
  good: soundDesign("p5.48xlarge", { workload }),
  correction: "the type's EFA interfaces are laid out",
  check: ({ spec: { instanceType, efaInterfaces }, interfaces, workload: work }) => {
    if (work?.gang !== true || !(work.nodes > 1) || interfaces.some(hasEfa)) return undefined;
    return efaInterfaces > 0
      ? { property: "fabric", got: "none", allowed: `efa: ${instanceType} has it` }
      : { property: "workload.nodes", got: work.nodes, allowed: `1 on ${instanceType}, which has no EFA` };
  },
};
