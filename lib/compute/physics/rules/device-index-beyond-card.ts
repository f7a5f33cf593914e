import type { InstanceTypeSpec } from "../../../catalog";
import type { FabricInterface } from "../../fabric/interfaces";
import { efaOnly, primaryInterface } from "../example-parts";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

/** A card holds so many interfaces. */
export const deviceIndexBeyondCard: PhysicsRule = {
  code: "DEVICE_INDEX_BEYOND_CARD",
  law: "A device index is below the number of interfaces that its network card holds.",
  source: {
    text: "eksctl-io/eksctl #7520; aws/karpenter-provider-aws v1.14.1, pkg/providers/instancetype/compatibility",
    date: "2026-08",
  },
  bad: soundDesign("p5.48xlarge", { interfaces: [primaryInterface, efaOnly(1, 2)] }),
  good: soundDesign("p5.48xlarge", { interfaces: [primaryInterface, efaOnly(1, 0)] }),
  correction: "device 0 of card 1, which holds two interfaces, instead of device 2",
  check: ({ spec, interfaces }) => {
    const misplaced = spec.networkCards.length === 0 ? undefined : interfaces.find((one) => !isHeld(spec, one));
    if (misplaced === undefined) return undefined;
    const { card, device } = misplaced;
    const holds = spec.networkCards[card];
    const allowed =
      holds === undefined
        ? `${below("card", spec.networkCards.length)} of ${spec.instanceType}`
        : `${below("device", holds)} on card ${card} of ${spec.instanceType}`;
    return { property: "interfaces", got: `card ${card}, device ${device}`, allowed };
  },
};

function isHeld({ networkCards }: InstanceTypeSpec, { card, device }: FabricInterface): boolean {
  return Number.isInteger(device) && device >= 0 && device < (networkCards[card] ?? 0);
}

function below(what: string, count: number): string {
  return count === 1 ? `${what} 0` : `${what} 0 to ${count - 1}`;
}
