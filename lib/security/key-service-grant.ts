import type { AwsEnvironment } from "../core";
import type { ResourceStatement } from "./policy-document";

type StatementsOf = (environment: AwsEnvironment) => readonly ResourceStatement[];

const USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

/**
 * A service that may use a key by the key's own policy, since no role of ours acts for it.
 *
 * Consumers of a key ask for what they need (`EncryptionKey.allowService`); grants with the same id are written once.
 */
export class KeyServiceGrant {
  /**
   * EC2 Auto Scaling launches the nodes of managed node groups and needs the key for their encrypted volumes.
   * Source: Amazon EC2 Auto Scaling user guide, "Required AWS KMS key policy for use with encrypted volumes", 2026.
   */
  public static readonly AUTO_SCALING = new KeyServiceGrant(
    "AutoScaling",
    serviceLinkedRole("AutoScaling", "autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling"),
  );
  /** EC2 Spot launches spot nodes. Source: Amazon EC2 user guide, "Service-linked role for EC2 Spot Instances", 2026. */
  public static readonly SPOT = new KeyServiceGrant(
    "Spot",
    serviceLinkedRole("Spot", "spot.amazonaws.com", "AWSServiceRoleForEC2Spot"),
  );
  /**
   * CloudWatch Logs encrypts the log groups of this account and region.
   * Source: Amazon CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS", 2026.
   */
  public static readonly LOGS = new KeyServiceGrant("Logs", ({ partition, region, accountId }) => [
    {
      sid: "Logs",
      principals: { Service: `logs.${region}.amazonaws.com` },
      actions: USE,
      resources: ["*"],
      conditions: {
        ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${accountId}:log-group:*` },
      },
    },
  ]);

  /** For a service that this release does not name. */
  public static of(id: string, statements: StatementsOf): KeyServiceGrant {
    return new KeyServiceGrant(id, statements);
  }

  private constructor(
    /** Stable id, unique among the grants of a key. */
    public readonly id: string,
    /** The statements of the key policy. Resources are "*": inside a key policy that means the key itself. */
    public readonly statements: StatementsOf,
  ) {}
}

function serviceLinkedRole(id: string, service: string, role: string): StatementsOf {
  return ({ partition, accountId }) => {
    const principals = { AWS: `arn:${partition}:iam::${accountId}:role/aws-service-role/${service}/${role}` };
    return [
      { sid: `${id}Use`, principals, actions: USE, resources: ["*"] },
      {
        sid: `${id}Grant`,
        principals,
        actions: ["kms:CreateGrant"],
        resources: ["*"],
        conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } },
      },
    ];
  };
}
