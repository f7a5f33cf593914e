// The resources of pools-library.mjs, written by hand with the bindings alone: every value a literal, every resource right below the
// stack, nothing checked. No faster way to write them is known to us.
import { Buffer } from "node:buffer";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { App, LocalBackend, TerraformResource, TerraformStack, Token } = require("cdktf");
const aws = (name) => require(`@cdktf/provider-aws/lib/${name}`);
const { AwsProvider } = aws("provider");
const { DataAwsEc2InstanceTypeOfferings } = aws("data-aws-ec2-instance-type-offerings");
const { DataAwsServicequotasServiceQuota } = aws("data-aws-servicequotas-service-quota");
const { EksNodeGroup } = aws("eks-node-group");
const { LaunchTemplate } = aws("launch-template");
const { PlacementGroup } = aws("placement-group");
const { SecurityGroup } = aws("security-group");
const { VpcSecurityGroupEgressRule } = aws("vpc-security-group-egress-rule");
const { VpcSecurityGroupIngressRule } = aws("vpc-security-group-ingress-rule");

const ACCOUNT = "123456789012";
const TAGS = { CostCenter: "ai-platform", Stage: "bench", Stack: "bench", ManagedBy: "cdktf-ai-datacenter" };
const USER_DATA = `MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="AIDC"

--AIDC
Content-Type: application/node.eks.aws

---
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  instance:
    localStorage:
      strategy: RAID0
  kubelet:
    flags:
      - --max-pods=51

--AIDC--
`;

/** The framework's own DataResource starts `terraform version` at synth, once for each of them: 100 ms a pool. */
class Revision extends TerraformResource {
  constructor(scope, id, templateVersion) {
    super(scope, id, { terraformResourceType: "terraform_data", lifecycle: { ignoreChanges: ["input"] } });
    this.templateVersion = templateVersion;
  }

  synthesizeAttributes() {
    return {
      input: { templateVersion: this.templateVersion, kubernetesVersion: "1.35", amiRelease: "" },
      triggers_replace: { revision: "1" },
    };
  }
}

/** Writes a stack with so many pools. */
export function write(count, outdir) {
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "bench");
  new LocalBackend(stack, { path: "../../../state/bench.tfstate" });
  new AwsProvider(stack, "aws", {
    region: "us-east-1",
    allowedAccountIds: [ACCOUNT],
    defaultTags: [{ tags: TAGS }],
  });
  stack.addOverride("terraform.required_providers.aws", { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" });
  const preconditions = planChecks(stack, count);
  for (let index = 0; index < count; index += 1) addPool(stack, `pool-${index}`, preconditions);
  app.synth();
}

function planChecks(stack, count) {
  const offered = new DataAwsEc2InstanceTypeOfferings(stack, "offered", {
    locationType: "availability-zone",
    filter: [{ name: "instance-type", values: ["p5.48xlarge"] }],
  }).fqn;
  const quota = new DataAwsServicequotasServiceQuota(stack, "quota", {
    serviceCode: "ec2",
    quotaCode: "L-417A185B",
  }).fqn;
  const vcpus = count * 16 * 192;
  return [
    {
      condition: `\${length(setsubtract(["us-east-1a"], ${offered}.locations)) == 0}`,
      errorMessage: `p5.48xlarge is not offered in all of us-east-1a, but in: \${join(", ", sort(${offered}.locations))}. Choose one of these zones, or set planChecks: false.`,
    },
    {
      condition: `\${(${quota}.value >= ${vcpus})}`,
      errorMessage: `The quota "Running On-Demand P instances" (L-417A185B) is \${${quota}.value} vCPUs, and the pools of this stack need ${vcpus} at their most. Raise it, lower maxNodes, or set planChecks: false.`,
    },
  ];
}

function addPool(stack, name, precondition) {
  const template = addLaunchTemplate(stack, name, addSecurityGroup(stack, name));
  const revision = new Revision(stack, `${name}-revision`, Token.asString(template.latestVersion));
  new EksNodeGroup(stack, `${name}-node-group`, {
    clusterName: "ai",
    nodeGroupName: `bench-${name}`,
    nodeRoleArn: `arn:aws:iam::${ACCOUNT}:role/ai-nodes`,
    subnetIds: ["subnet-gpu-a"],
    amiType: "AL2023_x86_64_NVIDIA",
    capacityType: "ON_DEMAND",
    instanceTypes: ["p5.48xlarge"],
    version: `\${${revision.fqn}.output.kubernetesVersion}`,
    launchTemplate: { id: template.id, version: `\${${revision.fqn}.output.templateVersion}` },
    scalingConfig: { minSize: 0, maxSize: 16, desiredSize: 0 },
    updateConfig: { maxUnavailable: 1 },
    nodeRepairConfig: { enabled: true },
    labels: { "aidc/pool": name, "aidc/accelerator": "h100" },
    taint: [{ key: "nvidia.com/gpu", value: "present", effect: "NO_SCHEDULE" }],
    lifecycle: { ignoreChanges: ["scaling_config[0].desired_size", "tags", "tags_all"], precondition },
  });
}

function addSecurityGroup(stack, name) {
  const { id } = new SecurityGroup(stack, `${name}-security-group`, {
    vpcId: "vpc-1",
    description: "Traffic between the nodes of one pool",
    tags: { Name: `bench/${name}` },
  });
  const rule = {
    securityGroupId: id,
    referencedSecurityGroupId: id,
    ipProtocol: "-1",
    description: "All traffic between the nodes of the pool, EFA included",
  };
  new VpcSecurityGroupIngressRule(stack, `${name}-from-itself`, rule);
  new VpcSecurityGroupEgressRule(stack, `${name}-to-itself`, rule);
  return id;
}

function addLaunchTemplate(stack, name, group) {
  const placement = new PlacementGroup(stack, `${name}-placement-group`, {
    name: `bench-${name}`,
    strategy: "cluster",
  });
  return new LaunchTemplate(stack, `${name}-launch-template`, {
    name: `bench-${name}`,
    updateDefaultVersion: true,
    ebsOptimized: "true",
    userData: Buffer.from(USER_DATA).toString("base64"),
    metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    monitoring: { enabled: true },
    placement: { groupName: placement.name },
    blockDeviceMappings: [
      {
        deviceName: "/dev/xvda",
        ebs: {
          volumeSize: 200,
          volumeType: "gp3",
          encrypted: "true",
          kmsKeyId: `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`,
          deleteOnTermination: "true",
        },
      },
    ],
    tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
      resourceType,
      tags: { ...TAGS, Name: `bench/${name}` },
    })),
    networkInterfaces: [
      {
        networkCardIndex: 0,
        deviceIndex: 0,
        interfaceType: "interface",
        deleteOnTermination: "true",
        associatePublicIpAddress: "false",
        securityGroups: ["sg-cluster", group],
      },
      ...Array.from({ length: 32 }, (_, card) => ({
        networkCardIndex: card,
        deviceIndex: card === 0 ? 1 : 0,
        interfaceType: "efa-only",
        deleteOnTermination: "true",
        securityGroups: [group],
      })),
    ],
  });
}
