import { NVIDIA_DEVICE_PLUGIN_MOFED as MOFED } from "../../../catalog";
import { hasEfa } from "../../fabric/interfaces";
import type { DesignPlugins } from "../design";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";
import { isOlder } from "../versions";

/** With mofed, the NVIDIA plugin hands out EFA devices that others count. */
export const pluginMofed: PhysicsRule = {
  code: "PLUGIN_CONFLICT",
  law: "Beside the EFA device plugin or DRANET the NVIDIA device plugin leaves EFA devices alone: mofed is off, which 0.19.0 to 0.19.2 must be told.",
  source: {
    text: "NVIDIA/k8s-device-plugin #1692 and PR #1837; Amazon EKS user guide, device-management-nvidia-dra-device-plugin",
    date: "2026-08",
  },
  bad: soundDesign("p5.48xlarge", { plugins: { efaDevicePlugin: "0.5.20", nvidiaDevicePlugin: "0.19.0" } }),
  good: soundDesign("p5.48xlarge", {
    plugins: { efaDevicePlugin: "0.5.20", nvidiaDevicePlugin: "0.19.0", nvidiaMofed: false },
  }),
  correction: "the NVIDIA device plugin is told `mofedEnabled: false`",
  check: ({ interfaces, plugins = {} }) => {
    const efaDriven = plugins.efaDevicePlugin !== undefined || plugins.efaDra === true;
    if (!efaDriven || !interfaces.some(hasEfa) || !mountsVerbs(plugins)) return undefined;
    return {
      property: "plugins.nvidiaMofed",
      got: plugins.nvidiaMofed ?? `the default of ${plugins.nvidiaDevicePlugin}, true`,
      allowed: "false beside what drives EFA",
    };
  },
};

function mountsVerbs({ nvidiaDevicePlugin, nvidiaMofed }: DesignPlugins): boolean {
  if (nvidiaDevicePlugin === undefined) return false;
  return nvidiaMofed ?? (isOlder(nvidiaDevicePlugin, MOFED.below) && !isOlder(nvidiaDevicePlugin, MOFED.from));
}
