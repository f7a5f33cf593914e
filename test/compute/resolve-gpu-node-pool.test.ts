import { INSTANCE_TYPES, type InstanceTypeSpec } from "cdktf-ai-datacenter/catalog";
import {
  Capacity,
  Fabric,
  type GpuNodePoolOptions,
  LocalDisks,
  NodeBootstrap,
  NodeImage,
  Placement,
  resolveGpuNodePool,
} from "cdktf-ai-datacenter/compute";
import { TaintEffect } from "cdktf-ai-datacenter/contracts";
import "cdktf-ai-datacenter/testing/jest";

const ZONES = ["us-east-1a", "us-east-1b"];

function resolve(options: Partial<GpuNodePoolOptions>, zones: readonly string[] = ZONES) {
  return resolveGpuNodePool("train", { instanceType: "p5.48xlarge", maxNodes: 4, ...options }, zones, "stack/train");
}

const inOneZone = { zones: ["us-east-1a"] };

describe("defaults", () => {
  test("choose EFA, a cluster placement group and striped disks for a multi-node p5", () => {
    const pool = resolve(inOneZone);
    expect(pool).toMatchObject({
      fabric: Fabric.EFA,
      placement: Placement.CLUSTER,
      stripeLocalDisks: true,
      rootVolumeGiB: 200,
    });
    expect(pool.image).toBe(NodeImage.AL2023_NVIDIA);
  });

  test("choose no fabric for a single node: EFA needs a neighbour", () => {
    expect(resolve({ maxNodes: 1 })).toMatchObject({ fabric: Fabric.NONE, placement: Placement.NONE });
  });

  test("choose the Neuron image for Trainium", () => {
    expect(resolve({ instanceType: "trn2.48xlarge", ...inOneZone }).image).toBe(NodeImage.AL2023_NEURON);
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
      acceleratorResource: "nvidia.com/gpu",
      acceleratorsPerNode: 8,
      acceleratorMemoryMiB: 81920,
      fabricResource: "vpc.amazonaws.com/efa",
      fabricInterfacesPerNode: 32,
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
  const block = Capacity.block("cr-0123456789abcdef0", "us-east-1a");

  test("leaves reserved capacity without a placement group, which could only keep it unreachable", () => {
    expect(resolve({ capacity: block }).placement).toBe(Placement.NONE);
    expect(() => resolve({ capacity: block, placement: Placement.CLUSTER })).toRefuse("CAPACITY_CONFLICT");
  });

  test("refuses a Capacity Block for a type they are not sold for", () => {
    expect(() => resolve({ instanceType: "g6e.12xlarge", capacity: block })).toRefuse("CAPACITY_CONFLICT");
  });

  test("refuses what is no reservation, and a group of reservations as a block", () => {
    const group = "arn:aws:resource-groups:us-east-1:123456789012:group/p5";
    expect(resolve({ capacity: Capacity.reservation(group, "us-east-1a") }).capacity.reservation).toBe(group);
    expect(() => resolve({ capacity: Capacity.block(group, "us-east-1a") })).toRefuse("CAPACITY_CONFLICT");
    expect(() => resolve({ capacity: Capacity.reservation("my-p5s", "us-east-1a") })).toRefuse("CAPACITY_CONFLICT");
  });

  test("refuses a cluster placement group over two zones", () => {
    const options = { instanceType: "g6e.xlarge", placement: Placement.CLUSTER };
    expect(() => resolve(options)).toRefuse("CAPACITY_CONFLICT", { got: ZONES });
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
    const unpriced = { instanceType: "p5e.48xlarge", minNodes: 1, ...inOneZone };
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
    const trainium = { instanceType: "trn2.48xlarge", ...inOneZone };
    expect(() => resolve({ ...trainium, image: NodeImage.AL2023_NVIDIA })).toRefuse("IMAGE_MISMATCH", {
      path: "stack/train.image",
    });
  });

  test("of a family that this release does not know are taken at their word", () => {
    const image = NodeImage.of("AL2099_{arch}_NEURON", NodeBootstrap.NODEADM);
    expect(resolve({ instanceType: "trn2.48xlarge", image, ...inOneZone }).image).toBe(image);
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
