import { VPC_CNI_MINIMUM } from "../../../catalog";
import { hasAddress, hasEfa } from "../../fabric/interfaces";
import type { PoolDesign } from "../design";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";
import { isOlder } from "../versions";

/** The VPC CNI must know the interfaces that it finds. */
export const cniTooOld: PhysicsRule = {
  code: "CNI_TOO_OLD",
  law: "The VPC CNI is 1.18.5 or newer for EFA-only interfaces, and 1.7.10 or newer for several EFA interfaces.",
  source: { text: "Amazon EKS user guide, node-efa", date: "2026-08" },
  bad: soundDesign("p5.48xlarge", { plugins: { vpcCni: "v1.18.4" } }),
  good: soundDesign("p5.48xlarge", { plugins: { vpcCni: "v1.18.5" } }),
  correction: "the first version that knows EFA-only interfaces",
  check: ({ interfaces, plugins }) => {
    const least = leastCni(interfaces);
    const installed = plugins?.vpcCni;
    return least !== undefined && installed !== undefined && isOlder(installed, least)
      ? { property: "plugins.vpcCni", got: installed, allowed: `${least} or newer with these interfaces` }
      : undefined;
  },
};

function leastCni(interfaces: PoolDesign["interfaces"]): string | undefined {
  if (!interfaces.every(hasAddress)) return VPC_CNI_MINIMUM.efaOnly.version;
  return interfaces.filter(hasEfa).length > 1 ? VPC_CNI_MINIMUM.severalEfa.version : undefined;
}
