/** A subnet and the zone it lies in. */
export interface SubnetReference {
  readonly zone: string;
  readonly subnetId: string;
  /** Its range. @default - not known: whether pools fit is not checked */
  readonly cidr?: string;
}

/** A VPC for an AI data center, made here or imported. */
export interface INetwork {
  readonly vpcId: string;
  /** Address range of the VPC. */
  readonly cidr: string;
  /** Range of the pods, when they have their own. */
  readonly podCidr?: string;
  /** Zones in the order of the address plan. */
  readonly zones: readonly string[];
  /** Small subnets with a route to the internet gateway; empty without NAT. */
  readonly publicSubnets: readonly SubnetReference[];
  /** Subnets for the control plane, system nodes, endpoints and internal load balancers, one for each zone. */
  readonly privateSubnets: readonly SubnetReference[];
  /** Large subnets for accelerator nodes, one for each zone. */
  readonly acceleratorSubnets: readonly SubnetReference[];
  /** Subnets for pods, one for each zone; empty without a pod CIDR. */
  readonly podSubnets: readonly SubnetReference[];
  /** Route tables of the private subnets, for organisations that add routes; empty on imports that do not give them. */
  readonly privateRouteTableIds: readonly string[];
  /** Services reached by interface endpoints, by last part of the service name; undefined where an import does not say. */
  readonly endpointServices?: readonly string[];
  /** Whether private subnets reach the internet; undefined where an import does not say. */
  readonly hasNat?: boolean;
}
