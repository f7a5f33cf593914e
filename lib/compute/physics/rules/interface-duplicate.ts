import { firstDuplicate } from "../../../core";
import { efaOnly, primaryInterface } from "../example-parts";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

/** One place, one interface. */
export const interfaceDuplicate: PhysicsRule = {
  code: "INTERFACE_DUPLICATE",
  law: "Each interface has a network card and a device index of its own.",
  source: {
    text: "aws/karpenter-provider-aws v1.14.1, pkg/apis/v1/ec2nodeclass.go, validation of networkInterfaces",
    date: "2026-08",
  },
  bad: soundDesign("p5.48xlarge", { interfaces: [primaryInterface, efaOnly(1, 0), efaOnly(1, 0)] }),
  good: soundDesign("p5.48xlarge", { interfaces: [primaryInterface, efaOnly(1, 0), efaOnly(2, 0)] }),
  correction: "the second EFA interface stands on card 2",
  check: ({ interfaces }) => {
    const place = firstDuplicate(interfaces.map(({ card, device }) => `card ${card}, device ${device}`));
    return place === undefined
      ? undefined
      : { property: "interfaces", got: `two interfaces at ${place}`, allowed: "one interface in each place" };
  },
};
