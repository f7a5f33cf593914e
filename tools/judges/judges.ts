import { judgeByCheckov } from "./checkov";
import { buildGoPrograms } from "./go-programs";
import { judgeByKubeScore } from "./kube-score";
import { readManifests } from "./manifests";
import { judgeByPodSecurity } from "./pod-security";
import { installPython } from "./python";
import { judgeBySchema } from "./schema";
import type { JudgeReport } from "./verdict";

/** Minor version that is judged against: that of the stages. */
export const KUBERNETES_VERSION = "1.35";

/**
 * Asks all judges about rendered manifests.
 * @param root folder with a folder of YAML files for each stack
 */
export async function askJudges(root: string): Promise<readonly JudgeReport[]> {
  const manifests = readManifests(root);
  const { python, checkov } = installPython();
  const { kubeScore, podSecurity } = await buildGoPrograms();
  return [
    judgeByCheckov(checkov, root, manifests),
    judgeByKubeScore(kubeScore, root, manifests, KUBERNETES_VERSION),
    judgeBySchema(python, manifests, KUBERNETES_VERSION),
    judgeByPodSecurity(podSecurity, manifests),
  ];
}
