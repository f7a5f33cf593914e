import { Capacity, InterfaceKind, NodeBootstrap, NodeImage, Updates } from "cdktf-ai-datacenter/compute";
import { assertRefusal } from "cdktf-ai-datacenter/testing";
import type { ElasticNodePoolOptions } from "../../../lib/compute/karpenter/elastic-options";
import { AL2023, MATRIX, resolved } from "./matrix";

const refuse = (
  options: Partial<ElasticNodePoolOptions>,
  ...expected: [Parameters<typeof assertRefusal>[1], object?]
) => {
  assertRefusal(() => resolved(options), expected[0], expected[1]);
};

describe("the image", () => {
  test("is the family's latest where nodes are rolled, and a release otherwise", () => {
    expect(resolved({ updates: Updates.ROLL, imageAlias: undefined }).imageAlias).toBe("al2023@latest");
    const bottlerocket = { updates: Updates.ROLL, image: NodeImage.BOTTLEROCKET_NVIDIA, imageAlias: undefined };
    expect(resolved(bottlerocket).imageAlias).toBe("bottlerocket@latest");
    expect(resolved({ imageAlias: AL2023 }).imageAlias).toBe(AL2023);
  });

  test.each([Updates.HOLD, Updates.REPLACE])("is refused without a release with %s", (updates) => {
    refuse({ updates, imageAlias: undefined }, "IMAGE_ALIAS_MISSING", { path: "prod/pool.imageAlias" });
    refuse({ updates, imageAlias: "al2023@latest" }, "IMAGE_ALIAS_MISSING", { allowed: /"al2023@v20260904"/ });
  });

  test.each(["bottlerocket@v1.55.0", "al2023", "al2023@20260904", "al2023@", "al2@v20260904", ""])(
    "is refused by the alias %j in a pool of Amazon Linux 2023",
    (imageAlias) => {
      refuse({ imageAlias }, "IMAGE_MISMATCH", { path: "prod/pool.imageAlias", got: imageAlias });
    },
  );

  test("is refused where Karpenter would start another one than was asked for", () => {
    const custom = NodeImage.of("CUSTOM_{arch}", NodeBootstrap.NODEADM);
    refuse({ image: custom }, "IMAGE_MISMATCH", { path: "prod/pool.image", allowed: /AL2023_\{arch\}_NVIDIA/ });
    refuse({ image: NodeImage.AL2023 }, "IMAGE_MISMATCH", { path: "prod/pool.image" });
  });

  test("is Bottlerocket's standard one for Neuron, which carries its driver", () => {
    const image = NodeImage.of("BOTTLEROCKET_{arch}", NodeBootstrap.BOTTLEROCKET);
    const trn2 = { ...MATRIX["trn2-block"], image, imageAlias: "bottlerocket@v1.55.0" };
    expect(resolved(trn2).imageAlias).toBe("bottlerocket@v1.55.0");
  });
});

describe("capacity", () => {
  test("by a resource group of reservations is refused, with the way out", () => {
    const group = "arn:aws:resource-groups:us-east-1:123456789012:group/p5";
    refuse({ capacity: Capacity.reservation(group, "us-east-1a") }, "CAPACITY_CONFLICT", {
      path: "prod/pool.capacity",
      got: group,
      allowed: /by its id/,
    });
  });

  test("of a fixed count takes neither a weight nor a time after which empty nodes go", () => {
    const fixed = { maxNodes: undefined, capacity: Capacity.static(2), acceptHourlyCost: 200 };
    refuse({ ...fixed, weight: 1 }, "CAPACITY_CONFLICT", { path: "prod/pool.weight" });
    refuse({ ...fixed, consolidateAfter: "1h" }, "CAPACITY_CONFLICT", { path: "prod/pool.consolidateAfter" });
    expect(resolved(fixed)).toMatchObject({ minNodes: 2, maxNodes: 2 });
    refuse({ ...fixed, acceptHourlyCost: undefined }, "HOURLY_COST_NOT_ACCEPTED", {
      path: "prod/pool.acceptHourlyCost",
    });
  });
});

test("refuses interfaces that carry IP and EFA over one device", () => {
  const interfaces = [
    { card: 0, device: 0, kind: InterfaceKind.ENA },
    { card: 1, device: 0, kind: InterfaceKind.EFA },
  ];
  refuse({ interfaces }, "INTERFACE_KIND_UNSUPPORTED", { path: "prod/pool.interfaces", got: "efa" });
});

test.each([0, 101, 1.5])("refuses a weight of %d", (weight) => {
  refuse({ weight }, "VALUE_OUT_OF_RANGE", { path: "prod/pool.weight", got: weight });
});

test.each([
  ["consolidateAfter", { consolidateAfter: "never" }],
  ["consolidateAfter", { consolidateAfter: "1 h" }],
  ["expireAfter", { expireAfter: "30d" }],
  ["terminationGracePeriod", { terminationGracePeriod: "Never" }],
  ["quietTimes[0].schedule", { quietTimes: [{ schedule: "0 8 * *", duration: "1h" }] }],
  ["quietTimes[0].duration", { quietTimes: [{ schedule: "@daily", duration: "90s" }] }],
])("refuses %s as in %j", (property, options) => {
  refuse(options, "VALUE_OUT_OF_RANGE", { path: `prod/pool.${property}` });
});

test.each(["karpenter.sh/nodepool", "karpenter.k8s.aws/instance-family", "x.karpenter.sh/y"])(
  "refuses the label %s, which is Karpenter's",
  (key) => {
    refuse({ labels: { [key]: "x" } }, "LABEL_INVALID", { path: "prod/pool.labels", got: key });
  },
);

test.each([
  "kubernetes.io/cluster/ai",
  "eks:eks-cluster-name",
  "karpenter.sh/nodepool",
  "karpenter.k8s.aws/ec2nodeclass",
])("refuses the tag %s, by which nodes are found", (key) => {
  refuse({ tags: { [key]: "x" } }, "TAG_RESERVED", { path: "prod/pool.tags", got: key });
});

test("refuses a revision that cannot be a label", () => {
  refuse({ revision: "new template!" }, "LABEL_INVALID", { path: "prod/pool.revision" });
  refuse({ revision: "" }, "LABEL_INVALID", { path: "prod/pool.revision" });
});
