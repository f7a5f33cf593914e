import { Backend } from "cdktf-ai-datacenter/core";
import { InterfaceEndpoint, NatGateways } from "cdktf-ai-datacenter/network";

/** Everything that tells one stage of the data center from another. */
export interface StageConfig {
  /** First part of every stack id and physical name. */
  readonly name: string;
  /** Account to deploy to; the provider refuses any other. */
  readonly accountId: string;
  readonly region: string;
  /** Role to deploy with. @default - the caller's own credentials */
  readonly deployRoleArn?: string;
  /** Where state is kept; `stacks/bootstrap.ts` makes a bucket for Backend.s3. */
  readonly backend: Backend;
  /** Zones in the order of the address plan: append, never insert. */
  readonly zones: readonly string[];
  readonly cidr: string;
  /** @default - pods share the subnets of their nodes */
  readonly podCidr?: string;
  readonly natGateways: NatGateways;
  readonly interfaceEndpoints: readonly InterfaceEndpoint[];
}

/** A small stage to develop on: two zones, one NAT gateway, no endpoint that costs. */
const dev: StageConfig = {
  name: "dev",
  accountId: "123456789012",
  region: "us-east-1",
  backend: Backend.local("state"),
  zones: ["us-east-1a", "us-east-1b"],
  cidr: "10.1.0.0/16",
  natGateways: NatGateways.ONE,
  interfaceEndpoints: [],
};

/** The stage that trains and serves. */
const prod: StageConfig = {
  name: "prod",
  accountId: "123456789012",
  region: "us-east-1",
  backend: Backend.local("state"),
  zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
  cidr: "10.0.0.0/16",
  podCidr: "100.64.0.0/16",
  natGateways: NatGateways.PER_ZONE,
  interfaceEndpoints: [...InterfaceEndpoint.PRIVATE_CLUSTER, InterfaceEndpoint.KMS, InterfaceEndpoint.SSM],
};

export const stages: readonly StageConfig[] = [dev, prod];
