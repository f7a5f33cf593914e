import { InterfaceKind } from "../../fabric/interfaces";
import { efaOnly, primaryInterface } from "../example-parts";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

/** The primary interface carries the node's address. */
export const efaOnlyPrimary: PhysicsRule = {
  code: "EFA_ONLY_PRIMARY",
  law: "The primary interface is not EFA-only: it carries the address of the node.",
  source: {
    text: "Amazon EKS user guide, node-efa; terraform-aws-modules/terraform-aws-eks PR #3196",
    date: "2026-08",
  },
  bad: soundDesign("p4d.24xlarge", { interfaces: [efaOnly(0, 0), efaOnly(1, 0)] }),
  good: soundDesign("p4d.24xlarge", { interfaces: [primaryInterface, efaOnly(0, 1), efaOnly(1, 0)] }),
  correction: "a plain interface at card 0 / device 0; EFA moves to device 1 of that card",
  check: ({ interfaces }) =>
    interfaces.some(({ card, device, kind }) => card === 0 && device === 0 && kind === InterfaceKind.EFA_ONLY)
      ? {
          property: "interfaces",
          got: `${InterfaceKind.EFA_ONLY} at card 0 / device 0`,
          allowed: `${InterfaceKind.ENA} or ${InterfaceKind.EFA} there`,
        }
      : undefined,
};
