import { Architecture } from "../../catalog";
import type { PoolTaint } from "../../contracts";
import { Updates } from "../pool-options";
import type { DisruptionBudget } from "./disruption";
import type { ManifestMetadata } from "./manifests";
import type { ResolvedElasticNodePool } from "./resolve-elastic";

/** Label of the nodes of elastic pools: its value is the revision they were made by. */
export const REVISION_LABEL = "aidc/revision";

/** A NodePool, as far as it is written here. Source: CRD `karpenter.sh_nodepools.yaml` v1.14.1. */
export interface NodePoolManifest {
  readonly apiVersion: "karpenter.sh/v1";
  readonly kind: "NodePool";
  readonly metadata: ManifestMetadata;
  readonly spec: NodePoolSpec;
}

export interface NodePoolSpec {
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: NodeTemplateSpec;
  };
  readonly disruption: {
    readonly consolidationPolicy: "WhenEmpty" | "WhenEmptyOrUnderutilized";
    readonly consolidateAfter: string;
    readonly budgets: readonly DisruptionBudget[];
  };
  readonly limits: Readonly<Record<string, string>>;
  readonly replicas?: number;
  readonly weight?: number;
  /** Fields that this release does not write, for `customize`. */
  readonly [more: string]: unknown;
}

export interface NodeTemplateSpec {
  readonly nodeClassRef: { readonly group: "karpenter.k8s.aws"; readonly kind: "EC2NodeClass"; readonly name: string };
  readonly taints: readonly PoolTaint[];
  readonly requirements: readonly NodeRequirement[];
  readonly expireAfter: string;
  readonly terminationGracePeriod?: string;
  readonly [more: string]: unknown;
}

export interface NodeRequirement {
  readonly key: string;
  readonly operator: "In";
  readonly values: readonly string[];
}

/** The node pool of a pool; it refers to the node class of the same name. */
export function nodePoolManifest(pool: ResolvedElasticNodePool, metadata: ManifestMetadata): NodePoolManifest {
  const { disruption, capacity } = pool;
  const { consolidationPolicy, consolidateAfter, budgets, expireAfter, terminationGracePeriod } = disruption;
  return {
    apiVersion: "karpenter.sh/v1",
    kind: "NodePool",
    metadata,
    spec: {
      template: {
        metadata: { labels: { ...pool.labels, [REVISION_LABEL]: pool.revision } },
        spec: {
          nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: metadata.name },
          taints: pool.profile.taints.map(taint),
          requirements: requirements(pool),
          expireAfter,
          ...(terminationGracePeriod !== undefined && { terminationGracePeriod }),
        },
      },
      disruption: { consolidationPolicy, consolidateAfter, budgets },
      limits: limits(pool),
      ...(capacity.nodes !== undefined && { replicas: capacity.nodes }),
      ...(pool.weight !== undefined && { weight: pool.weight }),
    },
  };
}

/** An empty value is none to Kubernetes, and refused by the CRD. */
function taint({ key, value = "", effect }: PoolTaint): PoolTaint {
  return { key, ...(value !== "" && { value }), effect };
}

/** Kubernetes' names of the architectures. */
const ARCHITECTURES: Readonly<Record<Architecture, string>> = {
  [Architecture.X86_64]: "amd64",
  [Architecture.ARM64]: "arm64",
};

function requirements({ spec, capacity, profile }: ResolvedElasticNodePool): NodeRequirement[] {
  const isIn = (key: string, values: readonly string[]) => ({ key, operator: "In" as const, values });
  return [
    isIn("node.kubernetes.io/instance-type", [spec.instanceType]),
    isIn("karpenter.sh/capacity-type", [capacity.karpenterCapacityType]),
    isIn("topology.kubernetes.io/zone", profile.zones),
    isIn("kubernetes.io/arch", [ARCHITECTURES[spec.architecture]]),
    isIn("kubernetes.io/os", ["linux"]),
  ];
}

/**
 * A fixed count takes `nodes` and nothing else (CRD); with none to spare, Karpenter replaces no node of it, so a pool that rolls gets one
 * more (kubernetes-sigs/karpenter v1.14.1 `pkg/controllers/disruption/staticdrift.go`). Elsewhere `nodes` is not counted down within a
 * batch of pending pods, and a gang comes as one batch; resources are (`pkg/controllers/provisioning/scheduling/scheduler.go`,
 * subtractMax). CPUs hold the line where Karpenter does not know the accelerator's resource.
 */
function limits({ capacity, updates, profile, maxNodes }: ResolvedElasticNodePool): Readonly<Record<string, string>> {
  if (capacity.nodes !== undefined) {
    return { nodes: String(updates === Updates.ROLL ? capacity.nodes + 1 : capacity.nodes) };
  }
  const accelerators = profile.acceleratorsPerNode * maxNodes;
  return {
    cpu: String(profile.vcpusPerNode * maxNodes),
    ...(accelerators > 0 && { [profile.acceleratorResource]: String(accelerators) }),
  };
}
