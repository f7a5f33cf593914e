import { isObject } from "../preflight/pool-facts";
import type { AwsCli } from "./aws-cli";
import { AwsRefusal } from "./aws-failure";
import type { DoctorFinding } from "./finding";
import type { StageCluster } from "./stage-clusters";

/** A cluster that is there, as EKS describes it. */
export interface LiveCluster {
  readonly name: string;
  readonly endpoint: string;
  readonly caData: string;
  /** Whether its API has an address that the internet reaches, and for whom. */
  readonly isPublic: boolean;
  readonly publicRanges: readonly string[];
}

/** How it stands with a cluster. */
export interface ClusterState {
  readonly finding: DoctorFinding;
  /** @default - there is no API to reach */
  readonly live?: LiveCluster;
}

/** In these EKS serves the API. */
const SERVING = ["ACTIVE", "UPDATING"];

/** Whether EKS has the cluster, and in which state. That there is none yet is no trouble: the stage makes it. */
export async function checkCluster(aws: AwsCli, { name, version, stack }: StageCluster): Promise<ClusterState> {
  const finding = (status: DoctorFinding["status"], message: string, remedy?: string): DoctorFinding => ({
    check: "cluster",
    about: name,
    status,
    message,
    ...(remedy === undefined ? {} : { remedy }),
  });
  let described: Readonly<Record<string, unknown>>;
  try {
    described = await aws.cluster(name);
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
    if (error.code !== "ResourceNotFoundException") return { finding: finding("trouble", error.message, error.remedy) };
    if (stack !== undefined) return { finding: finding("info", `not there yet; ${stack} makes it`) };
    const remedy = "Correct its name, account or region; no stack of this stage makes it.";
    return { finding: finding("trouble", "there is no such cluster", remedy) };
  }
  const state = String(described.status);
  if (!SERVING.includes(state)) {
    const remedy =
      state === "CREATING" ? "Wait until it is ACTIVE." : "Look into the EKS console why, and mend that first.";
    return { finding: finding("trouble", `it is ${state}, not ACTIVE`, remedy) };
  }
  return { finding: finding("ok", stateOf(state, String(described.version), version)), live: live(name, described) };
}

function stateOf(state: string, running: string, wanted: string | undefined): string {
  const change = wanted === undefined || wanted === running ? "" : `; the stage asks for ${wanted}`;
  return `${state}, Kubernetes ${running}${change}`;
}

function live(name: string, described: Readonly<Record<string, unknown>>): LiveCluster {
  const { endpoint, certificateAuthority, resourcesVpcConfig } = described;
  const access = isObject(resourcesVpcConfig) ? resourcesVpcConfig : {};
  const ranges = Array.isArray(access.publicAccessCidrs) ? (access.publicAccessCidrs as unknown[]) : [];
  return {
    name,
    endpoint: String(endpoint),
    caData: isObject(certificateAuthority) ? String(certificateAuthority.data) : "",
    isPublic: access.endpointPublicAccess === true,
    publicRanges: ranges.map(String),
  };
}
