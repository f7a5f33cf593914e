import { CapacityKind } from "../../../contracts";
import { exampleBlock } from "../example-parts";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

/**
 * How a type is sold, by the catalog. Spot capacity is not judged: that no source names a spot price of a type does not say that there
 * is none.
 */
export const capacityKindUnsupported: PhysicsRule = {
  code: "CAPACITY_KIND_UNSUPPORTED",
  law: "A type is bought in a way in which EC2 sells it: Capacity Blocks are sold for some types, and a few types are not sold on demand.",
  source: {
    text: "Amazon EC2 user guide, Capacity Blocks for ML; eksctl-io/eksctl, pkg/utils/instance/instance_types.go; skypilot-org/skypilot-catalog, catalogs/v9/aws/vms.csv",
    date: "2026-09-20",
  },
  bad: soundDesign("g6e.48xlarge", { capacity: exampleBlock }),
  good: soundDesign("p5.48xlarge", { capacity: exampleBlock }),
  correction: "a type that Capacity Blocks are sold for",
  check: ({ spec: { instanceType, capacityKinds }, capacity: { kind } }) =>
    kind !== CapacityKind.SPOT && capacityKinds.length > 0 && !capacityKinds.includes(kind)
      ? { property: "capacity", got: kind, allowed: `${capacityKinds.join(", ")} for ${instanceType}` }
      : undefined,
};
