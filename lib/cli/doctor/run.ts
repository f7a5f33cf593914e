import type { Target } from "../preflight/stage";
import { checkAccess, checkApi, type Way } from "./api";
import { checkCluster } from "./cluster";
import type { DoctorFinding } from "./finding";
import { checkIdentity, type Identity } from "./identity";
import type { Address, Probes } from "./probes";
import { readClusters, type StageCluster } from "./stage-clusters";
import { checkTools } from "./tools";

/** What is to be examined. */
export interface Examination {
  readonly stage: string;
  readonly targets: readonly Target[];
  /** Folder that cdktf synthesizes into. */
  readonly out: string;
  /** Near end of a tunnel to the API. @default - its own address */
  readonly tunnel?: Address;
}

/** All checks, in the order in which a deploy would stumble. What cannot be asked any more is said to be skipped. */
export async function examine({ stage, targets, out, tunnel }: Examination, probes: Probes): Promise<DoctorFinding[]> {
  const places = targets.map((target) => ({ target, ...readClusters(out, target.stacks) }));
  const clusters = places.flatMap((place) => place.clusters);
  const { findings: tools, hasAws } = await checkTools(
    probes,
    clusters.find(({ version }) => version !== undefined)?.version,
  );
  const found = await Promise.all(
    places.map(async ({ target, clusters: here, accessHost }) => {
      if (!hasAws) return [skipped("credentials", target.region, "it is asked for through the AWS CLI")];
      const identity = await checkIdentity(probes, target);
      const ofClusters = await Promise.all(
        here.map((cluster) => examineCluster(cluster, identity, { stage, tunnel, accessHost }, probes)),
      );
      return [...identity.findings, ...ofClusters.flat()];
    }),
  );
  return [...tools, ...found.flat(), ...(clusters.length === 0 ? [noCluster(stage)] : [])];
}

async function examineCluster(
  cluster: StageCluster,
  { aws, arn = "" }: Identity,
  way: Way,
  probes: Probes,
): Promise<DoctorFinding[]> {
  const { name } = cluster;
  if (aws === undefined) return [skipped("cluster", name, "nobody is there to ask as")];
  const { finding, live } = await checkCluster(aws, cluster);
  if (live === undefined) return [finding];
  const api = await checkApi(probes, live, way);
  if (api.status !== "ok") return [finding, api, skipped("access", name, "its API is not reached")];
  return [finding, api, await checkAccess(probes, aws, live, arn, way)];
}

function skipped(check: DoctorFinding["check"], about: string, why: string): DoctorFinding {
  return { check, about, status: "skipped", message: `not looked at: ${why}` };
}

function noCluster(stage: string): DoctorFinding {
  return { check: "cluster", about: stage, status: "info", message: "no stack of the stage names a cluster" };
}
