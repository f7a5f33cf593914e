import { ApiAccess, type ElasticNodePoolOptions, Fabric, type GpuNodePoolOptions } from "cdktf-ai-datacenter/compute";
import { AccessMode } from "cdktf-ai-datacenter/contracts";
import { Backend } from "cdktf-ai-datacenter/core";
import type {
  BlockStorageClass,
  CsiSecretOptions,
  ImageSources,
  LustreVolumeOptions,
  ObjectVolumeOptions,
  Operator,
  PoolQuota,
} from "cdktf-ai-datacenter/kubernetes";
import { InterfaceEndpoint, NatGateways } from "cdktf-ai-datacenter/network";
import { type JobConfig, NER } from "./jobs";

/** Stores of the stage. */
export enum StageStore {
  DATASETS = "datasets",
  CHECKPOINTS = "checkpoints",
  MODELS = "models",
}

/** A folder of a store, as files that pods read. They are the pods' own reads: by the team's identity, with what it may see. */
export interface ObjectMount extends Pick<ObjectVolumeOptions, "name" | "cacheGiB" | "cpus" | "memoryGiB"> {
  /** @default StageStore.DATASETS */
  readonly store?: StageStore;
  /** Folder in the store, such as "corpus/". @default - all of it */
  readonly prefix?: string;
}

/** A folder of a store that a team's pods use by the store's own API. */
export interface TeamFolder {
  readonly store: StageStore;
  /** Such as "research/"; "" for all of the store. */
  readonly prefix: string;
  /** @default AccessMode.READ */
  readonly mode?: AccessMode;
}

/** A Lustre file system that exists. */
export type FileSystemMount = Omit<LustreVolumeOptions, "namespace">;

/** A secret of AWS Secrets Manager, encrypted with the service's own key, that the team's pods can mount as a file. */
export type SecretMount = Pick<CsiSecretOptions, "name" | "remoteName" | "property" | "fileName">;

/** A team: its jobs run in the namespace `team-<name>`, and its pods may read and write what is named here, and nothing else. */
export interface TeamConfig {
  /** Lower-case word. */
  readonly name: string;
  /** Nodes of the pools that are the team's own. @default - none: it borrows what is idle */
  readonly quotas?: readonly PoolQuota[];
  /** RBAC groups of its people. @default - nobody */
  readonly groups?: readonly string[];
  /** Folders of the stage's stores; each is a claim in the team's namespace, by its name. @default - none */
  readonly mounts?: readonly ObjectMount[];
  /** Folders of the stores that its pods may use beside mounts and jobs. @default - none */
  readonly folders?: readonly TeamFolder[];
  /** Training jobs that the stage itself starts. @default - none */
  readonly jobs?: readonly JobConfig[];
  /** Training jobs that its people submit, as they are or changed: `npx aidc job`. @default - none */
  readonly templates?: readonly JobConfig[];
  /** Lustre file systems; each is a claim too. @default - none */
  readonly fileSystems?: readonly FileSystemMount[];
  /** Secrets that its pods may read. @default - none */
  readonly secrets?: readonly SecretMount[];
}

/** Everything that tells one stage of the data center from another. */
export interface StageConfig {
  /** First part of every stack id and physical name; unique in the account, over all regions, since role names are. */
  readonly name: string;
  /** Account to deploy to; the provider refuses any other. */
  readonly accountId: string;
  readonly region: string;
  /** Role to deploy with. @default - the caller's own credentials */
  readonly deployRoleArn?: string;
  /** Where state is kept; `stacks/bootstrap.ts` makes a bucket for Backend.s3. */
  readonly backend: Backend;
  /** Tags of every resource, such as the cost centre. @default - none beside stage and stack */
  readonly tags?: Readonly<Record<string, string>>;
  /** Policy that bounds every role. @default - none */
  readonly permissionsBoundaryArn?: string;
  /** Zones in the order of the address plan: append, never insert. */
  readonly zones: readonly string[];
  readonly cidr: string;
  /** @default - pods share the subnets of their nodes */
  readonly podCidr?: string;
  readonly natGateways: NatGateways;
  readonly interfaceEndpoints: readonly InterfaceEndpoint[];
  /**
   * Service-linked roles that the account lacks, such as "autoscaling.amazonaws.com": a key policy cannot name a role that does not
   * exist. They belong to the account, so let one stage make them. @default - none
   */
  readonly serviceLinkedRoles?: readonly string[];
  readonly kubernetesVersion: string;
  /** Zones of the control plane; see `ClusterProps.controlPlaneZones`. @default - all zones */
  readonly controlPlaneZones?: readonly string[];
  readonly apiAccess: ApiAccess;
  /** Whether a host for Session Manager tunnels stands in the network. */
  readonly accessHost: boolean;
  /** ARNs of the roles of people who administer the cluster. */
  readonly admins: readonly string[];
  /** ARNs of the roles that pipelines deploy with. */
  readonly deployers: readonly string[];
  /**
   * Any word, such as a month: with a new one, pools that hold their nodes take the newest template and the image release that they name.
   * Nothing else does that to them. @default "1"
   */
  readonly revision?: string;
  /** Accelerator pools by name: lower-case words. */
  readonly pools: Readonly<Record<string, GpuNodePoolOptions>>;
  /** Pools that Karpenter runs, by name; with any, its AWS half is made. @default - none */
  readonly elasticPools?: Readonly<Record<string, ElasticNodePoolOptions>>;
  readonly teams: readonly TeamConfig[];
  /**
   * What is installed in the cluster.
   * @default - Kueue and JobSet, Karpenter where there are elastic pools, and the drivers of what teams mount
   */
  readonly operators?: readonly Operator[];
  /**
   * Storage classes of EBS volumes. Each is encrypted with the cluster key unless it names another, which the EBS driver's role must then be
   * allowed to use. @default - one, "gp3", for claims that name none
   */
  readonly storageClasses?: readonly BlockStorageClass[];
  /** Image of training jobs, by its digest, with Python, torch and what `runtime/Dockerfile` has beside the runtime. @default - none: no jobs */
  readonly trainingImage?: string;
  /** Where nodes get images from. @default - their makers, and EKS' registry of the region */
  readonly images?: ImageSources;
  /** API groups that others bring to the cluster, such as "monitoring.coreos.com". @default - none */
  readonly apiGroups?: readonly string[];
}

/** A small stage to develop on: two zones, one NAT gateway, no endpoint that costs, the API on a public address for one range. */
const dev: StageConfig = {
  name: "dev",
  accountId: "123456789012",
  region: "us-east-1",
  backend: Backend.local("state"),
  zones: ["us-east-1a", "us-east-1b"],
  cidr: "10.1.0.0/16",
  natGateways: NatGateways.ONE,
  interfaceEndpoints: [],
  kubernetesVersion: "1.35",
  // A documentation range: put your own here.
  apiAccess: ApiAccess.publicFrom(["203.0.113.0/24"]),
  accessHost: false,
  admins: ["arn:aws:iam::123456789012:role/PlatformAdmin"],
  deployers: ["arn:aws:iam::123456789012:role/PlatformDeployer"],
  pools: { sandbox: { instanceType: "g6e.xlarge", maxNodes: 2 } },
  teams: [
    {
      name: "research",
      folders: [
        { store: StageStore.DATASETS, prefix: "" },
        { store: StageStore.CHECKPOINTS, prefix: "research/", mode: AccessMode.WRITE },
        { store: StageStore.MODELS, prefix: "research/", mode: AccessMode.WRITE },
      ],
    },
  ],
};

/** The stage that trains and serves: three zones, private throughout, one pool for training and one for inference. */
const prod: StageConfig = {
  name: "prod",
  accountId: "123456789012",
  region: "us-east-1",
  // On a real account, with what `npx cdktf deploy bootstrap-prod` prints:
  // backend: Backend.s3({ bucket: "bootstrap-prod-state-…", region: "us-east-1", kmsKeyArn: "arn:aws:kms:…" }),
  backend: Backend.local("state"),
  tags: { CostCenter: "ai-platform" },
  zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
  cidr: "10.0.0.0/16",
  podCidr: "100.64.0.0/16",
  natGateways: NatGateways.PER_ZONE,
  interfaceEndpoints: [
    ...InterfaceEndpoint.PRIVATE_CLUSTER,
    InterfaceEndpoint.KMS,
    InterfaceEndpoint.SSM,
    InterfaceEndpoint.SSM_MESSAGES,
  ],
  kubernetesVersion: "1.35",
  apiAccess: ApiAccess.private(),
  accessHost: true,
  admins: ["arn:aws:iam::123456789012:role/PlatformAdmin"],
  deployers: ["arn:aws:iam::123456789012:role/PlatformDeployer"],
  revision: "2026-11",
  pools: {
    training: { instanceType: "p5.48xlarge", maxNodes: 16, zones: ["us-east-1a"] },
    inference: { instanceType: "g6e.12xlarge", maxNodes: 8, fabric: Fabric.NONE },
  },
  elasticPools: { burst: { instanceType: "g6e.xlarge", maxNodes: 16 } },
  // An example, of which no image exists: put your own here, such as what `EcrImage` makes.
  trainingImage: `123456789012.dkr.ecr.us-east-1.amazonaws.com/aidc/training@sha256:${"0".repeat(64)}`,
  teams: [
    {
      name: "research",
      quotas: [
        { pool: "training", nodes: 12 },
        { pool: "burst", nodes: 0 },
      ],
      mounts: [{ name: "corpus", prefix: "corpus/" }],
      folders: [
        { store: StageStore.CHECKPOINTS, prefix: "research/scratch/", mode: AccessMode.WRITE },
        { store: StageStore.MODELS, prefix: "research/", mode: AccessMode.WRITE },
      ],
      jobs: [NER],
      templates: [NER],
    },
    {
      name: "serving",
      quotas: [
        { pool: "inference", nodes: 8 },
        { pool: "burst", nodes: 4 },
      ],
      folders: [{ store: StageStore.MODELS, prefix: "research/" }],
    },
  ],
};

export const stages: readonly StageConfig[] = [dev, prod];
