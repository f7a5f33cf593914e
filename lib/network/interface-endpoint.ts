/** An AWS service reached inside the VPC by an interface endpoint (PrivateLink), billed per hour, zone and gigabyte. */
export class InterfaceEndpoint {
  public static readonly AUTO_SCALING = new InterfaceEndpoint("autoscaling");
  public static readonly EC2 = new InterfaceEndpoint("ec2");
  /** For SSM agents before 3.3.40; newer ones use SSM_MESSAGES. */
  public static readonly EC2_MESSAGES = new InterfaceEndpoint("ec2messages");
  public static readonly ECR_API = new InterfaceEndpoint("ecr.api");
  public static readonly ECR_DKR = new InterfaceEndpoint("ecr.dkr");
  public static readonly EKS = new InterfaceEndpoint("eks");
  /** EKS Pod Identity asks this service for credentials. */
  public static readonly EKS_AUTH = new InterfaceEndpoint("eks-auth");
  public static readonly ELASTIC_LOAD_BALANCING = new InterfaceEndpoint("elasticloadbalancing");
  public static readonly FSX = new InterfaceEndpoint("fsx");
  public static readonly KMS = new InterfaceEndpoint("kms");
  public static readonly LOGS = new InterfaceEndpoint("logs");
  public static readonly MONITORING = new InterfaceEndpoint("monitoring");
  public static readonly SQS = new InterfaceEndpoint("sqs");
  /** Session Manager needs SSM and SSM_MESSAGES. */
  public static readonly SSM = new InterfaceEndpoint("ssm");
  public static readonly SSM_MESSAGES = new InterfaceEndpoint("ssmmessages");
  public static readonly STS = new InterfaceEndpoint("sts");

  /**
   * What nodes need to join a private cluster and pull images from ECR without NAT (with the S3 gateway endpoint).
   * Source: Amazon EKS user guide, "Deploy private clusters with limited internet access", 2026.
   */
  public static readonly PRIVATE_CLUSTER: readonly InterfaceEndpoint[] = [
    InterfaceEndpoint.EC2,
    InterfaceEndpoint.ECR_API,
    InterfaceEndpoint.ECR_DKR,
    InterfaceEndpoint.EKS,
    InterfaceEndpoint.EKS_AUTH,
    InterfaceEndpoint.LOGS,
    InterfaceEndpoint.STS,
  ];

  /** For a service that this release does not name. @param service last part of the service name: `bedrock-runtime` */
  public static of(service: string): InterfaceEndpoint {
    return new InterfaceEndpoint(service);
  }

  private constructor(
    /** Last part of `com.amazonaws.<region>.<service>`. */
    public readonly service: string,
  ) {}
}
