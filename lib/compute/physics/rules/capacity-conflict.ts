import type { InstanceTypeSpec } from "../../../catalog";
import { CapacityKind } from "../../../contracts";
import type { DesignCapacity, PoolDesign } from "../design";
import { exampleReservation } from "../example-parts";
import { soundDesign } from "../examples";
import { isKnown } from "../known";
import type { PhysicsRule, Violation } from "../rule";

/** Reserved capacity is found by its id, and lies in one zone. */
export const capacityConflict: PhysicsRule = {
  code: "CAPACITY_CONFLICT",
  law: "Reserved capacity is named by a reservation id or a resource group, a Capacity Block by its id alone; and its nodes stand in its zone.",
  source: {
    text: "Amazon EC2 user guide, Capacity Blocks for ML, and Launch instances into an existing Capacity Reservation; Amazon EKS user guide, capacity-blocks-mng; eksctl-io/eksctl #8320; aws/aws-parallelcluster PR #4551",
    date: "2026-08",
  },
  bad: soundDesign("p5.48xlarge", { capacity: exampleReservation, zones: ["us-east-1b"] }),
  good: soundDesign("p5.48xlarge", { capacity: exampleReservation, zones: ["us-east-1a"] }),
  correction: "the nodes stand in us-east-1a, where the reservation lies",
  check: ({ spec, capacity, zones }) => wrongName(spec, capacity) ?? elsewhere(capacity, zones),
};

const ID = /^cr-[0-9a-f]{8,}$/;
const GROUP_ARN = /^arn:[\w-]+:resource-groups:/;
/** Blocks of UltraServers can stand in a resource group, others cannot. */
const ULTRA_SERVER = /^(p6e-|trn2u\.)/;

function wrongName({ instanceType }: InstanceTypeSpec, { kind, reservation }: DesignCapacity): Violation | undefined {
  if (kind !== CapacityKind.BLOCK && kind !== CapacityKind.RESERVATION) return undefined;
  const groups = kind === CapacityKind.RESERVATION || ULTRA_SERVER.test(instanceType);
  if (reservation !== undefined) {
    if (!isKnown(reservation) || ID.test(reservation) || (groups && GROUP_ARN.test(reservation))) return undefined;
  }
  const allowed = `a reservation id (cr-…)${groups ? " or the ARN of a resource group" : ""}`;
  return { property: "capacity", got: reservation, allowed };
}

function elsewhere({ zone }: DesignCapacity, zones: PoolDesign["zones"]): Violation | undefined {
  if (zone === undefined || ![zone, ...zones].every(isKnown) || zones.every((one) => one === zone)) return undefined;
  return { property: "zones", got: zones, allowed: `the zone of the capacity, ${zone}` };
}
