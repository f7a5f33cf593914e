import { hasEfa } from "../../fabric/interfaces";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

/** One of the two counts EFA devices. */
export const pluginEfaTwice: PhysicsRule = {
  code: "PLUGIN_CONFLICT",
  law: "A node runs the EFA device plugin or DRANET, never both: each would hand out the other's devices.",
  source: { text: "Amazon EKS user guide, device-management-efa, Install the EFA DRA driver", date: "2026-08" },
  bad: soundDesign("p5.48xlarge", { plugins: { efaDevicePlugin: "0.5.20", efaDra: true } }),
  good: soundDesign("p5.48xlarge", { plugins: { efaDra: true } }),
  correction: "DRANET alone",
  check: ({ interfaces, plugins }) =>
    plugins?.efaDevicePlugin !== undefined && plugins.efaDra === true && interfaces.some(hasEfa)
      ? {
          property: "plugins.efaDevicePlugin",
          got: plugins.efaDevicePlugin,
          allowed: "none beside DRANET, or the plugin without DRANET",
        }
      : undefined,
};
