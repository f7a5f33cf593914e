import { INSTANCE_TYPES, type InstanceTypeSpec } from "cdktf-ai-datacenter/catalog";
import {
  Capacity,
  Fabric,
  FabricPolicy,
  type GpuNodePoolOptions,
  InterfaceKind,
  layoutInterfaces,
  LocalDisks,
  nodeClassInterfaces,
  NodeImage,
  PoolPurpose,
  resolveGpuNodePool,
  Updates,
} from "cdktf-ai-datacenter/compute";
import "cdktf-ai-datacenter/testing/jest";
import { checkNodeVersion } from "../../lib/compute/resolve-gpu-node-pool";

const known = (instanceType: string) => INSTANCE_TYPES[instanceType] as InstanceTypeSpec;
const p5 = known("p5.48xlarge");
const block = (start: string, end: string) => Capacity.block("cr-0123456789abcdef0", "us-east-1a", { start, end });

function resolve(options: Partial<GpuNodePoolOptions>, zones = ["us-east-1a", "us-east-1b"]) {
  const pool = { instanceType: "p5.48xlarge", maxNodes: 4, zones: ["us-east-1a"], ...options };
  return resolveGpuNodePool("train", pool, { subnets: zones.map((zone) => ({ zone })) }, "stack/train");
}

/** What a refusal says, without its remedy and source: code, path, what came in, what is allowed. */
function refusal(refuse: () => unknown): string {
  try {
    refuse();
  } catch (error) {
    const { code, path, got, allowed } = error as { code: string; path: string; got: unknown; allowed: string };
    return `${code} ${path}: ${JSON.stringify(got)}; ${allowed.length > 160 ? `${allowed.slice(0, 60)}…` : allowed}`;
  }
  return "not refused";
}

test("refusals of pools tell path, what came in and what is allowed", () => {
  const { accelerator, ...rest } = p5;
  const nameless = { ...rest, accelerator: { ...accelerator, resource: undefined } };
  const refusals: (() => unknown)[] = [
    () => resolve({ capacity: block("2026-12-01T11:30:00Z", "2026-12-01T12:10:00Z") }),
    () => resolve({ capacity: block("2026-12-01", "2026-12-08T11:30:00Z") }),
    () => resolve({ capacity: block("2026-12-01T11:30:00Z", "2026-12-08T11:30:00Z"), minNodes: 1 }),
    () => layoutInterfaces(known("g6e.xlarge"), Fabric.EFA, FabricPolicy.SAVE_IPS, "pool"),
    () => layoutInterfaces({ ...p5, networkCards: [] }, Fabric.EFA, FabricPolicy.SAVE_IPS, "pool"),
    () => nodeClassInterfaces([{ card: 0, device: 0, kind: InterfaceKind.EFA }], "pool"),
    () => resolve({ specification: nameless }),
    () => resolve({ desiredNodes: 9, acceptHourlyCost: 1000 }),
    () => resolve({ amiRelease: "1.36.2-20261012", updates: Updates.ROLL }),
    () => resolve({ specification: known("p5en.48xlarge") }),
    () => resolve({ instanceType: "p6e-gb200.36xlarge" }),
    () => resolve({ instanceType: "p9.48xlarge" }),
    () => resolve({ image: NodeImage.AL2023_NEURON }),
    () => resolve({ instanceType: "g4ad.xlarge" }),
    () => resolve({ instanceType: "inf2.xlarge", localDisks: LocalDisks.RAID0 }),
    () => resolve({ rootVolumeGiB: 49 }),
    () => resolve({ rootVolumeGiB: 16385 }),
    () => resolve({ rootVolumeGiB: 100.5 }),
    () => resolve({ capacity: Capacity.static(3), maxNodes: 4 }),
    () => resolve({ maxNodes: 0 }),
    () => resolve({ zones: ["us-east-1a", "us-east-1a"] }),
    () => resolve({ zones: [] }),
    () => resolve({ zones: ["us-east-1f"] }),
    () => resolve({ labels: { "aidc/pool": "x" } }),
    () => resolve({ taints: [{ key: "-", effect: "NoSchedule" as never }] }),
  ];
  expect(refusals.map(refusal).join("\n")).toMatchInlineSnapshot(`
   "CAPACITY_WINDOW_INVALID stack/train.capacity.window: {"start":"2026-12-01T11:30:00Z","end":"2026-12-01T12:10:00Z"}; an end at least 41 minutes after the start
   CAPACITY_WINDOW_INVALID stack/train.capacity.window.start: "2026-12-01"; a time in UTC to the second, such as "2026-12-01T11:30:00Z"
   CAPACITY_CONFLICT stack/train.minNodes: 1; 0 with a Capacity Block: nodes cannot start before it does
   EFA_UNSUPPORTED pool.fabric: "g6e.xlarge"; a type with EFA, or Fabric.NONE
   NETWORK_CARDS_UNKNOWN pool.specification: []; the interfaces that each network card of p5.48xlarge holds
   INTERFACE_KIND_UNSUPPORTED pool: "efa"; interface or efa-only
   INSTANCE_TYPE_INCOMPLETE stack/train.specification: {"vendor":"nvidia","name":"h100","count":8,"memoryMiBEach":81920}; p5.48xlarge with the Kubernetes resource that its device plugin advertises
   POOL_SIZE_INVALID stack/train.desiredNodes: {"minNodes":0,"desiredNodes":9,"maxNodes":4}; a whole number with minNodes <= desiredNodes <= maxNodes
   IMAGE_RELEASE_CONFLICT stack/train.amiRelease: "1.36.2-20261012"; no release with Updates.ROLL, or hold or replace
   INSTANCE_TYPE_UNKNOWN stack/train.specification: "p5en.48xlarge"; the specification of p5.48xlarge
   INSTANCE_TYPE_INCOMPLETE stack/train.specification: undefined; p6e-gb200.36xlarge with its specification: Type of UltraServers; sources conflict about its EFA interfaces, and its local disks are not known
   INSTANCE_TYPE_UNKNOWN stack/train.instanceType: "p9.48xlarge"; dl2q.24xlarge, g4ad.xlarge, g4ad.2xlarge, g4ad.4xlarge, g4ad…
   IMAGE_MISMATCH stack/train.image: "AL2023_{arch}_NEURON"; an image for nvidia, which makes the h100
   IMAGE_MISMATCH stack/train.image: undefined; an image for amd, which makes the radeon-pro-v520: NodeImage.of, since EKS has none of its own
   VALUE_OUT_OF_RANGE stack/train.localDisks: "raid0"; none: inf2.xlarge has no local NVMe
   VALUE_OUT_OF_RANGE stack/train.rootVolumeGiB: 49; 50 to 16384
   VALUE_OUT_OF_RANGE stack/train.rootVolumeGiB: 16385; 50 to 16384
   VALUE_OUT_OF_RANGE stack/train.rootVolumeGiB: 100.5; 50 to 16384
   POOL_SIZE_INVALID stack/train: {"minNodes":3,"maxNodes":4}; 3 for both, as Capacity.static(3) says, or neither
   POOL_SIZE_INVALID stack/train: {"minNodes":0,"maxNodes":0}; whole numbers with 0 <= minNodes <= maxNodes and maxNodes >= 1
   ZONE_DUPLICATE stack/train.zones: "us-east-1a"; distinct zones
   ZONES_EMPTY stack/train.zones: []; one or more zones
   ZONE_UNKNOWN stack/train.zones: "us-east-1f"; us-east-1a, us-east-1b
   LABEL_INVALID stack/train.labels: "aidc/pool"; keys outside of aidc/, kubernetes.io/ and eks.amazonaws.com/
   LABEL_INVALID stack/train.taints: "-"; a Kubernetes key of at most 63 characters"
  `);
});

test("volumes of the least and of the greatest size are taken", () => {
  expect(resolve({ rootVolumeGiB: 50 }).rootVolumeGiB).toBe(50);
  expect(resolve({ rootVolumeGiB: 16384 }).rootVolumeGiB).toBe(16384);
});

test("what a pool is held against follows from its options", () => {
  // A gang warns without a fabric, and replicas do not.
  const single = { instanceType: "g6e.xlarge", zones: ["us-east-1a"] };
  expect(resolve({ ...single, purpose: PoolPurpose.TRAINING }).warnings).toHaveLength(1);
  expect(resolve({ ...single, purpose: PoolPurpose.INFERENCE }).warnings).toEqual([]);
  expect(resolve({ maxNodes: 1 }).fabric.fabric).toBe(Fabric.NONE);
  expect(resolve({ maxNodes: 1, interfaces: [{ card: 0, device: 0, kind: InterfaceKind.ENA }] }).fabric.fabric).toBe(
    Fabric.EFA,
  );
  const unlisted = { ...p5, amiTypes: undefined };
  expect(resolve({ specification: unlisted }).image).toBe(NodeImage.AL2023_NVIDIA);
  expect(resolve({ specification: { ...p5, amiTypes: [] } }).image).toBe(NodeImage.AL2023_NVIDIA);
});

test.each(["1.35", "1.34", "1.32"])("nodes of %s join a cluster of 1.35", (version) => {
  expect(() => checkNodeVersion(version, "1.35", "pool")).not.toThrow();
});

test.each(["1.36", "1.31"])("nodes of %s do not join a cluster of 1.35", (version) => {
  expect(() => checkNodeVersion(version, "1.35", "pool")).toRefuse("VALUE_OUT_OF_RANGE", {
    path: "pool.kubernetesVersion",
    got: version,
    allowed: "the cluster's 1.35, or up to three minor versions older",
  });
});
