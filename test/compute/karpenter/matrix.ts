import { Capacity, Fabric, NodeImage, Updates } from "cdktf-ai-datacenter/compute";
import type { ElasticNodePoolOptions } from "../../../lib/compute/karpenter/elastic-options";
import {
  type KarpenterManifests,
  karpenterManifests,
  type KarpenterPoolIds,
} from "../../../lib/compute/karpenter/manifests";
import { type ResolvedElasticNodePool, resolveElasticNodePool } from "../../../lib/compute/karpenter/resolve-elastic";

export const RESERVATION = "cr-0123456789abcdef0";
export const WINDOW = { start: "2026-12-01T11:30:00Z", end: "2026-12-08T11:30:00Z" };
export const AL2023 = "al2023@v20260904";

const SUBNETS = [
  { zone: "us-east-1a", subnetId: "subnet-0a" },
  { zone: "us-east-1b", subnetId: "subnet-0b" },
];
const IDS: KarpenterPoolIds = {
  instanceProfileName: "prod-karpenter-node",
  subnets: SUBNETS,
  clusterSecurityGroupId: "sg-0c1",
  securityGroupId: "sg-0b2",
  placementGroupName: "prod-pool",
  keyArn: "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
  tags: { Name: "prod/pool", Stage: "prod" },
};

export const P5: ElasticNodePoolOptions = {
  instanceType: "p5.48xlarge",
  maxNodes: 4,
  zones: ["us-east-1a"],
  imageAlias: AL2023,
};
const reserved = (options = {}) => Capacity.reservation(RESERVATION, "us-east-1a", options);

/** One pool for each way that the manifests differ. */
export const MATRIX: Readonly<Record<string, ElasticNodePoolOptions>> = {
  "p5-on-demand": P5,
  "p5-block": { ...P5, capacity: Capacity.block(RESERVATION, "us-east-1a", WINDOW) },
  "p5-reservation": { ...P5, capacity: reserved() },
  "p5-reservation-group": { ...P5, capacity: reserved({ placementGroupName: "reserved-p5" }) },
  "p5-static": { ...P5, maxNodes: undefined, capacity: Capacity.static(2), acceptHourlyCost: 200 },
  "p6-b300": { ...P5, instanceType: "p6-b300.48xlarge", capacity: reserved() },
  "trn2-block": {
    ...P5,
    instanceType: "trn2.48xlarge",
    capacity: Capacity.block(RESERVATION, "us-east-1a", WINDOW),
  },
  "g6e-spot": {
    instanceType: "g6e.12xlarge",
    maxNodes: 10,
    fabric: Fabric.NONE,
    capacity: Capacity.spot(),
    weight: 10,
  },
  "g6e-bottlerocket": {
    instanceType: "g6e.12xlarge",
    maxNodes: 2,
    fabric: Fabric.NONE,
    image: NodeImage.BOTTLEROCKET_NVIDIA,
    imageAlias: "bottlerocket@v1.55.0",
    updates: Updates.HOLD,
    quietTimes: [{ schedule: "0 8 * * mon-fri", duration: "10h" }],
    terminationGracePeriod: "1h",
  },
};

export function resolved(options: Partial<ElasticNodePoolOptions> = {}, name = "pool"): ResolvedElasticNodePool {
  return resolveElasticNodePool(name, { ...P5, ...options }, { subnets: SUBNETS }, `prod/${name}`);
}

export function manifestsOf(options: ElasticNodePoolOptions, name = "pool"): KarpenterManifests {
  return karpenterManifests(resolveElasticNodePool(name, options, { subnets: SUBNETS }, `prod/${name}`), IDS);
}
