import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

/** A driver knows the accelerators of its time. */
export const driverTooOld: PhysicsRule = {
  code: "DRIVER_TOO_OLD",
  law: "The NVIDIA driver of the image knows the accelerator: G7 needs branch 595 or newer.",
  source: { text: "awslabs/amazon-eks-ami, doc/usage/g7-ami.md, and #2768", date: "2026-09" },
  bad: soundDesign("g7.12xlarge", { plugins: { nvidiaDriver: 580 } }),
  good: soundDesign("g7.12xlarge", { plugins: { nvidiaDriver: 595 } }),
  correction: "an image with driver 595",
  check: ({ spec: { instanceType, minimumDriver: least }, plugins }) =>
    least !== undefined && plugins?.nvidiaDriver !== undefined && plugins.nvidiaDriver < least
      ? { property: "image", got: `driver ${plugins.nvidiaDriver}`, allowed: `${least} or newer for ${instanceType}` }
      : undefined,
};
