import { EFA_DEVICE_PLUGIN_MINIMUM, familyOf } from "../../../catalog";
import { hasEfa } from "../../fabric/interfaces";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";
import { isOlder } from "../versions";

/** The EFA device plugin must know the devices that it counts. */
export const pluginTooOld: PhysicsRule = {
  code: "PLUGIN_TOO_OLD",
  law: "The EFA device plugin knows the instance family: p6-b200 needs 0.5.10 or newer, p6e-gb200 0.5.14.",
  source: {
    text: "aws/sagemaker-hyperpod-cli PR #282; aws-ia/terraform-aws-eks-data-addons #53; Amazon EKS user guide, ml-eks-nvidia-ultraserver",
    date: "2026-08",
  },
  bad: soundDesign("p6-b200.48xlarge", { plugins: { efaDevicePlugin: "v0.5.9" } }),
  good: soundDesign("p6-b200.48xlarge", { plugins: { efaDevicePlugin: "v0.5.10" } }),
  correction: "the first version that does not take NVLink devices for EFA",
  check: ({ spec, interfaces, plugins }) => {
    const family = familyOf(spec.instanceType);
    const least = Object.hasOwn(EFA_DEVICE_PLUGIN_MINIMUM, family) ? EFA_DEVICE_PLUGIN_MINIMUM[family] : undefined;
    const installed = plugins?.efaDevicePlugin;
    return least !== undefined &&
      installed !== undefined &&
      interfaces.some(hasEfa) &&
      isOlder(installed, least.version)
      ? { property: "plugins.efaDevicePlugin", got: installed, allowed: `${least.version} or newer on ${family}` }
      : undefined;
  },
};
