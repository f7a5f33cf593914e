import { INSTANCE_TYPES, type InstanceTypeSpec } from "cdktf-ai-datacenter/catalog";
import {
  Capacity,
  Fabric,
  FabricPolicy,
  type GpuNodePoolOptions,
  InterfaceKind,
  LocalDisks,
  NodeBootstrap,
  NodeImage,
  Placement,
  PoolPurpose,
  type PoolSurroundings,
  resolveGpuNodePool,
  Updates,
} from "cdktf-ai-datacenter/compute";
import { CapacityKind, TaintEffect } from "cdktf-ai-datacenter/contracts";
import "cdktf-ai-datacenter/testing/jest";

const ZONES = ["us-east-1a", "us-east-1b"];
const WINDOW = { start: "2026-12-01T11:30:00Z", end: "2026-12-08T11:30:00Z" };

function resolve(options: Partial<GpuNodePoolOptions>, more: Partial<PoolSurroundings> = {}) {
  const surroundings = { subnets: ZONES.map((zone) => ({ zone })), ...more };
  const pool = { instanceType: "p5.48xlarge", maxNodes: 4, ...options };
  return resolveGpuNodePool("train", pool, surroundings, "stack/train");
}

const inOneZone = { zones: ["us-east-1a"] };
/** EC2 lists no on-demand price for it. */
const trainium = { instanceType: "trn2.48xlarge", capacity: Capacity.spot(), ...inOneZone };

describe("defaults", () => {
  test("choose EFA, a cluster placement group and striped disks for a multi-node p5", () => {
    const pool = resolve(inOneZone);
    expect(pool).toMatchObject({
      placement: Placement.CLUSTER,
      stripeLocalDisks: true,
      rootVolumeGiB: 200,
      purpose: PoolPurpose.TRAINING,
      updates: Updates.HOLD,
      revision: "1",
    });
    expect(pool.fabric).toMatchObject({ fabric: Fabric.EFA, policy: FabricPolicy.SAVE_IPS, efaInterfaces: 32 });
    expect(pool.image).toBe(NodeImage.AL2023_NVIDIA);
  });

  test("choose no fabric for a single node: EFA needs a neighbour", () => {
    const pool = resolve({ maxNodes: 1 });
    expect(pool).toMatchObject({ placement: Placement.NONE, purpose: PoolPurpose.INFERENCE, updates: Updates.ROLL });
    expect(pool.fabric.fabric).toBe(Fabric.NONE);
  });

  test("choose the Neuron image for Trainium", () => {
    expect(resolve(trainium).image).toBe(NodeImage.AL2023_NEURON);
  });

  test("spread a pool without fabric over the network's zones", () => {
    expect(resolve({ instanceType: "g6e.xlarge" }).profile.zones).toEqual(ZONES);
  });
});

describe("the profile", () => {
  test("tells workloads all they need and nothing of AWS' wiring", () => {
    expect(resolve(inOneZone).profile).toEqual({
      poolName: "train",
      instanceType: "p5.48xlarge",
      nodeSelector: { "aidc/pool": "train" },
      taints: [{ key: "nvidia.com/gpu", value: "present", effect: TaintEffect.NO_SCHEDULE }],
      zones: ["us-east-1a"],
      acceleratorName: "h100",
      acceleratorResource: "nvidia.com/gpu",
      acceleratorsPerNode: 8,
      acceleratorMemoryMiB: 81920,
      fabricResource: "vpc.amazonaws.com/efa",
      hugePagesMiBPerNode: 10256,
      fabricInterfacesPerNode: 32,
      wholeNodeResources: { "nvidia.com/gpu": "8", "vpc.amazonaws.com/efa": "32", "hugepages-2Mi": "5120Mi" },
      sharedMemoryMiBPerNode: 1048576,
      topologyLayers: 3,
      capacityKind: CapacityKind.ON_DEMAND,
      capacityWindow: undefined,
      vcpusPerNode: 192,
      memoryMiBPerNode: 2097152,
      localNvmeGBPerNode: 30400,
      maxPodsPerNode: 51,
      minNodes: 0,
      maxNodes: 4,
    });
  });

  test("has no fabric without EFA", () => {
    const { profile } = resolve({ instanceType: "g6e.xlarge" });
    expect(profile.fabricInterfacesPerNode).toBe(0);
    expect(profile.fabricResource).toBeUndefined();
  });
});

describe("instance types", () => {
  test("refuses one that the catalog does not know, and names those it does", () => {
    expect(() => resolve({ instanceType: "constructor" })).toRefuse("INSTANCE_TYPE_UNKNOWN");
    expect(() => resolve({ instanceType: "p9.48xlarge" })).toRefuse("INSTANCE_TYPE_UNKNOWN", { got: "p9.48xlarge" });
  });

  test("takes one that the catalog does not know by its specification", () => {
    const specification = { ...(INSTANCE_TYPES["p5en.48xlarge"] as InstanceTypeSpec), instanceType: "p9.48xlarge" };
    const pool = resolve({ instanceType: "p9.48xlarge", specification, ...inOneZone });
    expect(pool.profile).toMatchObject({ instanceType: "p9.48xlarge", fabricInterfacesPerNode: 16 });
  });

  test("refuses a specification that names another type than the pool", () => {
    const specification = INSTANCE_TYPES["p5en.48xlarge"] as InstanceTypeSpec;
    expect(() => resolve({ specification, ...inOneZone })).toRefuse("INSTANCE_TYPE_UNKNOWN", {
      path: "stack/train.specification",
    });
  });
});

describe("types that are not whole", () => {
  test("are refused with what is missing, and taken with a specification", () => {
    expect(() => resolve({ instanceType: "p6e-gb200.36xlarge" })).toRefuse("INSTANCE_TYPE_INCOMPLETE", {
      path: "stack/train.specification",
    });
    const specification = {
      ...(INSTANCE_TYPES["p5.48xlarge"] as InstanceTypeSpec),
      instanceType: "p6e-gb200.36xlarge",
    };
    const pool = resolve({ instanceType: "p6e-gb200.36xlarge", specification, ...inOneZone });
    expect(pool.profile.instanceType).toBe("p6e-gb200.36xlarge");
  });

  test("are refused where pods could not ask for the accelerator, or no image has its drivers", () => {
    const known = INSTANCE_TYPES["g6e.xlarge"] as InstanceTypeSpec;
    const accelerator = { ...known.accelerator, resource: undefined };
    const nameless = { instanceType: "g6e.xlarge", specification: { ...known, accelerator } };
    expect(() => resolve(nameless)).toRefuse("INSTANCE_TYPE_INCOMPLETE", { path: "stack/train.specification" });
    expect(() => resolve({ instanceType: "g4ad.xlarge" })).toRefuse("IMAGE_MISMATCH", { path: "stack/train.image" });
    const image = NodeImage.of("CUSTOM", NodeBootstrap.NODEADM);
    expect(resolve({ instanceType: "g4ad.xlarge", image }).profile.acceleratorResource).toBe("amd.com/gpu");
  });
});

describe("zones", () => {
  test("refuses EFA over two zones", () => {
    expect(() => resolve({})).toRefuse("EFA_SPANS_ZONES", { got: ZONES, path: "stack/train.zones" });
    expect(() => resolve({ zones: ZONES })).toRefuse("EFA_SPANS_ZONES");
  });

  test("refuses a zone without an accelerator subnet, and none at all", () => {
    expect(() => resolve({ zones: ["us-east-1f"] })).toRefuse("ZONE_UNKNOWN", { got: "us-east-1f" });
    expect(() => resolve({ zones: [] })).toRefuse("ZONES_EMPTY");
    expect(() => resolve({ zones: ["us-east-1a", "us-east-1a"] })).toRefuse("ZONE_DUPLICATE");
  });

  test("follow the capacity", () => {
    const capacity = Capacity.reservation("cr-0123456789abcdef0", "us-east-1b");
    expect(resolve({ capacity }).profile.zones).toEqual(["us-east-1b"]);
    expect(() => resolve({ capacity, ...inOneZone })).toRefuse("CAPACITY_CONFLICT", { path: "stack/train.zones" });
  });
});

describe("capacity", () => {
  const block = Capacity.block("cr-0123456789abcdef0", "us-east-1a", WINDOW);

  test("leaves reserved capacity without a placement group, which could only keep it unreachable", () => {
    expect(resolve({ capacity: block }).placement).toBe(Placement.NONE);
    expect(() => resolve({ capacity: block, placement: Placement.CLUSTER })).toRefuse("PLACEMENT_GROUP_FOREIGN");
  });

  test("refuses a Capacity Block for a type they are not sold for", () => {
    expect(() => resolve({ instanceType: "g6e.12xlarge", capacity: block })).toRefuse("CAPACITY_KIND_UNSUPPORTED", {
      path: "stack/train.capacity",
    });
  });

  test("refuses what is no reservation, and a group of reservations as a block", () => {
    const group = "arn:aws:resource-groups:us-east-1:123456789012:group/p5";
    expect(resolve({ capacity: Capacity.reservation(group, "us-east-1a") }).capacity.reservationTarget).toEqual({
      resourceGroupArn: group,
    });
    expect(() => resolve({ capacity: Capacity.block(group, "us-east-1a", WINDOW) })).toRefuse("CAPACITY_CONFLICT");
    expect(() => resolve({ capacity: Capacity.reservation("my-p5s", "us-east-1a") })).toRefuse("CAPACITY_CONFLICT");
  });

  test("refuses a cluster placement group over two zones", () => {
    const options = { instanceType: "g6e.xlarge", placement: Placement.CLUSTER };
    expect(() => resolve(options)).toRefuse("PLACEMENT_GROUP_SPANS_ZONES", { got: ZONES });
  });
});

describe("purpose and updates", () => {
  test("follow the fabric unless they are given", () => {
    const inference = resolve({ instanceType: "g6e.xlarge" });
    expect(inference).toMatchObject({ purpose: PoolPurpose.INFERENCE, updates: Updates.ROLL });
    const given = resolve({ purpose: PoolPurpose.INFERENCE, updates: Updates.REPLACE, revision: "7", ...inOneZone });
    expect(given).toMatchObject({ purpose: PoolPurpose.INFERENCE, updates: Updates.REPLACE, revision: "7" });
  });

  test("warn of a gang without a fabric", () => {
    const gang = resolve({ instanceType: "g6e.xlarge", purpose: PoolPurpose.TRAINING });
    expect(gang.warnings.map(({ id }) => id)).toEqual(["FABRIC_MISSING"]);
    expect(resolve(inOneZone).warnings).toEqual([]);
  });
});

describe("the user's own interfaces", () => {
  test("are held against the hardware", () => {
    const primary = { card: 0, device: 0, kind: InterfaceKind.ENA };
    const efa = (card: number, device: number) => ({ card, device, kind: InterfaceKind.EFA_ONLY });
    const pool = resolve({ interfaces: [primary, efa(1, 0), efa(2, 0)], ...inOneZone });
    expect(pool.profile).toMatchObject({ fabricInterfacesPerNode: 2, maxPodsPerNode: 100 });
    expect(() => resolve({ interfaces: [primary, efa(1, 2)], ...inOneZone })).toRefuse("DEVICE_INDEX_BEYOND_CARD", {
      path: "stack/train.interfaces",
    });
  });
});

describe("the floor", () => {
  test("refuses running nodes whose cost nobody has accepted, and names the cost", () => {
    const refusal = { path: "stack/train.acceptHourlyCost", allowed: /2 x p5\.48xlarge \(110\.08 USD per hour/ };
    expect(() => resolve({ minNodes: 2, ...inOneZone })).toRefuse("HOURLY_COST_NOT_ACCEPTED", refusal);
    expect(() => resolve({ minNodes: 2, acceptHourlyCost: 110, ...inOneZone })).toRefuse("HOURLY_COST_NOT_ACCEPTED");
  });

  test("lets them run once it is accepted, and where no price is known on any yes", () => {
    expect(resolve({ minNodes: 2, acceptHourlyCost: 110.08, ...inOneZone }).profile.minNodes).toBe(2);
    const unpriced = { instanceType: "p5e.48xlarge", capacity: Capacity.spot(), minNodes: 1, ...inOneZone };
    expect(() => resolve(unpriced)).toRefuse("HOURLY_COST_NOT_ACCEPTED", { allowed: /no list price is known/ });
    expect(resolve({ ...unpriced, acceptHourlyCost: 0 }).profile.minNodes).toBe(1);
  });

  test("counts the nodes that Terraform is to run", () => {
    const wanted = { desiredNodes: 2, ...inOneZone };
    expect(() => resolve(wanted)).toRefuse("HOURLY_COST_NOT_ACCEPTED", { allowed: /2 x p5/ });
    expect(resolve({ ...wanted, acceptHourlyCost: 111 }).desiredNodes).toBe(2);
  });

  test.each([
    [{ desiredNodes: 5, acceptHourlyCost: 1000 }],
    [{ minNodes: 2, desiredNodes: 1, acceptHourlyCost: 1000 }],
    [{ minNodes: 5, maxNodes: 4 }],
    [{ minNodes: -1 }],
    [{ maxNodes: 0 }],
    [{ maxNodes: 1.5 }],
  ])("refuses the sizes %j", (sizes) => {
    expect(() => resolve({ ...inOneZone, ...sizes })).toRefuse("POOL_SIZE_INVALID");
  });
});

describe("images", () => {
  test("without drivers for the accelerator are refused", () => {
    expect(() => resolve({ ...trainium, image: NodeImage.AL2023_NVIDIA })).toRefuse("IMAGE_MISMATCH", {
      path: "stack/train.image",
    });
  });

  test("of a family that this release does not know are taken at their word", () => {
    const image = NodeImage.of("AL2099_{arch}_NEURON", NodeBootstrap.NODEADM);
    expect(resolve({ ...trainium, image }).image).toBe(image);
  });
});

describe("images of EKS", () => {
  test("know a G7 from the release on that brought its driver, and Bottlerocket does not", () => {
    const g7 = { instanceType: "g7.2xlarge", updates: Updates.HOLD };
    expect(resolve(g7).image).toBe(NodeImage.AL2023_NVIDIA);
    expect(resolve({ ...g7, amiRelease: "1.35.4-20260917" }).spec.instanceType).toBe("g7.2xlarge");
    const refusal = { path: "stack/train.image", got: "driver 580" };
    expect(() => resolve({ ...g7, amiRelease: "1.35.4-20260916" })).toRefuse("DRIVER_TOO_OLD", refusal);
    expect(() => resolve({ ...g7, image: NodeImage.BOTTLEROCKET_NVIDIA })).toRefuse("IMAGE_MISMATCH");
    const image = NodeImage.of("CUSTOM", NodeBootstrap.NODEADM);
    expect(resolve({ ...g7, image }).image).toBe(image);
  });

  test("are those that are made for the type", () => {
    const known = INSTANCE_TYPES["g5g.xlarge"] as InstanceTypeSpec;
    const specification = { ...known, amiTypes: ["AL2023_ARM_64_NVIDIA"] };
    const bottlerocket = { instanceType: "g5g.xlarge", image: NodeImage.BOTTLEROCKET_NVIDIA };
    expect(resolve(bottlerocket).image).toBe(NodeImage.BOTTLEROCKET_NVIDIA);
    expect(() => resolve({ ...bottlerocket, specification })).toRefuse("IMAGE_MISMATCH");
  });
});

describe("the pool's subnet", () => {
  const small = { subnets: [{ zone: "us-east-1a", cidr: "10.0.0.0/25" }] };

  test("must have the addresses that its nodes hold", () => {
    expect(() => resolve(inOneZone, small)).toRefuse("SUBNET_TOO_SMALL", { path: "stack/train.subnets" });
    expect(resolve({ maxNodes: 2, ...inOneZone }, small).maxNodes).toBe(2);
  });

  test("holds fewer where pods have subnets of their own", () => {
    const p4d = { instanceType: "p4d.24xlarge", maxNodes: 2, ...inOneZone };
    expect(() => resolve(p4d, small)).toRefuse("SUBNET_TOO_SMALL");
    expect(resolve(p4d, { ...small, podsElsewhere: true }).maxNodes).toBe(2);
  });
});

describe("releases", () => {
  test("that their makers have replaced are refused", () => {
    const broken = { amiRelease: "1.35.4-20261003", ...inOneZone };
    expect(() => resolve(broken)).toRefuse("IMAGE_RELEASE_BROKEN", { got: "1.35.4-20261003" });
    expect(resolve({ ...broken, amiRelease: "1.35.4-20261012" }).updates).toBe(Updates.HOLD);
  });

  test("are not pinned by pools that roll", () => {
    const rolling = { amiRelease: "1.35.4-20261012", updates: Updates.ROLL, ...inOneZone };
    expect(() => resolve(rolling)).toRefuse("IMAGE_RELEASE_CONFLICT", { path: "stack/train.amiRelease" });
  });

  test("of an older VPC CNI than EFA-only interfaces need are refused", () => {
    expect(() => resolve(inOneZone, { vpcCniVersion: "v1.18.4-eksbuild.1" })).toRefuse("CNI_TOO_OLD");
  });
});

describe("disks, labels and taints", () => {
  test("refuses to stripe disks that are not there, and volumes that no image fits on", () => {
    expect(() => resolve({ instanceType: "inf2.xlarge", localDisks: LocalDisks.RAID0 })).toRefuse("VALUE_OUT_OF_RANGE");
    expect(() => resolve({ rootVolumeGiB: 20, ...inOneZone })).toRefuse("VALUE_OUT_OF_RANGE");
    expect(resolve({ localDisks: LocalDisks.NONE, ...inOneZone }).profile.localNvmeGBPerNode).toBe(0);
  });

  test.each([["aidc/pool"], ["kubernetes.io/role"], ["node.eks.amazonaws.com/x"], ["a/b/c"], ["-x"], ["x".repeat(64)]])(
    "refuses the label key %s",
    (key) => {
      expect(() => resolve({ labels: { [key]: "x" }, ...inOneZone })).toRefuse("LABEL_INVALID");
    },
  );

  test("refuses a label value that Kubernetes would, and a taint given twice", () => {
    expect(() => resolve({ labels: { team: "a b" }, ...inOneZone })).toRefuse("LABEL_INVALID", { got: "a b" });
    const taint = { key: "nvidia.com/gpu", effect: TaintEffect.NO_SCHEDULE };
    expect(() => resolve({ taints: [taint], ...inOneZone })).toRefuse("LABEL_INVALID", { path: "stack/train.taints" });
  });

  test("keeps the user's labels beside the pool's own", () => {
    const pool = resolve({ labels: { "example.com/team": "research" }, ...inOneZone });
    expect(pool.labels).toEqual({ "aidc/accelerator": "h100", "aidc/pool": "train", "example.com/team": "research" });
  });
});
