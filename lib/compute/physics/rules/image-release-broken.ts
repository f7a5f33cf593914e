import { WITHDRAWN_AL2023_RELEASES } from "../../../catalog";
import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

const amiType = "AL2023_x86_64_NVIDIA";

/** Some releases were taken back. */
export const imageReleaseBroken: PhysicsRule = {
  code: "IMAGE_RELEASE_BROKEN",
  law: "The image release is not one that its makers have replaced for a defect.",
  source: { text: "awslabs/amazon-eks-ami, release v20261012 and #2845", date: "2026-10-14" },
  bad: soundDesign("p5.48xlarge", { amiType, imageRelease: "1.35.4-20261003" }),
  good: soundDesign("p5.48xlarge", { amiType, imageRelease: "1.35.4-20261012" }),
  correction: "the release that mends the kernel",
  check: ({ amiType: family = "", imageRelease = "" }) => {
    const withdrawn = WITHDRAWN_AL2023_RELEASES.find(({ version }) => dayOf(version) === dayOf(imageRelease));
    if (withdrawn === undefined || !family.startsWith("AL2023")) return undefined;
    const allowed = `another release: ${withdrawn.reason.replace(/\.$/, "")}`;
    return { property: "imageRelease", got: imageRelease, allowed };
  },
};

/** Releases end with their day, in both ways of writing them: "1.35.4-20261003", "al2023@v20261003". */
function dayOf(release: string): string | undefined {
  return /\d{8}$/.exec(release)?.[0];
}
