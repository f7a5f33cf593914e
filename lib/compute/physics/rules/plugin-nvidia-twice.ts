import { NVIDIA_DEVICE_PLUGIN_IN_IMAGE } from "../../../catalog";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

const amiType = "BOTTLEROCKET_x86_64_NVIDIA";

/** Bottlerocket's NVIDIA image ships the NVIDIA device plugin. */
export const pluginNvidiaTwice: PhysicsRule = {
  code: "PLUGIN_CONFLICT",
  law: "A Bottlerocket NVIDIA image runs its own NVIDIA device plugin, and no second one beside it.",
  source: {
    text: "bottlerocket-os/bottlerocket #4309; Amazon EKS user guide, node-efa, Using Bottlerocket with EFA",
    date: "2026-08",
  },
  bad: soundDesign("p5.48xlarge", { amiType, plugins: { nvidiaDevicePlugin: "0.18.0" } }),
  good: soundDesign("p5.48xlarge", { amiType, plugins: {} }),
  correction: "the NVIDIA device plugin keeps off these nodes",
  check: ({ amiType: image, plugins }) =>
    plugins?.nvidiaDevicePlugin !== undefined && NVIDIA_DEVICE_PLUGIN_IN_IMAGE.amiTypes.includes(image ?? "")
      ? {
          property: "plugins.nvidiaDevicePlugin",
          got: plugins.nvidiaDevicePlugin,
          allowed: `none on ${image}, which ships one`,
        }
      : undefined,
};
