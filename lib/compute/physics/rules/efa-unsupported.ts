import { type FabricInterface, hasEfa } from "../../fabric/interfaces";
import { efaOnly, primaryInterface } from "../example-parts";
import { soundDesign } from "../examples";
import type { PhysicsRule, Violation } from "../rule";
import type { InstanceTypeSpec } from "../../../catalog";

/** EFA stands where the type has it. */
export const efaUnsupported: PhysicsRule = {
  code: "EFA_UNSUPPORTED",
  law: "EFA interfaces stand on cards that have EFA, and there are no more of them than the instance type has.",
  source: {
    text: "aws/aws-parallelcluster #7143; aws-samples/sample-apex-skills PR #47; eksctl-io/eksctl #8685; Amazon EC2 user guide, Maximize network bandwidth on instances with multiple network cards",
    date: "2026-08",
  },
  bad: soundDesign("p6-b300.48xlarge", { interfaces: [primaryInterface, efaOnly(0, 1)] }),
  good: soundDesign("p6-b300.48xlarge", { interfaces: [primaryInterface, efaOnly(1, 0)] }),
  correction: "EFA begins at card 1: card 0 of the type has none",
  check: ({ spec, interfaces }) => {
    const efa = interfaces.filter(hasEfa);
    if (efa.length === 0) return undefined;
    if (spec.efaInterfaces > 0) return onPlainCard(spec, efa) ?? beyondCount(spec, efa);
    const allowed = `plain interfaces: ${spec.instanceType} has no EFA`;
    return { property: "interfaces", got: counted(efa.length), allowed };
  },
};

function onPlainCard(
  { instanceType, efaInterfaces, firstEfaCard: first = 0 }: InstanceTypeSpec,
  efa: readonly FabricInterface[],
): Violation | undefined {
  const plain = efa.find(({ card }) => card < first);
  if (plain === undefined) return undefined;
  const allowed = `EFA on cards ${first} to ${first + efaInterfaces - 1} of ${instanceType}`;
  return { property: "interfaces", got: `EFA on card ${plain.card}`, allowed };
}

function beyondCount(
  { instanceType, efaInterfaces }: InstanceTypeSpec,
  efa: readonly FabricInterface[],
): Violation | undefined {
  if (efa.length <= efaInterfaces) return undefined;
  const allowed = `at most ${efaInterfaces} on ${instanceType}`;
  return { property: "interfaces", got: counted(efa.length), allowed };
}

function counted(interfaces: number): string {
  return interfaces === 1 ? "1 EFA interface" : `${interfaces} EFA interfaces`;
}
