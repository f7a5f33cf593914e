import { hasEfa } from "../../fabric/interfaces";
import { efaOnly, primaryInterface } from "../example-parts";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

/** A network card holds one EFA device. */
export const efaTwiceOnCard: PhysicsRule = {
  code: "EFA_TWICE_ON_CARD",
  law: "A network card holds at most one EFA interface.",
  source: {
    text: "Amazon EC2 user guide, Network cards; Amazon EKS user guide, node-efa; aws/libfabric #6",
    date: "2026-08",
  },
  bad: soundDesign("p5.48xlarge", { interfaces: [primaryInterface, efaOnly(1, 0), efaOnly(1, 1)] }),
  good: soundDesign("p5.48xlarge", { interfaces: [primaryInterface, efaOnly(1, 0), efaOnly(2, 0)] }),
  correction: "each EFA interface stands on a card of its own",
  check: ({ spec, interfaces }) => {
    if (spec.efaInterfaces === 0) return undefined;
    const efa = interfaces.filter(hasEfa);
    const second = efa.find(({ card }, at) => efa.findIndex((one) => one.card === card) < at);
    if (second === undefined) return undefined;
    const devices = efa.filter(({ card }) => card === second.card).map(({ device }) => device);
    return {
      property: "interfaces",
      got: `EFA at devices ${devices.join(" and ")} of card ${second.card}`,
      allowed: "one EFA interface on a card",
    };
  },
};
