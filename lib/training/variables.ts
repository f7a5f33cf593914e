import type { PoolProfile } from "../contracts";
import { InvalidProps } from "../core";
import { RUNTIME_PORTS, RUNTIME_VARIABLES } from "./contract.generated";

/** Extended resource of EFA's device plugin. */
const EFA_RESOURCE = "vpc.amazonaws.com/efa";

/** Whether a pool's fabric is EFA. */
export function hasEfa({ fabricResource }: PoolProfile): boolean {
  return fabricResource === EFA_RESOURCE;
}

/** Set by the launcher in each process, or by the job. */
const OWN = new Set([
  ...Object.keys(RUNTIME_VARIABLES),
  "PET_MASTER_ADDR",
  "PET_MASTER_PORT",
  "MASTER_ADDR",
  "MASTER_PORT",
  "RANK",
  "WORLD_SIZE",
  "LOCAL_RANK",
  "LOCAL_WORLD_SIZE",
  "PYTHONPATH",
]);

/**
 * Settings that circulate in guides and do harm with the libfabric and plugin of today: they force a provider or a protocol that the plugin
 * chooses better for each type, or have no effect but to mislead.
 */
const HARMFUL = new Set([
  "FI_PROVIDER",
  "FI_EFA_USE_DEVICE_RDMA",
  "FI_EFA_FORK_SAFE",
  "NCCL_PROTO",
  "NCCL_SOCKET_NTHREADS",
  "NCCL_NSOCKS_PERTHREAD",
  "NCCL_BUFFSIZE",
  "NCCL_MIN_NCHANNELS",
  "NCCL_NET",
]);
const HARMFUL_SOURCE =
  "awslabs/awsome-distributed-ai 1.architectures/efa-cheatsheet.md; aws/aws-ofi-nccl src/platform-aws.cpp, 2026";

/** @throws InvalidProps TRAINING_VARIABLE_RESERVED */
export function checkVariables(names: readonly string[], pool: PoolProfile, at: string): void {
  for (const name of names) {
    if (OWN.has(name)) {
      const allowed = "variables that the job does not set itself";
      throw new InvalidProps("TRAINING_VARIABLE_RESERVED", `${at}.env.${name}`, { got: name, allowed });
    }
    if (!hasEfa(pool) || !(HARMFUL.has(name) || name.startsWith("RDMAV_"))) continue;
    const allowed = "nothing: libfabric and the plugin choose by themselves, and better";
    throw new InvalidProps("TRAINING_VARIABLE_RESERVED", `${at}.env.${name}`, {
      got: name,
      allowed,
      source: HARMFUL_SOURCE,
    });
  }
}

/** What of a job its environment depends on. */
export interface EnvironmentParts {
  readonly pool: PoolProfile;
  readonly runId: string;
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly processesPerNode: number;
  /** Region of the stores. @default - none */
  readonly region?: string;
}

/** Where the launch spec and the bootstrap program are mounted. */
export const CONFIG_FOLDER = "/etc/aidc";
export const SPEC_FILE = "launch-spec.json";
export const BOOTSTRAP_FILE = "bootstrap.py";

/** The environment of a job's pods, beside what Kubernetes tells each of them. */
export function jobEnvironment(parts: EnvironmentParts): Readonly<Record<string, string>> {
  const { runId, minNodes, maxNodes, processesPerNode, region } = parts;
  return {
    AIDC_SPEC: `${CONFIG_FOLDER}/${SPEC_FILE}`,
    AIDC_TERMINATION_LOG: "/dev/termination-log",
    PET_NNODES: minNodes === maxNodes ? String(maxNodes) : `${minNodes}:${maxNodes}`,
    PET_NPROC_PER_NODE: String(processesPerNode),
    PET_RDZV_BACKEND: "c10d",
    PET_RDZV_ENDPOINT: `${runId}-node-0-0.${runId}:${RUNTIME_PORTS.rendezvous}`,
    // As the others resolve it; the host name alone means nothing to them.
    PET_LOCAL_ADDR: `${runId}-node-0-$(PET_NODE_RANK).${runId}`,
    // Each start of the job is a meeting of its own: late ones of the last cannot join. Kubernetes fills in the number.
    PET_RDZV_ID: `${runId}-$(AIDC_ATTEMPT)`,
    TORCH_DISABLE_SHARE_RDZV_TCP_STORE: "1",
    // The user has no entry in the image, and nothing but /tmp can be written: caches of torch, Triton and others follow.
    HOME: "/tmp",
    USER: "aidc",
    PYTHONUNBUFFERED: "1",
    // All that a run needs comes from the stores; a library that asks a hub would hang where there is no way out.
    HF_HUB_OFFLINE: "1",
    ...(region === undefined ? {} : { AWS_REGION: region }),
    ...fabricEnvironment(parts),
  };
}

/** Instance families whose GPUs talk through shared memory: a copy by the GPU is twice as fast. */
const SHARED_MEMORY_FAMILIES = /^g[56]\./;

/**
 * The few settings of NCCL that help. No provider, protocol or buffer size is set: libfabric from 1.18 and aws-ofi-nccl from 1.7 on choose
 * by the instance type. Interfaces are excluded, not named, as their names differ between families.
 * Source: awslabs/awsome-distributed-ai, EFA cheat sheet, and its #519; aws/aws-ofi-nccl `src/platform-aws.cpp`, 2026.
 */
function fabricEnvironment({ pool, maxNodes }: EnvironmentParts): Readonly<Record<string, string>> {
  if (pool.acceleratorResource !== "nvidia.com/gpu") return {};
  return {
    ...(maxNodes > 1 ? { NCCL_SOCKET_IFNAME: "^docker,lo,veth" } : {}),
    ...(SHARED_MEMORY_FAMILIES.test(pool.instanceType) ? { NCCL_SHM_USE_CUDA_MEMCPY: "1" } : {}),
  };
}

/** What Kubernetes and JobSet tell each pod about itself, by field path. */
export const POD_VARIABLES: Readonly<Record<string, string>> = {
  AIDC_ATTEMPT: "metadata.annotations['jobset.sigs.k8s.io/restart-attempt']",
  AIDC_NODE: "spec.nodeName",
  PET_NODE_RANK: "metadata.annotations['batch.kubernetes.io/job-completion-index']",
};
