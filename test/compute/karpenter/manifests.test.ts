import { Capacity, compileFabric, FabricPolicy, LocalDisks, Updates } from "cdktf-ai-datacenter/compute";
import { TaintEffect } from "cdktf-ai-datacenter/contracts";
import type { ElasticNodePoolOptions } from "../../../lib/compute/karpenter/elastic-options";
import { AL2023, manifestsOf, MATRIX, P5, RESERVATION, resolved, WINDOW } from "./matrix";

const G6E = MATRIX["g6e-spot"] as ElasticNodePoolOptions;
const nodeClass = (options: Partial<ElasticNodePoolOptions> = {}) => manifestsOf({ ...P5, ...options }).nodeClass;
const nodePool = (options: Partial<ElasticNodePoolOptions> = {}) => manifestsOf({ ...P5, ...options }).nodePool;

test.each(Object.entries(MATRIX))("writes the manifests of %s as before", (name, options) => {
  expect(manifestsOf(options, name)).toMatchSnapshot();
});

test("names both objects after the pool, labels them with it, and refers from one to the other", () => {
  const { nodeClass: ec2, nodePool: pool } = manifestsOf(P5, "training");
  expect([ec2.metadata, pool.metadata]).toEqual(
    Array(2).fill({ name: "training", labels: { "aidc/pool": "training" } }),
  );
  expect(pool.spec.template.spec.nodeClassRef.name).toBe("training");
});

test("is plain data: no member is undefined, and JSON gives it back", () => {
  for (const [name, options] of Object.entries(MATRIX)) {
    const manifests = manifestsOf(options, name);
    expect(JSON.parse(JSON.stringify(manifests))).toStrictEqual(manifests);
  }
});

describe("the node class", () => {
  test("has the interfaces of the fabric compiler, one by one", () => {
    const { interfaces } = compileFabric({ spec: resolved().spec, policy: FabricPolicy.SAVE_IPS }, "test");
    expect(nodeClass().spec.networkInterfaces).toEqual(
      interfaces.map(({ card, device, kind }) => ({
        networkCardIndex: card,
        deviceIndex: device,
        interfaceType: kind,
      })),
    );
    expect(nodeClass().spec.networkInterfaces).toHaveLength(33);
  });

  test("writes a single interface too, so that no pod makes Karpenter attach EFA", () => {
    expect(manifestsOf(G6E).nodeClass.spec.networkInterfaces).toEqual([
      { networkCardIndex: 0, deviceIndex: 0, interfaceType: "interface" },
    ]);
  });

  test("stands in the subnets of the pool's zones only, with the cluster's group and the pool's", () => {
    expect(nodeClass().spec.subnetSelectorTerms).toEqual([{ id: "subnet-0a" }]);
    expect(manifestsOf(G6E).nodeClass.spec.subnetSelectorTerms).toEqual([{ id: "subnet-0a" }, { id: "subnet-0b" }]);
    expect(nodeClass().spec.securityGroupSelectorTerms).toEqual([{ id: "sg-0c1" }, { id: "sg-0b2" }]);
    expect(nodeClass().spec.associatePublicIPAddress).toBe(false);
  });

  test("allows IMDSv2 only, one hop and no IPv6", () => {
    expect(nodeClass().spec.metadataOptions).toEqual({
      httpEndpoint: "enabled",
      httpProtocolIPv6: "disabled",
      httpPutResponseHopLimit: 1,
      httpTokens: "required",
    });
  });

  test("encrypts every volume with the cluster's key; Bottlerocket's data is on the second one", () => {
    const volumes = (options: ElasticNodePoolOptions) =>
      manifestsOf(options).nodeClass.spec.blockDeviceMappings.map(({ deviceName, ebs }) => [
        deviceName,
        ebs.volumeSize,
      ]);
    expect(volumes({ ...P5, rootVolumeGiB: 300 })).toEqual([["/dev/xvda", "300Gi"]]);
    expect(volumes(MATRIX["g6e-bottlerocket"] as ElasticNodePoolOptions)).toEqual([
      ["/dev/xvda", "4Gi"],
      ["/dev/xvdb", "200Gi"],
    ]);
    for (const options of Object.values(MATRIX)) {
      for (const { ebs } of manifestsOf(options).nodeClass.spec.blockDeviceMappings) {
        expect(ebs).toMatchObject({ encrypted: true, kmsKeyID: expect.stringContaining(":key/") as string });
      }
    }
  });

  test("stripes local disks unless told not to, and limits pods to those that get an address", () => {
    expect(nodeClass().spec.instanceStorePolicy).toBe("RAID0");
    expect(nodeClass({ localDisks: LocalDisks.NONE }).spec).not.toHaveProperty("instanceStorePolicy");
    expect(nodeClass().spec.kubelet).toEqual({ maxPods: 51 });
  });

  test("stands in a placement group of its own, in that of its reservation, or in none", () => {
    expect(nodeClass().spec.placementGroupSelector).toEqual({ name: "prod-pool" });
    const inGroup = MATRIX["p5-reservation-group"] as ElasticNodePoolOptions;
    expect(manifestsOf(inGroup).nodeClass.spec.placementGroupSelector).toEqual({ name: "reserved-p5" });
    for (const name of ["p5-reservation", "p5-block", "g6e-spot"]) {
      const { spec } = manifestsOf(MATRIX[name] as ElasticNodePoolOptions).nodeClass;
      expect(spec).not.toHaveProperty("placementGroupSelector");
    }
  });

  test.each(["p5-reservation", "p5-block"])(
    "of %s names the reservation, and the node pool buys nothing else",
    (name) => {
      const manifests = manifestsOf(MATRIX[name] as ElasticNodePoolOptions);
      expect(manifests.nodeClass.spec.capacityReservationSelectorTerms).toEqual([{ id: RESERVATION }]);
      expect(manifests.nodePool.spec.template.spec.requirements).toContainEqual({
        key: "karpenter.sh/capacity-type",
        operator: "In",
        values: ["reserved"],
      });
      expect(nodeClass().spec).not.toHaveProperty("capacityReservationSelectorTerms");
    },
  );
});

describe("the node pool", () => {
  test("asks for one type, one way of buying, the pool's zones, architecture and Linux", () => {
    const values = Object.fromEntries(
      nodePool().spec.template.spec.requirements.map(({ key, values: allowed }) => [key, allowed]),
    );
    expect(values).toEqual({
      "node.kubernetes.io/instance-type": ["p5.48xlarge"],
      "karpenter.sh/capacity-type": ["on-demand"],
      "topology.kubernetes.io/zone": ["us-east-1a"],
      "kubernetes.io/arch": ["amd64"],
      "kubernetes.io/os": ["linux"],
    });
  });

  test("labels and taints its nodes as a managed pool does, and with the revision", () => {
    const more = { key: "team", effect: TaintEffect.NO_EXECUTE };
    const { template } = nodePool({ labels: { team: "vision" }, taints: [more], revision: "7" }).spec;
    expect(template.metadata.labels).toEqual({
      team: "vision",
      "aidc/accelerator": "h100",
      "aidc/pool": "pool",
      "aidc/revision": "7",
    });
    const taints = [{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" }, more];
    expect(template.spec.taints).toStrictEqual(taints);
  });

  test("leaves an empty value of a taint out, which the API server would refuse", () => {
    const { taints } = nodePool({ taints: [{ key: "team", value: "", effect: TaintEffect.NO_EXECUTE }] }).spec.template
      .spec;
    expect(taints.at(-1)).toStrictEqual({ key: "team", effect: "NoExecute" });
  });

  test("is limited by accelerators and CPUs, as many as maxNodes have: nodes are not counted down within a batch", () => {
    expect(nodePool({ maxNodes: 4 }).spec.limits).toEqual({ cpu: "768", "nvidia.com/gpu": "32" });
    const trn2 = manifestsOf(MATRIX["trn2-block"] as ElasticNodePoolOptions);
    expect(trn2.nodePool.spec.limits).toEqual({ cpu: "768", "aws.amazon.com/neuron": "64" });
  });

  test("of a fixed count has replicas, and one node to spare only where nodes are rolled", () => {
    const fixed = MATRIX["p5-static"] as ElasticNodePoolOptions;
    expect(manifestsOf(fixed).nodePool.spec).toMatchObject({ replicas: 2, limits: { nodes: "2" } });
    expect(manifestsOf({ ...fixed, updates: Updates.ROLL }).nodePool.spec.limits).toEqual({ nodes: "3" });
    expect(nodePool().spec).not.toHaveProperty("replicas");
  });

  test("has a weight only where one is given", () => {
    expect(nodePool({ weight: 7 }).spec.weight).toBe(7);
    expect(nodePool().spec).not.toHaveProperty("weight");
  });
});

describe("disruption", () => {
  const disruption = (options: Partial<ElasticNodePoolOptions>) => {
    const { disruption: found, template } = nodePool(options).spec;
    return { ...found, expireAfter: template.spec.expireAfter };
  };
  const EMPTY = { nodes: "100%", reasons: ["Empty"] };

  test("never takes a node from under a gang: empty ones go after an hour, and age does not count", () => {
    expect(disruption({})).toEqual({
      consolidationPolicy: "WhenEmpty",
      consolidateAfter: "1h",
      budgets: [{ nodes: "0", reasons: ["Drifted", "Underutilized"] }, EMPTY],
      expireAfter: "Never",
    });
    expect(nodePool().spec.template.spec).not.toHaveProperty("terminationGracePeriod");
  });

  test("rolls a training pool one node at a time, where that is asked for", () => {
    const one = [{ nodes: "1", reasons: ["Drifted"] }, { nodes: "0", reasons: ["Underutilized"] }, EMPTY];
    expect(disruption({ updates: Updates.ROLL }).budgets).toEqual(one);
  });

  test("keeps nodes on capacity that is paid for anyway", () => {
    const block = Capacity.block(RESERVATION, "us-east-1a", WINDOW);
    expect(disruption({ capacity: block }).consolidateAfter).toBe("Never");
    expect(disruption({ capacity: Capacity.reservation(RESERVATION, "us-east-1a") }).consolidateAfter).toBe("Never");
    expect(
      disruption({ maxNodes: undefined, capacity: Capacity.static(2), acceptHourlyCost: 200 }).consolidateAfter,
    ).toBe("Never");
    expect(disruption({ capacity: block, consolidateAfter: "30m" }).consolidateAfter).toBe("30m");
  });

  test("lets an inference pool breathe, a tenth of its nodes at a time", () => {
    const { nodePool: pool } = manifestsOf(G6E);
    expect(pool.spec.disruption).toEqual({
      consolidationPolicy: "WhenEmptyOrUnderutilized",
      consolidateAfter: "10m",
      budgets: [{ nodes: "10%" }],
    });
    expect(pool.spec.template.spec.expireAfter).toBe("720h");
  });

  test.each([Updates.HOLD, Updates.REPLACE])("blocks drift altogether with %s", (updates) => {
    const pools = [nodePool({ updates }), manifestsOf({ ...G6E, updates, imageAlias: AL2023 }).nodePool];
    for (const { spec } of pools) {
      const drift = spec.disruption.budgets.filter(({ reasons = ["Drifted"] }) => reasons.includes("Drifted"));
      expect(drift).toEqual([expect.objectContaining({ nodes: "0" })]);
    }
  });

  test("takes no node in quiet times, whatever the reason", () => {
    const quiet = { schedule: "@daily", duration: "1h30m" };
    expect(disruption({ quietTimes: [quiet] }).budgets.at(-1)).toEqual({ nodes: "0", ...quiet });
  });
});
