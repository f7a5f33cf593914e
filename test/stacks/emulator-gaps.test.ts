import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EKS_VERSIONS, INSTANCE_TYPES } from "cdktf-ai-datacenter/catalog";
import { policyOf, resourcesOf, type SynthesizedStack, theResource } from "cdktf-ai-datacenter/testing";
import { type StageConfig, stages } from "../../stacks/config";
import { synthStages } from "../snapshot/stacks";

const all = synthStages();
const prod = stages.find(({ name }) => name === "prod") as StageConfig;
const foundation = all["prod-foundation"] as SynthesizedStack;
const data = all["prod-data"] as SynthesizedStack;
const cluster = all["prod-cluster"] as SynthesizedStack;

const TITLES = [
  "security groups on interfaces",
  "network card limits",
  "key grants",
  "zones",
  "add-on order",
  "add-on versions",
  "add-ons on tainted nodes",
  "global names",
  "order that AWS enforces",
  "trust of workload identities",
  "service names of endpoints",
  "service-linked roles",
  "template fields that EKS refuses",
];

interface Interface {
  readonly network_card_index: number;
  readonly device_index: number;
  readonly interface_type: string;
  readonly security_groups: readonly string[];
}

function templates(): { name: string; interfaces: Interface[]; properties: Record<string, unknown> }[] {
  return resourcesOf(cluster, "aws_launch_template").map(({ properties }) => ({
    name: String(properties.name),
    interfaces: (properties.network_interfaces ?? []) as Interface[],
    properties: properties as Record<string, unknown>,
  }));
}

test("the page lists exactly the gaps that are asserted here", () => {
  const page = readFileSync(join(__dirname, "../../docs/emulator-gaps.md"), "utf8");
  const rows = [...page.matchAll(/^\| ([^|]+?) +\| [^|]+ \| [^|]+ \|$/gm)].map((match) => match[1]);
  expect(rows.slice(1).filter((row) => !row?.startsWith("-"))).toEqual(TITLES);
});

describe.each(TITLES)("%s", (title) => {
  test(`hold${title.endsWith("s") ? "" : "s"} in the reference stacks`, () => {
    expect.hasAssertions();
    ASSERTIONS[title]?.();
  });
});

const ASSERTIONS: Readonly<Record<string, () => void>> = {
  "security groups on interfaces": () => {
    for (const { interfaces } of templates()) {
      for (const { interface_type, security_groups } of interfaces) {
        const ofCluster = security_groups.filter((group) => group.includes("cluster_security_group_id"));
        expect(ofCluster).toHaveLength(interface_type === "interface" ? 1 : 0);
        expect(security_groups.filter((group) => group.startsWith("${aws_security_group."))).toHaveLength(1);
      }
    }
  },

  "network card limits": () => {
    for (const [name, { instanceType }] of Object.entries(prod.pools)) {
      const { interfaces } = templates().find((template) => template.name.endsWith(name)) as {
        interfaces: Interface[];
      };
      for (const { network_card_index, device_index } of interfaces) {
        expect(device_index).toBeLessThan(INSTANCE_TYPES[instanceType]?.networkCards[network_card_index] ?? 0);
      }
    }
    const training = templates().find(({ name }) => name.endsWith("training"));
    expect(training?.interfaces.filter(({ interface_type }) => interface_type === "efa-only")).toHaveLength(32);
  },

  "key grants": () => {
    const { Statement } = policyOf(theResource(foundation, "aws_kms_key", "ClusterKey").properties.policy);
    const autoScaling = [
      "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
    ];
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Action: ["kms:CreateGrant"],
        Condition: { Bool: { "kms:GrantIsForAWSResource": ["true"] } },
        Principal: { AWS: autoScaling },
      }),
    );
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Condition: {
          ArnLike: { "kms:EncryptionContext:aws:logs:arn": ["arn:aws:logs:us-east-1:123456789012:log-group:*"] },
        },
        Principal: { Service: ["logs.us-east-1.amazonaws.com"] },
      }),
    );
  },

  zones: () => {
    for (const { properties } of resourcesOf(foundation, "aws_subnet")) {
      expect(properties.availability_zone).toMatch(/^us-east-1[a-f]$/);
    }
    const { vpc_config } = theResource(cluster, "aws_eks_cluster").properties as {
      vpc_config: { subnet_ids: string[] };
    };
    expect(new Set(vpc_config.subnet_ids).size).toBe(3);
    const training = theResource(cluster, "aws_eks_node_group", "training").properties;
    expect(training.subnet_ids).toHaveLength(1);
  },

  "add-on order": () => {
    for (const { address, properties } of resourcesOf(cluster, "aws_eks_node_group")) {
      const before = (properties.depends_on as string[]).filter((on) => on.startsWith("aws_eks_addon."));
      expect({ address, before: before.length }).toEqual({ address, before: 3 });
    }
    for (const addon of ["coredns", "aws-ebs-csi-driver", "eks-node-monitoring-agent"]) {
      const { depends_on } = theResource(cluster, "aws_eks_addon", `WorkloadAddons_${addon}`).properties;
      expect(depends_on).toContainEqual(expect.stringContaining("SystemPool"));
    }
  },

  "add-on versions": () => {
    const known = Object.values(EKS_VERSIONS[prod.kubernetesVersion]?.addons ?? {}).sort();
    const used = resourcesOf(cluster, "aws_eks_addon").map(({ properties }) => String(properties.addon_version));
    expect(used.sort()).toEqual(known);
  },

  "add-ons on tainted nodes": () => {
    const { configuration_values } = theResource(cluster, "aws_eks_addon", "monitoring").properties;
    expect(JSON.parse(String(configuration_values))).toMatchObject({
      dcgmAgent: { tolerations: [{ operator: "Exists" }] },
    });
  },

  "global names": () => {
    const buckets = resourcesOf(data, "aws_s3_bucket").map(({ properties }) => String(properties.bucket));
    expect(buckets).toHaveLength(4);
    for (const bucket of buckets) {
      expect(bucket).toMatch(/^prod-data-[a-z-]+-123456789012-us-east-1$/);
      expect(bucket.length).toBeLessThanOrEqual(63);
    }
  },

  "order that AWS enforces": () => {
    const after = (stack: SynthesizedStack, type: string, on: string) => {
      for (const { properties } of resourcesOf(stack, type)) {
        expect(properties.depends_on).toContainEqual(expect.stringMatching(new RegExp(`^${on}\\.`)));
      }
    };
    after(foundation, "aws_nat_gateway", "aws_internet_gateway");
    after(data, "aws_s3_bucket_logging", "aws_s3_bucket_policy");
    after(cluster, "aws_eks_access_policy_association", "aws_eks_access_entry");
    after(cluster, "aws_eks_cluster", "aws_cloudwatch_log_group");
    after(cluster, "aws_eks_cluster", "aws_iam_role_policy_attachment");
  },

  "trust of workload identities": () => {
    const roles = resourcesOf(cluster, "aws_iam_role").filter(({ address }) => address.includes("Team-"));
    expect(roles).toHaveLength(prod.teams.length);
    for (const { properties } of roles) {
      const [statement] = policyOf(properties.assume_role_policy).Statement;
      expect(statement).toMatchObject({
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Principal: { Service: ["pods.eks.amazonaws.com"] },
      });
      expect(Object.keys(statement?.Condition?.StringEquals ?? {})).toContain("aws:SourceAccount");
      expect(Object.keys(statement?.Condition?.ArnEquals ?? {})).toEqual(["aws:SourceArn"]);
    }
  },

  "service names of endpoints": () => {
    const names = resourcesOf(foundation, "aws_vpc_endpoint").map(({ properties }) => String(properties.service_name));
    const services = ["s3", ...prod.interfaceEndpoints.map(({ service }) => service)];
    expect(names.sort()).toEqual(services.map((service) => `com.amazonaws.us-east-1.${service}`).sort());
  },

  "service-linked roles": () => {
    const stacks = synthStages([{ ...prod, serviceLinkedRoles: ["autoscaling.amazonaws.com"] }]);
    const key = theResource(stacks["prod-foundation"] as SynthesizedStack, "aws_kms_key", "ClusterKey").properties;
    expect(key.depends_on).toContainEqual(expect.stringMatching(/^aws_iam_service_linked_role\./));
  },

  "template fields that EKS refuses": () => {
    for (const { interfaces, properties } of templates()) {
      for (const one of interfaces) expect(one).not.toHaveProperty("subnet_id");
      for (const field of ["iam_instance_profile", "instance_initiated_shutdown_behavior", "hibernation_options"]) {
        expect(properties).not.toHaveProperty(field);
      }
      if (interfaces.length > 0) expect(properties).not.toHaveProperty("vpc_security_group_ids");
    }
  },
};
