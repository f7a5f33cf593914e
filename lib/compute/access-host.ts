import { awsManagedPolicyArn, NameRule, permissionsBoundary, physicalName, safeId, stackTags } from "../core";
import { type IEncryptionKey, serviceTrust } from "../security";
import { Construct } from "../terraform/cdktf";
import {
  DataAwsSsmParameter,
  IamInstanceProfile,
  IamRole,
  IamRolePolicyAttachment,
  Instance,
  SecurityGroup,
  VpcSecurityGroupEgressRule,
} from "../terraform/aws";
import { InterfaceEndpoint } from "../network";
import type { Cluster } from "./cluster";
import { requireEndpoints } from "./required-endpoints";

export interface AccessHostProps {
  /** Cluster whose API the host may reach. */
  readonly cluster: Cluster;
  /** An x86_64 type. @default "t3.micro" */
  readonly instanceType?: string;
  /** Key of the host's volume. @default - the cluster's */
  readonly encryptionKey?: IEncryptionKey;
  /** Policy that bounds the host's role. @default - the stack's, if it has one */
  readonly permissionsBoundaryArn?: string;
  /** Last word on the instance. @default - none */
  readonly customize?: (instance: Instance) => void;
}

/** Type of the host when nothing is asked for. */
export const ACCESS_HOST_TYPE = "t3.micro";

/** Through these a session comes where nothing else leads in. */
const SESSION_ENDPOINTS = [InterfaceEndpoint.SSM, InterfaceEndpoint.SSM_MESSAGES];
const SESSION_REMEDY =
  "Add InterfaceEndpoint.SSM and InterfaceEndpoint.SSM_MESSAGES to interfaceEndpoints, or give the network NAT.";

/** Where AWS publishes the newest Amazon Linux 2023 image. Source: Amazon Linux 2023 user guide, 2026. */
const AMI_PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";

/**
 * A small host inside the VPC through which people with Session Manager rights tunnel to a private Kubernetes API. It has no
 * key pair, no inbound rule and no public address; who may start a session is a matter of IAM, and CloudTrail records who did.
 *
 *     aws ssm start-session --target <instanceId> --document-name AWS-StartPortForwardingSessionToRemoteHost \
 *       --parameters host=<apiHost>,portNumber=443,localPortNumber=8443
 *     kubectl config set-cluster <cluster> --server=https://localhost:8443 --tls-server-name=<apiHost>
 */
export class AccessHost extends Construct {
  public readonly instanceId: string;

  public constructor(scope: Construct, id: string, props: AccessHostProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const { cluster, instanceType = ACCESS_HOST_TYPE, encryptionKey = cluster.encryptionKey } = props;
    requireEndpoints(cluster.network, SESSION_ENDPOINTS, this.node.path, SESSION_REMEDY);
    const group = this.addSecurityGroup(cluster);
    const instance = new Instance(this, "Resource", {
      ami: new DataAwsSsmParameter(this, "Image", { name: AMI_PARAMETER }).insecureValue,
      instanceType,
      subnetId: cluster.network.privateSubnets[0]?.subnetId,
      vpcSecurityGroupIds: [group.id],
      associatePublicIpAddress: false,
      iamInstanceProfile: this.addProfile(props.permissionsBoundaryArn),
      monitoring: true,
      ebsOptimized: true,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true, kmsKeyId: encryptionKey.keyArn, volumeType: "gp3", volumeSize: 10 },
      tags: { Name: this.node.path },
      volumeTags: { ...stackTags(this), Name: this.node.path },
      // A new image each month would replace the host under somebody's session.
      lifecycle: { ignoreChanges: ["ami"] },
    });
    cluster.allowApiFrom(`From${id}`, group.id);
    this.instanceId = instance.id;
    props.customize?.(instance);
  }

  private addSecurityGroup({ network }: Cluster): SecurityGroup {
    const group = new SecurityGroup(this, "SecurityGroup", {
      vpcId: network.vpcId,
      description: "Access host: nothing in, TLS out",
      tags: { Name: this.node.path },
    });
    new VpcSecurityGroupEgressRule(this, "TlsOut", {
      securityGroupId: group.id,
      description: "Session Manager and the Kubernetes API",
      cidrIpv4: "0.0.0.0/0",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    });
    return group;
  }

  private addProfile(boundary?: string): string {
    const name = physicalName(NameRule.IAM_ROLE, this.node.path);
    const role = new IamRole(this, "Role", {
      name,
      assumeRolePolicy: serviceTrust("ec2.amazonaws.com"),
      permissionsBoundary: permissionsBoundary(this, boundary),
    });
    new IamRolePolicyAttachment(this, "SessionManager", {
      role: role.name,
      policyArn: awsManagedPolicyArn(this, "AmazonSSMManagedInstanceCore"),
    });
    return new IamInstanceProfile(this, "Profile", { name, role: role.name }).name;
  }
}
