import { type CorpusEntry, PRIMARY, soundDesign } from "./entry";

const bottlerocket = "BOTTLEROCKET_x86_64_NVIDIA";
const efaPlugin = { efaDevicePlugin: "v0.5.20" };

/** Plugins and drivers that do not know, or fight over, the devices of a node. */
export const SOFTWARE_ENTRIES: readonly CorpusEntry[] = [
  {
    thread: "aws/sagemaker-hyperpod-cli PR #282",
    told: "The plugin took two NVLink devices of a P6-B200 for EFA, and jobs that were given them failed.",
    bad: soundDesign("p6-b200.48xlarge", { plugins: { efaDevicePlugin: "0.5.9" } }),
    code: "PLUGIN_TOO_OLD",
    good: soundDesign("p6-b200.48xlarge", { plugins: { efaDevicePlugin: "0.5.10" } }),
  },
  {
    thread: "aws-ia/terraform-aws-eks-data-addons #53",
    told: "An add-on module installed a plugin by default that was older than the P6-B200.",
    bad: soundDesign("p6-b200.48xlarge", { plugins: { efaDevicePlugin: "v0.4.4" } }),
    code: "PLUGIN_TOO_OLD",
    good: soundDesign("p6-b200.48xlarge", { plugins: efaPlugin }),
  },
  {
    thread: "bottlerocket-os/bottlerocket #4309",
    told: "The NVIDIA plugin of the image and that of a DaemonSet fought, and no GPU of the node could be used.",
    bad: soundDesign("g5.xlarge", { amiType: bottlerocket, plugins: { nvidiaDevicePlugin: "0.17.0" } }),
    code: "PLUGIN_CONFLICT",
    good: soundDesign("g5.xlarge", { amiType: bottlerocket, plugins: {} }),
  },
  {
    thread: "aws-samples/stable-diffusion-on-eks PR #91",
    told: "A stack on Bottlerocket installed the NVIDIA plugin that its image already runs.",
    bad: soundDesign("g5.2xlarge", { amiType: bottlerocket, plugins: { nvidiaDevicePlugin: "0.14.5" } }),
    code: "PLUGIN_CONFLICT",
    good: soundDesign("g5.2xlarge", { amiType: "AL2023_x86_64_NVIDIA", plugins: { nvidiaDevicePlugin: "0.14.5" } }),
  },
  {
    thread: "NVIDIA/k8s-device-plugin #1692",
    told: "From 0.19.0 on the NVIDIA plugin mounted all verbs devices, which belong to the EFA plugin or to DRANET.",
    bad: soundDesign("p5.48xlarge", { plugins: { ...efaPlugin, nvidiaDevicePlugin: "v0.19.0" } }),
    code: "PLUGIN_CONFLICT",
    good: soundDesign("p5.48xlarge", { plugins: { ...efaPlugin, nvidiaDevicePlugin: "v0.19.3" } }),
  },
  {
    thread: "awslabs/amazon-eks-ami #2768",
    told: "G7 nodes joined and looked healthy, and with driver 580 showed no GPU.",
    bad: soundDesign("g7.48xlarge", { plugins: { nvidiaDriver: 580 } }),
    code: "DRIVER_TOO_OLD",
    good: soundDesign("g7.48xlarge", { plugins: { nvidiaDriver: 595 } }),
  },
  {
    thread: "awslabs/amazon-eks-ami PR #2747",
    told: "G7 needs driver 595, which the stock image did not have.",
    bad: soundDesign("g7.4xlarge", { interfaces: [PRIMARY], plugins: { nvidiaDriver: 580 } }),
    code: "DRIVER_TOO_OLD",
    good: soundDesign("g7.4xlarge", { interfaces: [PRIMARY], plugins: { nvidiaDriver: 595 } }),
  },
];
