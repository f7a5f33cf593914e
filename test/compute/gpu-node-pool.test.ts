import { Capacity, GpuNodePool, type GpuNodePoolOptions, NodeImage, Updates } from "cdktf-ai-datacenter/compute";
import { TaintEffect } from "cdktf-ai-datacenter/contracts";
import { type SynthesizedStack, synthStack, testStack, theResource } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { Token } from "../../lib/terraform/cdktf";
import { KEY_ARN, testCluster } from "./fixtures";

const WINDOW = { start: "2026-12-01T11:30:00Z", end: "2026-12-08T11:30:00Z" };

function synthPool(options: Partial<GpuNodePoolOptions> = {}): SynthesizedStack {
  const stack = testStack();
  const pool = { instanceType: "p5.48xlarge", maxNodes: 4, zones: ["us-east-1a"], ...options };
  new GpuNodePool(stack, "training", { cluster: testCluster(stack), ...pool });
  return synthStack(stack);
}

function template(stack: SynthesizedStack): Record<string, unknown> {
  return theResource(stack, "aws_launch_template", "training").properties as Record<string, unknown>;
}

function userData(stack: SynthesizedStack): string {
  return Buffer.from(String(template(stack).user_data), "base64").toString("utf8");
}

describe("an all-defaults p5 pool", () => {
  const stack = synthPool();

  test("carries the cluster's group and its own on the ENA interface, only its own on EFA-only ones", () => {
    const interfaces = template(stack).network_interfaces as Record<string, unknown>[];
    expect(interfaces).toHaveLength(33);
    const own = expect.stringMatching(/aws_security_group\.training_SecurityGroup.*\.id/);
    const cluster = expect.stringMatching(/aws_eks_cluster\.Cluster.*cluster_security_group_id/);
    expect(interfaces[0]).toEqual({
      associate_public_ip_address: "false",
      delete_on_termination: "true",
      device_index: 0,
      interface_type: "interface",
      network_card_index: 0,
      security_groups: [cluster, own],
    });
    for (const efa of interfaces.slice(1)) {
      expect(efa).toEqual(expect.objectContaining({ interface_type: "efa-only", security_groups: [own] }));
      expect(efa).not.toHaveProperty("associate_public_ip_address");
      expect(efa).not.toHaveProperty("subnet_id");
    }
  });

  test("lets its nodes talk to each other by group, both ways", () => {
    for (const type of ["aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"]) {
      const group = expect.stringMatching(/aws_security_group\.training/);
      expect(stack).toHaveResource(type, {
        ip_protocol: "-1",
        security_group_id: group,
        referenced_security_group_id: group,
      });
    }
  });

  test("allows IMDSv2 only and one hop, and encrypts its volume with the cluster's key", () => {
    expect(stack).toHaveResource("aws_launch_template", {
      name: "test-training",
      metadata_options: { http_endpoint: "enabled", http_tokens: "required", http_put_response_hop_limit: 1 },
      block_device_mappings: [
        {
          device_name: "/dev/xvda",
          ebs: {
            encrypted: "true",
            kms_key_id: KEY_ARN,
            volume_size: 200,
            volume_type: "gp3",
            delete_on_termination: "true",
          },
        },
      ],
    });
    expect(template(stack)).not.toHaveProperty("vpc_security_group_ids");
    expect(template(stack)).not.toHaveProperty("instance_type");
  });

  test("stripes local disks and tells the kubelet how many pods can get an address", () => {
    expect(userData(stack)).toContain("Content-Type: application/node.eks.aws");
    expect(userData(stack)).toContain("strategy: RAID0");
    expect(userData(stack)).toContain("- --max-pods=51");
  });

  test("stands in the accelerator subnet of its zone, tainted, at zero nodes, scaled by others", () => {
    expect(stack).toHaveResource("aws_eks_node_group", {
      ami_type: "AL2023_x86_64_NVIDIA",
      capacity_type: "ON_DEMAND",
      instance_types: ["p5.48xlarge"],
      labels: { "aidc/accelerator": "h100", "aidc/pool": "training" },
      lifecycle: { ignore_changes: ["scaling_config[0].desired_size", "tags", "tags_all"] },
      node_repair_config: { enabled: true },
      scaling_config: { desired_size: 0, max_size: 4, min_size: 0 },
      subnet_ids: ["subnet-gpu-a"],
      taint: [{ effect: "NO_SCHEDULE", key: "nvidia.com/gpu", value: "present" }],
    });
    expect(stack).toHaveResource("aws_placement_group", { strategy: "cluster" });
  });

  test("waits for the add-ons that give a node its network", () => {
    const { depends_on } = theResource(stack, "aws_eks_node_group", "training").properties;
    expect(depends_on).toEqual(expect.arrayContaining([expect.stringMatching(/^aws_eks_addon\..*vpc-cni/)]));
    expect(depends_on).toEqual(expect.arrayContaining([expect.stringMatching(/^aws_eks_addon\..*pod-identity/)]));
  });
});

describe("capacity", () => {
  test("by a block lets Terraform keep a wanted count within the window only", () => {
    const capacity = Capacity.block("cr-0123456789abcdef0", "us-east-1a", WINDOW);
    const stack = synthPool({ capacity, desiredNodes: 2, acceptHourlyCost: 111 });
    const { scaling_config } = theResource(stack, "aws_eks_node_group", "training").properties;
    expect(scaling_config).toEqual({
      desired_size:
        '${timecmp(plantimestamp(), "2026-12-01T11:30:00Z") >= 0 && !(timecmp(plantimestamp(), "2026-12-08T10:50:00Z") >= 0) ? 2 : 0}',
      max_size: 4,
      min_size: 0,
    });
    expect(synthPool({ capacity })).toHaveResource("aws_eks_node_group", {
      labels: { "aidc/pool": "training" },
      scaling_config: { desired_size: 0, max_size: 4, min_size: 0 },
    });
  });

  test("by a reservation made in a placement group starts the nodes in it", () => {
    const options = { placementGroupName: "reserved-p5" };
    const stack = synthPool({ capacity: Capacity.reservation("cr-0123456789abcdef0", "us-east-1a", options) });
    expect(template(stack)).toMatchObject({ placement: { group_name: "reserved-p5" } });
    expect(stack).toHaveResourceCount("aws_placement_group", 0);
  });

  test("by a block puts the type, the market and the reservation into the template, and no placement group", () => {
    const stack = synthPool({ capacity: Capacity.block("cr-0123456789abcdef0", "us-east-1a", WINDOW) });
    expect(stack).toHaveResource("aws_launch_template", {
      capacity_reservation_specification: {
        capacity_reservation_target: { capacity_reservation_id: "cr-0123456789abcdef0" },
      },
      instance_market_options: { market_type: "capacity-block" },
      instance_type: "p5.48xlarge",
    });
    const group = theResource(stack, "aws_eks_node_group", "training").properties;
    expect(group).toMatchObject({ capacity_type: "CAPACITY_BLOCK" });
    expect(group).not.toHaveProperty("instance_types");
    expect(stack).toHaveResourceCount("aws_placement_group", 0);
  });

  test("by a resource group of reservations names the group and no market", () => {
    const group = "arn:aws:resource-groups:us-east-1:123456789012:group/p5";
    const stack = synthPool({ capacity: Capacity.reservation(group, "us-east-1a") });
    expect(stack).toHaveResource("aws_launch_template", {
      capacity_reservation_specification: {
        capacity_reservation_target: { capacity_reservation_resource_group_arn: group },
      },
      instance_market_options: undefined,
      placement: undefined,
    });
  });

  test("by spot is the node group's business", () => {
    expect(synthPool({ capacity: Capacity.spot() })).toHaveResource("aws_eks_node_group", { capacity_type: "SPOT" });
  });
});

describe("updates", () => {
  const group = (options: Partial<GpuNodePoolOptions>) => {
    const stack = synthPool({ amiRelease: "1.35.3-20260904", planChecks: false, ...options });
    return { stack, properties: theResource(stack, "aws_eks_node_group", "training").properties };
  };
  const latest = /^\$\{aws_launch_template\.training_.*\.latest_version\}$/;

  test("roll as soon as template or release change", () => {
    const { stack, properties } = group({ updates: Updates.ROLL, amiRelease: undefined });
    expect(properties).not.toHaveProperty("release_version");
    expect(properties).toMatchObject({
      version: "1.35",
      launch_template: { version: expect.stringMatching(latest) },
      lifecycle: { ignore_changes: ["scaling_config[0].desired_size"] },
    });
    expect(stack).toHaveResourceCount("terraform_data", 0);
  });

  test("are held in the state until the revision changes", () => {
    const { stack, properties } = group({ revision: "2026-11" });
    expect(stack).toHaveResource("terraform_data", {
      input: {
        amiRelease: "1.35.3-20260904",
        kubernetesVersion: "1.35",
        templateVersion: expect.stringMatching(latest),
      },
      triggers_replace: { revision: "2026-11" },
      lifecycle: { ignore_changes: ["input"] },
    });
    const held = (key: string) =>
      expect.stringMatching(new RegExp(`terraform_data\\.training_Revision_\\w+\\.output\\.${key}`));
    expect(properties).toMatchObject({
      version: held("kubernetesVersion"),
      release_version: held("amiRelease"),
      launch_template: { version: held("templateVersion") },
    });
    expect(properties.lifecycle).not.toHaveProperty("replace_triggered_by");
  });

  test("replace the whole group when the revision changes, where it has no room for one more node", () => {
    const { properties } = group({ updates: Updates.REPLACE });
    expect(properties.lifecycle).toMatchObject({
      replace_triggered_by: [expect.stringMatching(/^terraform_data\.training_Revision_\w+$/)],
    });
  });

  test("by rolling refuse a pinned release: EKS would take the newest with the next template", () => {
    expect(() => group({ updates: Updates.ROLL })).toRefuse("IMAGE_RELEASE_CONFLICT", {
      path: "test/training.amiRelease",
      got: "1.35.3-20260904",
    });
  });

  test("leave the release to EKS where none is given", () => {
    expect(group({ amiRelease: undefined }).properties).not.toHaveProperty("release_version");
  });
});

describe("plan checks", () => {
  const TWO = { sandbox: { instanceType: "g6e.xlarge", maxNodes: 2 }, training: {} };

  function synthPools(pools: Record<string, Partial<GpuNodePoolOptions>>): SynthesizedStack {
    const stack = testStack();
    const cluster = testCluster(stack);
    for (const [id, options] of Object.entries(pools)) {
      new GpuNodePool(stack, id, {
        cluster,
        instanceType: "p5.48xlarge",
        maxNodes: 4,
        zones: ["us-east-1a"],
        ...options,
      });
    }
    return synthStack(stack);
  }

  function preconditions(stack: SynthesizedStack, pool: string): { condition: string; error_message: string }[] {
    const { lifecycle } = theResource(stack, "aws_eks_node_group", pool).properties;
    return (lifecycle as { precondition?: { condition: string; error_message: string }[] }).precondition ?? [];
  }

  test("ask whether the type is offered in the zones", () => {
    const stack = synthPools(TWO);
    expect(stack.data?.aws_ec2_instance_type_offerings).toMatchObject({
      "PlanChecks_Offered-p5-48xlarge_E1D98D40": {
        filter: [{ name: "instance-type", values: ["p5.48xlarge"] }],
        location_type: "availability-zone",
      },
    });
    const [offered] = preconditions(stack, "training");
    expect(offered?.condition).toMatch(
      /^\$\{length\(setsubtract\(\["us-east-1a"\], data\.aws_ec2_instance_type_offerings\.\S+\.locations\)\) == 0\}$/,
    );
    expect(offered?.error_message).toContain("p5.48xlarge is not offered in all of us-east-1a");
  });

  test("ask whether a quota covers all pools that count against it, once for a stack", () => {
    const stack = synthPools({ ...TWO, second: { maxNodes: 1 } });
    const quotas = Object.values(stack.data?.aws_servicequotas_service_quota ?? {});
    expect(quotas.map((quota) => (quota as { quota_code: string }).quota_code).sort()).toEqual([
      "L-417A185B",
      "L-DB2E81BA",
    ]);
    const covered = preconditions(stack, "training")[1];
    expect(covered?.condition).toMatch(/^\$\{\(?data\.aws_servicequotas_service_quota\.\S+\.value >= 960\)?\}$/);
    expect(covered?.error_message).toContain("need 960 at their most");
    expect(preconditions(stack, "sandbox")[1]?.error_message).toContain("need 8 at their most");
  });

  test("ask nothing of a quota for a Capacity Block, which is paid and counted apart", () => {
    const stack = synthPools({ training: { capacity: Capacity.block("cr-0123456789abcdef0", "us-east-1a", WINDOW) } });
    expect(preconditions(stack, "training")).toHaveLength(1);
  });

  test("ask nothing at all when told so", () => {
    const stack = synthPools({ training: { planChecks: false } });
    expect(preconditions(stack, "training")).toEqual([]);
    expect(stack.data?.aws_ec2_instance_type_offerings).toBeUndefined();
  });
});

test("facts for a preflight stand in the JSON, where Terraform sees a comment", () => {
  const capacity = Capacity.reservation("cr-0123456789abcdef0", "us-east-1a");
  const stack = testStack();
  new GpuNodePool(stack, "training", {
    cluster: testCluster(stack),
    instanceType: "p5.48xlarge",
    maxNodes: 4,
    capacity,
  });
  expect(JSON.parse(JSON.stringify(stack.toTerraform()["//"].aidc.pools))).toEqual({
    training: {
      instanceType: "p5.48xlarge",
      vcpusPerNode: 192,
      minNodes: 0,
      maxNodes: 4,
      zones: ["us-east-1a"],
      capacityKind: "reservation",
      reservation: "cr-0123456789abcdef0",
      quotaCode: "L-417A185B",
      quotaName: "Running On-Demand P instances",
    },
  });
});

describe("who owns the count", () => {
  test("whoever scales the pool, unless Terraform is told how many nodes to run", () => {
    const fixed = synthPool({ desiredNodes: 2, acceptHourlyCost: 200 });
    expect(fixed).toHaveResource("aws_eks_node_group", {
      labels: { "aidc/pool": "training" },
      lifecycle: { ignore_changes: ["tags", "tags_all"] },
      scaling_config: { desired_size: 2, max_size: 4, min_size: 0 },
    });
    const rolling = synthPool({ desiredNodes: 2, acceptHourlyCost: 200, updates: Updates.ROLL, planChecks: false });
    expect(rolling).toHaveResource("aws_eks_node_group", { labels: { "aidc/pool": "training" }, lifecycle: undefined });
  });
});

describe("an all-props pool", () => {
  test("takes Bottlerocket with its second volume and TOML settings", () => {
    const stack = synthPool({ image: NodeImage.BOTTLEROCKET_NVIDIA, rootVolumeGiB: 500 });
    const volumes = template(stack).block_device_mappings as { device_name: string; ebs: { volume_size?: number } }[];
    expect(volumes.map(({ device_name, ebs }) => [device_name, ebs.volume_size])).toEqual([
      ["/dev/xvda", undefined],
      ["/dev/xvdb", 500],
    ]);
    expect(userData(stack)).toContain("max-pods = 51");
    expect(userData(stack)).toContain('["apiclient", "ephemeral-storage", "init"]');
    expect(stack).toHaveResource("aws_eks_node_group", { ami_type: "BOTTLEROCKET_x86_64_NVIDIA" });
  });

  test("spells every taint effect as EKS does, and gives the user the last word", () => {
    const stack = synthPool({
      taints: [
        { key: "team", value: "research", effect: TaintEffect.PREFER_NO_SCHEDULE },
        { key: "maintenance", effect: TaintEffect.NO_EXECUTE },
      ],
      kubernetesVersion: "1.33",
      nodeRepair: false,
      tags: { Budget: "100%{x}" },
      customizeTemplate: (launchTemplate) => {
        launchTemplate.description = "reviewed";
      },
      customize: (nodeGroup) => {
        nodeGroup.forceUpdateVersion = true;
      },
    });
    expect(stack).toHaveResource("aws_eks_node_group", { node_repair_config: { enabled: false } });
    expect(stack).toHaveResource("terraform_data", { input: { kubernetesVersion: "1.33" } });
    expect(template(stack).description).toBe("reviewed");
    const { taint, force_update_version } = theResource(stack, "aws_eks_node_group", "training").properties;
    expect(taint).toEqual([
      { effect: "NO_SCHEDULE", key: "nvidia.com/gpu", value: "present" },
      { effect: "PREFER_NO_SCHEDULE", key: "team", value: "research" },
      { effect: "NO_EXECUTE", key: "maintenance" },
    ]);
    expect(force_update_version).toBe(true);
  });

  test("tags what it launches with the stack's tags and its own: default tags stop at the template", () => {
    const specifications = template(synthPool({ tags: { Budget: "100%{x}" } })).tag_specifications;
    const tags = {
      Budget: "100%%{x}",
      ManagedBy: "cdktf-ai-datacenter",
      Name: "test/training",
      Stack: "test",
      Stage: "test",
    };
    expect(specifications).toEqual(
      ["instance", "volume", "network-interface"].map((resource_type) => ({ resource_type, tags })),
    );
  });

  test("refuses nodes newer than the control plane, or too old for it", () => {
    expect(() => synthPool({ kubernetesVersion: "1.36" })).toRefuse("VALUE_OUT_OF_RANGE", { got: "1.36" });
    expect(() => synthPool({ kubernetesVersion: "1.31" })).toRefuse("VALUE_OUT_OF_RANGE");
    const known = Token.asString({ resolve: () => "1.35" });
    expect(() => synthPool({ kubernetesVersion: known })).not.toThrow();
  });

  test.each(["Train", "pool-", "system", "a".repeat(64)])("refuses the name %s, as a label or beside others", (id) => {
    const stack = testStack();
    const pool = { cluster: testCluster(stack), instanceType: "p5.48xlarge", maxNodes: 1 };
    expect(() => new GpuNodePool(stack, id, pool)).toRefuse("LABEL_INVALID", { path: `test/${id}.id` });
  });

  test("refuses an id that cannot stand in an address", () => {
    const stack = testStack();
    const cluster = testCluster(stack);
    const pool = { cluster, instanceType: "p5.48xlarge", maxNodes: 1 };
    expect(() => new GpuNodePool(stack, "p5.48xlarge", pool)).toRefuse("ID_UNSAFE", { got: "p5.48xlarge" });
  });
});
