import { InterfaceEndpoint, NatGateways, Network, type NetworkProps } from "cdktf-ai-datacenter/network";
import { EncryptionKey, KeyServiceGrant } from "cdktf-ai-datacenter/security";
import {
  addressesOf,
  policyOf,
  resourcesOf,
  synthStack,
  testApp,
  testStack,
  theResource,
} from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { AwsProvider } from "../../lib/terraform/aws";
import { TerraformStack, Token } from "../../lib/terraform/cdktf";

const ZONES = ["us-east-1a", "us-east-1b"];

function made(props: Partial<NetworkProps> = {}, context: Record<string, unknown> = {}) {
  const stack = testStack({ context });
  const encryptionKey = new EncryptionKey(stack, "Key");
  const network = new Network(stack, "Network", { zones: ZONES, encryptionKey, ...props });
  return { network, stack, synthesized: synthStack(stack) };
}

/** The names of route tables that a subnet's kind is associated with, by zone. */
function routeTablesOf(synthesized: ReturnType<typeof synthStack>, kind: string): unknown[] {
  return resourcesOf(synthesized, "aws_route_table_association")
    .filter(({ address }) => address.includes(`_${kind}-Association`))
    .map(({ properties }) => properties.route_table_id);
}

describe("with all defaults", () => {
  const { network, synthesized } = made();

  test("has these resources", () => {
    const count = Object.entries(synthesized.resource).map(([type, blocks]) => [type, Object.keys(blocks).length]);
    expect(Object.fromEntries(count)).toEqual({
      aws_cloudwatch_log_group: 1,
      aws_default_security_group: 1,
      aws_eip: 2,
      aws_flow_log: 1,
      aws_iam_role: 1,
      aws_iam_role_policy: 1,
      aws_internet_gateway: 1,
      aws_kms_alias: 1,
      aws_kms_key: 1,
      aws_nat_gateway: 2,
      aws_route: 3,
      aws_route_table: 3,
      aws_route_table_association: 6,
      aws_subnet: 6,
      aws_vpc: 1,
      aws_vpc_endpoint: 1,
    });
  });

  test("resolves names inside the VPC, and protects it from being destroyed", () => {
    expect(theResource(synthesized, "aws_vpc").properties).toEqual({
      cidr_block: "10.0.0.0/16",
      enable_dns_hostnames: true,
      enable_dns_support: true,
      lifecycle: { prevent_destroy: true },
      tags: { Name: "test/Network" },
    });
  });

  test("closes the default security group", () => {
    const { properties } = theResource(synthesized, "aws_default_security_group");
    const vpc_id = `\${${theResource(synthesized, "aws_vpc").address}.id}`;
    // Empty lists, so that a rule added by hand shows in the next plan.
    expect(properties).toEqual({ vpc_id, ingress: [], egress: [] });
  });

  test("gives no instance a public address by itself", () => {
    for (const { properties } of resourcesOf(synthesized, "aws_subnet")) {
      expect(properties.map_public_ip_on_launch).toBe(false);
    }
  });

  test("tags subnets for load balancers", () => {
    const public1 = theResource(synthesized, "aws_subnet", "Public-us-east-1a").properties;
    const private1 = theResource(synthesized, "aws_subnet", "Private-us-east-1a").properties;
    expect(public1.tags).toEqual({ Name: "test/Network/Public-us-east-1a", "kubernetes.io/role/elb": "1" });
    expect(private1.tags).toMatchObject({ "kubernetes.io/role/internal-elb": "1" });
  });

  test("routes each zone's private and accelerator subnets through the zone's own NAT gateway", () => {
    for (const zone of ZONES) {
      const table = theResource(synthesized, "aws_route_table", `Private-${zone}`).address;
      const nat = theResource(synthesized, "aws_nat_gateway", `Nat-${zone}`).address;
      expect(theResource(synthesized, "aws_route", `ToNat-${zone}`).properties).toEqual({
        destination_cidr_block: "0.0.0.0/0",
        nat_gateway_id: `\${${nat}.id}`,
        route_table_id: `\${${table}.id}`,
      });
      for (const kind of ["Private", "Accelerator"]) {
        expect(routeTablesOf(synthesized, kind)).toContain(`\${${table}.id}`);
      }
    }
  });

  test("makes NAT gateways after the internet gateway", () => {
    const gateway = theResource(synthesized, "aws_internet_gateway").address;
    for (const { properties } of resourcesOf(synthesized, "aws_nat_gateway")) {
      expect(properties.depends_on).toEqual([gateway]);
    }
  });

  test("puts the S3 gateway endpoint on every private route table", () => {
    const tables = resourcesOf(synthesized, "aws_route_table").filter(({ address }) => address.includes("Private"));
    expect(theResource(synthesized, "aws_vpc_endpoint", "S3").properties).toMatchObject({
      vpc_endpoint_type: "Gateway",
      service_name: "com.amazonaws.us-east-1.s3",
      route_table_ids: tables.map(({ address }) => `\${${address}.id}`),
    });
    expect(tables).toHaveLength(2);
    expect(network.privateRouteTableIds).toHaveLength(2);
  });

  test("writes all traffic to an encrypted log that only its role can write, without making groups", () => {
    const group = theResource(synthesized, "aws_cloudwatch_log_group");
    const key = theResource(synthesized, "aws_kms_key").address;
    expect(group.properties).toMatchObject({
      name: "/aidc/test/Network/FlowLog",
      retention_in_days: 365,
      kms_key_id: `\${${key}.arn}`,
    });
    expect(policyOf(theResource(synthesized, "aws_iam_role_policy").properties.policy).Statement).toEqual([
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: [`\${${group.address}.arn}:*`],
      },
    ]);
    expect(policyOf(theResource(synthesized, "aws_iam_role").properties.assume_role_policy).Statement).toEqual([
      {
        Sid: "Assume",
        Effect: "Allow",
        Principal: { Service: ["vpc-flow-logs.amazonaws.com"] },
        Action: ["sts:AssumeRole"],
        Condition: {
          ArnLike: { "aws:SourceArn": ["arn:aws:ec2:us-east-1:123456789012:vpc-flow-log/*"] },
          StringEquals: { "aws:SourceAccount": ["123456789012"] },
        },
      },
    ]);
    expect(synthesized).toHaveResource("aws_flow_log", { traffic_type: "ALL", max_aggregation_interval: 60 });
  });

  test("lets CloudWatch Logs use the key", () => {
    const { Statement } = policyOf(theResource(synthesized, "aws_kms_key").properties.policy);
    expect(Statement.map(({ Sid }) => Sid)).toEqual(["AccountByIam", "Logs"]);
  });

  test("offers what other constructs need", () => {
    expect(network).toMatchObject({
      cidr: "10.0.0.0/16",
      zones: ZONES,
      hasNat: true,
      endpointServices: [],
      podSubnets: [],
    });
    expect(network.podCidr).toBeUndefined();
    for (const subnets of [network.publicSubnets, network.privateSubnets, network.acceleratorSubnets]) {
      expect(subnets.map(({ zone }) => zone)).toEqual(ZONES);
      expect(subnets.every(({ subnetId }) => Token.isUnresolved(subnetId))).toBe(true);
    }
  });
});

describe("with all properties", () => {
  const { network, synthesized } = made({
    cidr: "10.8.0.0/16",
    maxZones: 2,
    podCidr: "100.64.0.0/16",
    natGateways: NatGateways.ONE,
    interfaceEndpoints: [InterfaceEndpoint.ECR_API, InterfaceEndpoint.of("bedrock-runtime")],
    flowLogRetentionDays: 30,
    customize: (vpc) => (vpc.instanceTenancy = "dedicated"),
  });

  test("makes pod subnets only after the second range is there", () => {
    const association = theResource(synthesized, "aws_vpc_ipv4_cidr_block_association");
    expect(association.properties.cidr_block).toBe("100.64.0.0/16");
    const pods = resourcesOf(synthesized, "aws_subnet").filter(({ address }) => address.includes("Pods"));
    expect(pods.map(({ properties }) => properties.cidr_block)).toEqual(["100.64.0.0/17", "100.64.128.0/17"]);
    for (const { properties } of pods) {
      expect(properties.depends_on).toEqual([association.address]);
      expect(properties.tags).toMatchObject({ "kubernetes.io/role/cni": "1" });
    }
    expect(routeTablesOf(synthesized, "Pods")).toHaveLength(2);
    expect(network.podSubnets.map(({ zone }) => zone)).toEqual(ZONES);
  });

  test("has one NAT gateway, which every zone uses", () => {
    expect(synthesized).toHaveResourceCount("aws_nat_gateway", 1);
    const routes = resourcesOf(synthesized, "aws_route").filter(({ address }) => address.includes("ToNat"));
    const nat = theResource(synthesized, "aws_nat_gateway").address;
    expect(routes.map(({ properties }) => properties.nat_gateway_id)).toEqual([`\${${nat}.id}`, `\${${nat}.id}`]);
  });

  test("reaches the endpoints from both ranges by TLS only", () => {
    const group = theResource(synthesized, "aws_security_group").address;
    for (const [name, service] of [
      ["ecr-api", "ecr.api"],
      ["bedrock-runtime", "bedrock-runtime"],
    ] as const) {
      expect(theResource(synthesized, "aws_vpc_endpoint", `Interface-${name}`).properties).toMatchObject({
        vpc_endpoint_type: "Interface",
        service_name: `com.amazonaws.us-east-1.${service}`,
        private_dns_enabled: true,
        security_group_ids: [`\${${group}.id}`],
        subnet_ids: [expect.stringContaining("Private-us-east-1a"), expect.stringContaining("Private-us-east-1b")],
      });
    }
    const rules = resourcesOf(synthesized, "aws_vpc_security_group_ingress_rule").map(({ properties }) => properties);
    expect(rules.map(({ cidr_ipv4 }) => cidr_ipv4)).toEqual(["10.8.0.0/16", "100.64.0.0/16"]);
    for (const rule of rules) expect(rule).toMatchObject({ ip_protocol: "tcp", from_port: 443, to_port: 443 });
    expect(network.endpointServices).toEqual(["ecr.api", "bedrock-runtime"]);
  });

  test("lets customize have the last word", () => {
    expect(synthesized).toHaveResource("aws_vpc", { cidr_block: "10.8.0.0/16", instance_tenancy: "dedicated" });
    expect(synthesized).toHaveResource("aws_cloudwatch_log_group", { retention_in_days: 30 });
  });
});

describe("without NAT", () => {
  const { network, synthesized } = made({ natGateways: NatGateways.NONE });

  test("has nothing public, and no route out", () => {
    for (const type of ["aws_nat_gateway", "aws_eip", "aws_internet_gateway", "aws_route"]) {
      expect(synthesized).toHaveResourceCount(type, 0);
    }
    expect(resourcesOf(synthesized, "aws_subnet").filter(({ address }) => address.includes("Public"))).toEqual([]);
    expect(network).toMatchObject({ hasNat: false, publicSubnets: [] });
  });

  test("has the endpoints of a private cluster in its private subnets", () => {
    expect(synthesized).toHaveResourceCount("aws_vpc_endpoint", 1 + InterfaceEndpoint.PRIVATE_CLUSTER.length);
    expect(network.endpointServices).toEqual(InterfaceEndpoint.PRIVATE_CLUSTER.map(({ service }) => service));
  });
});

test("keeps all addresses when a zone is appended", () => {
  const before = addressesOf(made().synthesized);
  const after = addressesOf(made({ zones: [...ZONES, "us-east-1c"] }).synthesized);
  expect(after).toEqual(expect.arrayContaining(before));
});

test("stands twice in one stack without collisions", () => {
  const stack = testStack();
  const encryptionKey = new EncryptionKey(stack, "Key");
  for (const [id, cidr] of [
    ["Blue", "10.0.0.0/16"],
    ["Green", "10.1.0.0/16"],
  ] as const) {
    new Network(stack, id, {
      zones: ZONES,
      encryptionKey,
      cidr,
      podCidr: "100.64.0.0/16",
      natGateways: NatGateways.NONE,
    });
  }
  const synthesized = synthStack(stack);
  const one = addressesOf(made({ podCidr: "100.64.0.0/16", natGateways: NatGateways.NONE }).synthesized).length;
  const shared = 2; // the key and its alias
  expect(addressesOf(synthesized)).toHaveLength(2 * one - shared);
  const names = resourcesOf(synthesized, "aws_cloudwatch_log_group").map(({ properties }) => properties.name);
  expect(new Set(names).size).toBe(2);
});

test("comes off protection by context only", () => {
  const { synthesized } = made({}, { "aidc:unprotected": "data-loss-accepted" });
  expect(synthesized).toHaveResource("aws_vpc", { lifecycle: { prevent_destroy: undefined } });
});

test("refuses an id that vanishes from addresses", () => {
  const stack = testStack();
  const encryptionKey = new EncryptionKey(stack, "Key");
  expect(() => new Network(stack, "net.1", { zones: ZONES, encryptionKey })).toRefuse("ID_UNSAFE", {
    path: "test/net.1",
  });
});

test("refuses a wrong plan with its own path", () => {
  expect(() => made({ zones: [] })).toRefuse("ZONES_EMPTY", { path: "test/Network.zones" });
  expect(() => made({ zones: ["eu-west-1a"] })).toRefuse("ZONE_NOT_IN_REGION", { got: "eu-west-1a" });
});

describe("with an imported key", () => {
  const keyArn = "arn:aws:kms:us-east-1:123456789012:key/k";

  test("refuses one whose owner has not let CloudWatch Logs use it", () => {
    const stack = testStack();
    const encryptionKey = EncryptionKey.fromAttributes(stack, "Key", { keyArn });
    const make = () => new Network(stack, "Network", { zones: ZONES, encryptionKey });
    expect(make).toRefuse("KEY_GRANT_MISSING", { path: "test/Network/FlowLog" });
  });

  test("uses one whose owner has", () => {
    const stack = testStack();
    const serviceGrants = [KeyServiceGrant.LOGS];
    const encryptionKey = EncryptionKey.fromAttributes(stack, "Key", { keyArn, serviceGrants });
    new Network(stack, "Network", { zones: ZONES, encryptionKey });
    expect(synthStack(stack)).toHaveResource("aws_cloudwatch_log_group", { kms_key_id: keyArn });
  });
});

test("composes into an organisation's own stack, whose region and account are looked up", () => {
  const stack = new TerraformStack(testApp(), "own");
  new AwsProvider(stack, "Aws", { region: "us-east-1" });
  new Network(stack, "Network", { zones: ZONES, encryptionKey: new EncryptionKey(stack, "Key") });
  const synthesized = synthStack(stack);
  const service = theResource(synthesized, "aws_vpc_endpoint", "S3").properties.service_name;
  expect(service).toMatch(/^com\.amazonaws\.\$\{data\.aws_region\.\w+\.name\}\.s3$/);
});

describe("fromAttributes", () => {
  const attributes = {
    vpcId: "vpc-1",
    cidr: "10.0.0.0/16",
    privateSubnets: [
      { zone: "us-east-1a", subnetId: "subnet-a" },
      { zone: "us-east-1b", subnetId: "subnet-b" },
      { zone: "us-east-1a", subnetId: "subnet-c" },
    ],
  };

  test("makes nothing, and takes private subnets for accelerators where no others are given", () => {
    const stack = testStack();
    const network = Network.fromAttributes(stack, "Network", attributes);
    expect(network).toMatchObject({
      vpcId: "vpc-1",
      zones: ["us-east-1a", "us-east-1b"],
      publicSubnets: [],
      podSubnets: [],
    });
    expect(network.acceleratorSubnets).toEqual(attributes.privateSubnets);
    expect(network.hasNat).toBeUndefined();
    expect(network.endpointServices).toBeUndefined();
    expect(addressesOf(synthStack(stack))).toEqual([]);
  });

  test("keeps all that is given", () => {
    const subnets = [{ zone: "us-east-1a", subnetId: "subnet-x" }];
    const all = {
      ...attributes,
      podCidr: "100.64.0.0/16",
      acceleratorSubnets: subnets,
      publicSubnets: subnets,
      podSubnets: subnets,
      privateRouteTableIds: ["rtb-1"],
      endpointServices: ["ecr.api"],
      hasNat: false,
    };
    expect(Network.fromAttributes(testStack(), "Network", all)).toMatchObject(all);
  });

  test("refuses a network without private subnets", () => {
    const make = () => Network.fromAttributes(testStack(), "Network", { ...attributes, privateSubnets: [] });
    expect(make).toRefuse("ZONES_EMPTY", { path: "test/Network.privateSubnets" });
  });
});
