import { efaOnly, primaryInterface } from "../example-parts";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

/** An instance starts with its primary interface. */
export const primaryInterfaceMissing: PhysicsRule = {
  code: "PRIMARY_INTERFACE_MISSING",
  law: "An instance has an interface at card 0 / device 0.",
  source: {
    text: "aws/aws-parallelcluster #7143; Amazon EC2 user guide, Maximize network bandwidth on instances with multiple network cards",
    date: "2026-08",
  },
  bad: soundDesign("p6-b300.48xlarge", { interfaces: [efaOnly(1, 0)] }),
  good: soundDesign("p6-b300.48xlarge", { interfaces: [primaryInterface, efaOnly(1, 0)] }),
  correction: "a plain interface at card 0 / device 0 comes first",
  check: ({ interfaces }) =>
    interfaces.some(({ card, device }) => card === 0 && device === 0)
      ? undefined
      : {
          property: "interfaces",
          got: interfaces.length === 0 ? "no interface" : "no interface at card 0 / device 0",
          allowed: "a plain interface at card 0 / device 0 beside the others",
        },
};
