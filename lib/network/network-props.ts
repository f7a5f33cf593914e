import type { IEncryptionKey } from "../security";
import type { Vpc } from "../terraform/aws";
import type { InterfaceEndpoint } from "./interface-endpoint";

/** How private subnets reach the internet. */
export enum NatGateways {
  /** One in each zone: a zone may fail alone, and no traffic crosses zones. */
  PER_ZONE = "per-zone",
  /** One in the first zone: cheaper, and every zone depends on that one. */
  ONE = "one",
  /** None: nothing public is made, and everything nodes need comes through endpoints. */
  NONE = "none",
}

/** What shapes a network: plain enough to stand in a stage's config. */
export interface NetworkOptions {
  /**
   * Availability zones by name; never looked up, since addresses must not depend on what an API answers today. The order is part
   * of the address plan: append zones, never insert them.
   */
  readonly zones: readonly string[];
  /** Address range of the VPC, /16 or smaller. @default "10.0.0.0/16" */
  readonly cidr?: string;
  /** Zones that the address plan keeps room for, 1 to 8, so that adding one renumbers nothing. @default 4 */
  readonly maxZones?: number;
  /**
   * Second range, for pods, /16 or smaller: usually "100.64.0.0/16". The VPC CNI takes it for secondary interfaces; nodes whose
   * layout leaves room for the first one only (p5 and trn2 with EFA) keep their pods in the accelerator subnet.
   * @default - pods share the subnets of their nodes
   */
  readonly podCidr?: string;
  /** @default NatGateways.PER_ZONE */
  readonly natGateways?: NatGateways;
  /** @default - InterfaceEndpoint.PRIVATE_CLUSTER without NAT, else none. The S3 gateway endpoint is always there, and free */
  readonly interfaceEndpoints?: readonly InterfaceEndpoint[];
  /** Days to keep the flow log; a period that CloudWatch Logs accepts. @default 365 */
  readonly flowLogRetentionDays?: number;
}

export interface NetworkProps extends NetworkOptions {
  /** Key for the flow log. Its policy must allow CloudWatch Logs; a key of the same stack is asked by itself. */
  readonly encryptionKey: IEncryptionKey;
  /** Policy that bounds the flow log's role. @default - the stack's, if it has one */
  readonly permissionsBoundaryArn?: string;
  /** Last word on the VPC. @default - none */
  readonly customize?: (vpc: Vpc) => void;
}
