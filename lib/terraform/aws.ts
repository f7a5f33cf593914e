/**
 * The AWS bindings in use, each by its deep path: the package's barrel costs 12 s and 575 MB to load. The build makes each of them load
 * at its first use (`tools/lazy-bindings.mjs`; `npm run bench:import` measures it).
 */
export { AwsProvider } from "@cdktf/provider-aws/lib/provider";
export { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
export { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
export { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
export { CodebuildProject } from "@cdktf/provider-aws/lib/codebuild-project";
export { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
export { DataAwsEc2InstanceTypeOfferings } from "@cdktf/provider-aws/lib/data-aws-ec2-instance-type-offerings";
export { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
export { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
export { DataAwsServicequotasServiceQuota } from "@cdktf/provider-aws/lib/data-aws-servicequotas-service-quota";
export { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
export { DataAwsSsmParametersByPath } from "@cdktf/provider-aws/lib/data-aws-ssm-parameters-by-path";
export { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
export { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
export { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
export { EksAccessEntry } from "@cdktf/provider-aws/lib/eks-access-entry";
export { EksAccessPolicyAssociation } from "@cdktf/provider-aws/lib/eks-access-policy-association";
export { EksAddon } from "@cdktf/provider-aws/lib/eks-addon";
export { EksCluster } from "@cdktf/provider-aws/lib/eks-cluster";
export { EksNodeGroup, type EksNodeGroupConfig } from "@cdktf/provider-aws/lib/eks-node-group";
export { EksPodIdentityAssociation } from "@cdktf/provider-aws/lib/eks-pod-identity-association";
export { Eip } from "@cdktf/provider-aws/lib/eip";
export { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
export { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
export { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
export { IamRole } from "@cdktf/provider-aws/lib/iam-role";
export { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
export { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
export { IamServiceLinkedRole } from "@cdktf/provider-aws/lib/iam-service-linked-role";
export { Instance } from "@cdktf/provider-aws/lib/instance";
export { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
export { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
export { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
export { LaunchTemplate, type LaunchTemplateConfig } from "@cdktf/provider-aws/lib/launch-template";
export type {
  LaunchTemplateBlockDeviceMappings,
  LaunchTemplateNetworkInterfaces,
} from "@cdktf/provider-aws/lib/launch-template";
export { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
export { PlacementGroup } from "@cdktf/provider-aws/lib/placement-group";
export { Route } from "@cdktf/provider-aws/lib/route";
export { RouteTable } from "@cdktf/provider-aws/lib/route-table";
export { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
export { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
export { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
export type { S3BucketLifecycleConfigurationRule } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
export { S3BucketLoggingA as S3BucketLogging } from "@cdktf/provider-aws/lib/s3-bucket-logging";
export { S3BucketObjectLockConfigurationA as S3BucketObjectLock } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration";
export { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
export { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
export { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
export { S3BucketServerSideEncryptionConfigurationA as S3BucketEncryption } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
export { S3BucketVersioningA as S3BucketVersioning } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
export { S3Object } from "@cdktf/provider-aws/lib/s3-object";
export { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
export { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
export { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
export { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
export { Subnet } from "@cdktf/provider-aws/lib/subnet";
export { Vpc } from "@cdktf/provider-aws/lib/vpc";
export { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
export { VpcIpv4CidrBlockAssociation } from "@cdktf/provider-aws/lib/vpc-ipv4-cidr-block-association";
export { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
export { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
