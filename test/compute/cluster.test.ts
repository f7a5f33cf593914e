import { AccessHost, ApiAccess, Cluster, type ClusterProps, GpuNodePool } from "cdktf-ai-datacenter/compute";
import { InterfaceEndpoint } from "cdktf-ai-datacenter/network";
import { EncryptionKey, WorkloadIdentity, WorkloadTrust } from "cdktf-ai-datacenter/security";
import {
  policyOf,
  resourcesOf,
  type SynthesizedStack,
  synthStack,
  testStack,
  theResource,
} from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { Token } from "../../lib/terraform/cdktf";
import { ADMIN, importedKey, importedNetwork, KEY_ARN, testCluster } from "./fixtures";

function synthCluster(more: Partial<ClusterProps> = {}): SynthesizedStack {
  const stack = testStack();
  testCluster(stack, more);
  return synthStack(stack);
}

describe("an all-defaults cluster", () => {
  const stack = synthCluster();

  test("is private, encrypted, logged and administered by access entries only", () => {
    expect(stack).toHaveResource("aws_eks_cluster", {
      name: "ai",
      version: "1.35",
      access_config: { authentication_mode: "API", bootstrap_cluster_creator_admin_permissions: false },
      bootstrap_self_managed_addons: false,
      enabled_cluster_log_types: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      encryption_config: { provider: { key_arn: KEY_ARN }, resources: ["secrets"] },
      lifecycle: { prevent_destroy: true },
      upgrade_policy: { support_type: "STANDARD" },
    });
    const { vpc_config } = theResource(stack, "aws_eks_cluster").properties as { vpc_config: Record<string, unknown> };
    expect(vpc_config).toMatchObject({ endpoint_private_access: true, endpoint_public_access: false });
    expect(vpc_config).not.toHaveProperty("public_access_cidrs");
  });

  test("makes its log group first, under the key and with an end", () => {
    const group = theResource(stack, "aws_cloudwatch_log_group");
    expect(group.properties).toMatchObject({
      name: "/aws/eks/ai/cluster",
      kms_key_id: KEY_ARN,
      retention_in_days: 365,
    });
    expect(theResource(stack, "aws_eks_cluster").properties.depends_on).toContain(group.address);
  });

  test("gives each administrator an entry, and the policy after the entry", () => {
    const entry = theResource(stack, "aws_eks_access_entry");
    expect(entry.properties).toMatchObject({ principal_arn: ADMIN, type: "STANDARD" });
    expect(stack).toHaveResource("aws_eks_access_policy_association", {
      access_scope: { type: "cluster" },
      depends_on: [entry.address],
      policy_arn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    });
  });

  test("installs network and identities before the system pool, the rest after it", () => {
    const pool = theResource(stack, "aws_eks_node_group");
    const before = pool.properties.depends_on as string[];
    for (const addon of resourcesOf(stack, "aws_eks_addon")) {
      const isBootstrap = addon.address.includes("BootstrapAddons");
      expect(before.includes(addon.address)).toBe(isBootstrap);
      if (!isBootstrap) expect(addon.properties.depends_on).toContain(pool.address);
    }
    expect(resourcesOf(stack, "aws_eks_addon").map(({ properties }) => properties.addon_name)).toHaveLength(6);
    expect(pool.properties).toMatchObject({ scaling_config: { min_size: 2, max_size: 4, desired_size: 2 } });
    expect(pool.properties).not.toHaveProperty("taint");
  });

  test("turns network policy on and pins every add-on", () => {
    expect(stack).toHaveResource("aws_eks_addon", {
      addon_name: "vpc-cni",
      configuration_values: '{"enableNetworkPolicy":"true"}',
      addon_version: "v1.22.4-eksbuild.3",
    });
    for (const { properties } of resourcesOf(stack, "aws_eks_addon")) {
      expect(properties.addon_version).toMatch(/^v\d+\.\d+\.\d+-eksbuild\.\d+$/);
    }
  });

  test("lets the monitoring of GPUs run on tainted nodes: where it is missing, healthy nodes would be replaced", () => {
    const { configuration_values } = theResource(stack, "aws_eks_addon", "monitoring").properties;
    expect(JSON.parse(String(configuration_values))).toEqual({ dcgmAgent: { tolerations: [{ operator: "Exists" }] } });
  });

  test("gives nodes no shell unless asked", () => {
    const shell = (json: SynthesizedStack) =>
      resourcesOf(json, "aws_iam_role_policy_attachment").filter(({ properties }) =>
        String(properties.policy_arn).endsWith("AmazonSSMManagedInstanceCore"),
      );
    expect(shell(stack)).toEqual([]);
    expect(shell(synthCluster({ nodeShell: true }))).toHaveLength(1);
  });

  test("trusts EKS for this cluster only", () => {
    const { assume_role_policy } = theResource(stack, "aws_iam_role", "Roles_Cluster").properties;
    expect(policyOf(assume_role_policy).Statement[0]?.Condition).toEqual({
      ArnLike: { "aws:SourceArn": ["arn:aws:eks:us-east-1:123456789012:cluster/ai"] },
      StringEquals: { "aws:SourceAccount": ["123456789012"] },
    });
  });

  test("keeps the CNI's rights off the node role", () => {
    const attached = resourcesOf(stack, "aws_iam_role_policy_attachment").map(({ address, properties }) => [
      address.includes("Roles_Node"),
      String(properties.policy_arn).split("/").at(-1),
    ]);
    expect(attached).toContainEqual([true, "AmazonEKSWorkerNodePolicy"]);
    expect(attached).toContainEqual([false, "AmazonEKS_CNI_Policy"]);
    expect(attached).not.toContainEqual([true, "AmazonEKS_CNI_Policy"]);
  });

  test("lets the storage driver hand out grants for volumes only to AWS", () => {
    const policy = theResource(stack, "aws_iam_role_policy", "EbsCsi").properties.policy as string;
    expect(policyOf(policy).Statement).toContainEqual(
      expect.objectContaining({
        Action: ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
        Condition: { Bool: { "kms:GrantIsForAWSResource": ["true"] } },
      }),
    );
  });
});

describe("API access", () => {
  test("opens the private API to each range and group, and nothing else", () => {
    const stack = synthCluster({
      apiAccess: ApiAccess.private({ cidrs: ["10.20.0.0/16"], securityGroupIds: ["sg-vpn"] }),
    });
    const rules = resourcesOf(stack, "aws_vpc_security_group_ingress_rule").map(({ properties }) => properties);
    expect(rules).toHaveLength(2);
    expect(rules).toContainEqual(expect.objectContaining({ cidr_ipv4: "10.20.0.0/16", from_port: 443, to_port: 443 }));
    expect(rules).toContainEqual(expect.objectContaining({ referenced_security_group_id: "sg-vpn" }));
  });

  test("restricts the public API to the given ranges", () => {
    const stack = synthCluster({ apiAccess: ApiAccess.publicFrom(["203.0.113.0/24"]) });
    expect(stack).toHaveResource("aws_eks_cluster", {
      vpc_config: {
        endpoint_private_access: true,
        endpoint_public_access: true,
        public_access_cidrs: ["203.0.113.0/24"],
      },
    });
    expect(stack).toHaveResourceCount("aws_vpc_security_group_ingress_rule", 0);
  });

  test("refuses an API open to the world, and one open to nobody", () => {
    const from = (apiAccess: ApiAccess) => () => synthCluster({ apiAccess });
    const path = "test/Cluster.apiAccess";
    expect(from(ApiAccess.publicFrom(["0.0.0.0/0"]))).toRefuse("API_ACCESS_OPEN", { got: "0.0.0.0/0", path });
    expect(from(ApiAccess.private({ cidrs: ["0.0.0.0/0"] }))).toRefuse("API_ACCESS_OPEN", { path });
    expect(from(ApiAccess.publicFrom(["0.0.0.0/1", "128.0.0.0/1"]))).toRefuse("API_ACCESS_OPEN");
    expect(from(ApiAccess.publicFrom(["10.0.0.0/8"]))).toRefuse("CIDR_INVALID", { got: "10.0.0.0/8", path });
    expect(from(ApiAccess.publicFrom([]))).toRefuse("API_ACCESS_EMPTY", { path });
    expect(() => synthCluster({ apiAccess: ApiAccess.private() })).toRefuse("API_ACCESS_EMPTY", {
      path: "test/Cluster.apiAccess",
    });
  });

  test("names each source by itself, once, so that removing one leaves the others alone", () => {
    const cidrs = ["10.20.0.0/16", "10.20.0.0/16", Token.asString({ resolve: () => "10.30.0.0/16" })];
    const stack = synthCluster({ apiAccess: ApiAccess.private({ cidrs, securityGroupIds: ["sg-b", "sg-a"] }) });
    const names = resourcesOf(stack, "aws_vpc_security_group_ingress_rule").map(({ address }) => address);
    expect(names).toHaveLength(4);
    expect(names.join()).toContain("Api_FromGroup-sg-a_");
    expect(names.join()).toContain("Api_From-10-20-0-0-16_");
  });

  test("counts an access host as somebody, without an inbound rule or a key pair", () => {
    const stack = testStack();
    const cluster = testCluster(stack, { apiAccess: ApiAccess.private() });
    new AccessHost(stack, "AccessHost", { cluster });
    const json = synthStack(stack);
    const host = theResource(json, "aws_instance").properties;
    expect(host).toMatchObject({
      associate_public_ip_address: false,
      metadata_options: { http_tokens: "required", http_put_response_hop_limit: 1 },
      root_block_device: { encrypted: true, kms_key_id: KEY_ARN },
    });
    expect(host).not.toHaveProperty("key_name");
    const own = theResource(json, "aws_security_group", "AccessHost").address;
    const rules = resourcesOf(json, "aws_vpc_security_group_ingress_rule").map(({ properties }) => properties);
    expect(rules).toHaveLength(1);
    expect(rules[0]?.referenced_security_group_id).toContain(own);
    expect(rules[0]?.security_group_id).not.toContain(own);
  });
});

describe("refusals", () => {
  test("a network of one zone", () => {
    const stack = testStack();
    const network = importedNetwork(stack, { privateSubnets: [{ zone: "us-east-1a", subnetId: "subnet-a" }] });
    expect(() => testCluster(stack, { network })).toRefuse("CLUSTER_ZONES_TOO_FEW", { got: ["us-east-1a"] });
  });

  test("control plane zones that are too few or not the network's", () => {
    expect(() => synthCluster({ controlPlaneZones: ["us-east-1a"] })).toRefuse("CLUSTER_ZONES_TOO_FEW", {
      path: "test/Cluster.controlPlaneZones",
    });
    expect(() => synthCluster({ controlPlaneZones: ["us-east-1a", "us-east-1f"] })).toRefuse("ZONE_UNKNOWN");
  });

  test("an access host that no session could reach", () => {
    const stack = testStack();
    const services = InterfaceEndpoint.PRIVATE_CLUSTER.map(({ service }) => service);
    const cluster = testCluster(stack, {
      network: importedNetwork(stack, { hasNat: false, endpointServices: services }),
    });
    expect(() => new AccessHost(stack, "AccessHost", { cluster })).toRefuse("ENDPOINTS_MISSING", {
      allowed: /has ssm, ssmmessages$/,
    });
  });

  test("no admin, or one that is no role or user", () => {
    expect(() => synthCluster({ admins: [] })).toRefuse("CLUSTER_ADMINS_EMPTY");
    const session = "arn:aws:sts::123456789012:assumed-role/Admin/me";
    expect(() => synthCluster({ admins: [session] })).toRefuse("ARN_INVALID", { got: session });
    const path = "test/Cluster.deployers";
    expect(() => synthCluster({ deployers: [session] })).toRefuse("ARN_INVALID", { got: session, path });
  });

  test("a version without known add-ons, unless they are all given", () => {
    expect(() => synthCluster({ kubernetesVersion: "1.99" })).toRefuse("KUBERNETES_VERSION_UNKNOWN", {
      allowed: /1\.34, 1\.35/,
    });
    expect(() => synthCluster({ kubernetesVersion: "constructor" })).toRefuse("KUBERNETES_VERSION_UNKNOWN");
    const addonVersions = {
      "vpc-cni": "v1",
      "kube-proxy": "v1",
      "eks-pod-identity-agent": "v1",
      coredns: "v1",
      "aws-ebs-csi-driver": "v1",
      "eks-node-monitoring-agent": "v1",
    };
    expect(synthCluster({ kubernetesVersion: "1.99", addonVersions })).toHaveResource("aws_eks_cluster", {
      version: "1.99",
    });
  });

  test("a network without NAT that lacks what nodes need to join", () => {
    const stack = testStack();
    const services = InterfaceEndpoint.PRIVATE_CLUSTER.map(({ service }) => service);
    const network = importedNetwork(stack, { hasNat: false, endpointServices: services.slice(1) });
    expect(() => testCluster(stack, { network })).toRefuse("ENDPOINTS_MISSING", { allowed: /that has ec2$/ });
    const whole = testStack();
    const complete = importedNetwork(whole, { hasNat: false, endpointServices: services });
    expect(() => testCluster(whole, { network: complete })).not.toThrow();
  });

  test("an imported key that Auto Scaling may not use", () => {
    const stack = testStack();
    const encryptionKey = EncryptionKey.fromAttributes(stack, "Other", { keyArn: KEY_ARN });
    expect(() => testCluster(stack, { encryptionKey })).toRefuse("KEY_GRANT_MISSING");
  });

  test("a system pool that could be empty, a name beyond the limits, an odd retention", () => {
    expect(() => synthCluster({ systemPool: { minNodes: 0 } })).toRefuse("POOL_SIZE_INVALID");
    expect(() => synthCluster({ systemPool: { desiredNodes: 5 } })).toRefuse("POOL_SIZE_INVALID");
    expect(() => synthCluster({ name: "-ai" })).toRefuse("NAME_INVALID");
    expect(() => synthCluster({ logRetentionDays: 42 })).toRefuse("VALUE_OUT_OF_RANGE");
  });
});

describe("composition", () => {
  test("puts the control plane into the named zones only, nodes into all", () => {
    const stack = testStack();
    const privateSubnets = ["a", "b", "c"].map((letter) => ({
      zone: `us-east-1${letter}`,
      subnetId: `subnet-${letter}`,
    }));
    const network = importedNetwork(stack, { privateSubnets });
    testCluster(stack, { network, controlPlaneZones: ["us-east-1a", "us-east-1c"] });
    const json = synthStack(stack);
    const { vpc_config } = theResource(json, "aws_eks_cluster").properties as { vpc_config: { subnet_ids: string[] } };
    expect(vpc_config.subnet_ids).toEqual(["subnet-a", "subnet-c"]);
    expect(theResource(json, "aws_eks_node_group").properties.subnet_ids).toHaveLength(3);
  });

  test("takes Graviton system nodes with their own image, and a count that Terraform owns", () => {
    const stack = synthCluster({ systemPool: { instanceType: "m7g.large", desiredNodes: 3 } });
    expect(stack).toHaveResource("aws_eks_node_group", {
      ami_type: "AL2023_ARM_64_STANDARD",
      lifecycle: undefined,
      scaling_config: { desired_size: 3, max_size: 4, min_size: 2 },
    });
  });

  test("names an entry by account and role, so that a changed list keeps addresses, and each principal once", () => {
    const other = "arn:aws:iam::210987654321:role/teams/PlatformAdmin";
    const stack = synthCluster({ admins: [ADMIN, other], deployers: [ADMIN] });
    const addresses = resourcesOf(stack, "aws_eks_access_entry").map(({ address }) => address);
    expect(addresses).toHaveLength(2);
    expect(addresses.join()).toContain("Entry-123456789012-role-PlatformAdmin");
    expect(addresses.join()).toContain("Entry-210987654321-role-teams-PlatformAdmin");
  });

  test("makes the OpenID Connect provider once, and only when asked", () => {
    const stack = testStack();
    const cluster = testCluster(stack);
    expect(cluster.enableIrsa()).toBe(cluster.enableIrsa());
    expect(synthStack(stack)).toHaveResourceCount("aws_iam_openid_connect_provider", 1);
    expect(synthCluster()).toHaveResourceCount("aws_iam_openid_connect_provider", 0);
  });

  test("takes pools on a cluster made elsewhere", () => {
    const stack = testStack();
    const cluster = Cluster.fromAttributes(stack, "Cluster", {
      clusterName: "theirs",
      clusterArn: "arn:aws:eks:us-east-1:123456789012:cluster/theirs",
      kubernetesVersion: "1.34",
      network: importedNetwork(stack),
      encryptionKey: importedKey(stack),
      clusterSecurityGroupId: "sg-cluster",
      nodeRoleArn: "arn:aws:iam::123456789012:role/nodes",
    });
    new GpuNodePool(stack, "inference", { cluster, instanceType: "g6e.xlarge", maxNodes: 3 });
    const json = synthStack(stack);
    expect(json).toHaveResourceCount("aws_eks_cluster", 0);
    expect(json).toHaveResource("aws_eks_node_group", {
      cluster_name: "theirs",
      subnet_ids: ["subnet-gpu-a", "subnet-gpu-b"],
      depends_on: undefined,
    });
  });

  test("takes more configuration of add-ons, and keeps its own", () => {
    const stack = synthCluster({
      addonConfiguration: { "vpc-cni": { env: { ENABLE_PREFIX_DELEGATION: "true" } }, coredns: { replicaCount: 3 } },
    });
    const configurationOf = (addon: string) =>
      theResource(stack, "aws_eks_addon", `_${addon}_`).properties.configuration_values as string;
    expect(JSON.parse(configurationOf("vpc-cni"))).toEqual({
      enableNetworkPolicy: "true",
      env: { ENABLE_PREFIX_DELEGATION: "true" },
    });
    expect(JSON.parse(configurationOf("coredns"))).toMatchObject({ replicaCount: 3 });
    expect(configurationOf("kube-proxy")).toBeUndefined();
  });

  test("refuses IRSA before the provider is there, with the cluster itself at hand", () => {
    const stack = testStack();
    const jobs = { cluster: testCluster(stack), namespace: "jobs", serviceAccount: "jobs", trust: WorkloadTrust.IRSA };
    expect(() => new WorkloadIdentity(stack, "Jobs", jobs)).toRefuse("TRUST_INVALID", { path: "test/Jobs.cluster" });
    jobs.cluster.enableIrsa();
    expect(() => new WorkloadIdentity(stack, "JobsByIrsa", jobs)).not.toThrow();
  });

  test("applies the user's last word", () => {
    const customize: ClusterProps["customize"] = (cluster) => cluster.putZonalShiftConfig({ enabled: true });
    expect(synthCluster({ customize })).toHaveResource("aws_eks_cluster", { zonal_shift_config: { enabled: true } });
  });
});
