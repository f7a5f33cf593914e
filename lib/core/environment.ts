import { Construct, type IConstruct, TerraformStack } from "../terraform/cdktf";
import { DataAwsCallerIdentity, DataAwsPartition, DataAwsRegion } from "../terraform/aws";

/** Which account, region and partition a construct is deployed to. */
export interface AwsEnvironment {
  /** Twelve digits, or a token in a stack that is not a DatacenterStack. */
  readonly accountId: string;
  /** Region name, or a token in a stack that is not a DatacenterStack. */
  readonly region: string;
  /** "aws", "aws-cn", "aws-us-gov", or a token in a stack that is not a DatacenterStack. */
  readonly partition: string;
}

const KNOWN = Symbol.for("cdktf-ai-datacenter.AwsEnvironment");
const LOOKUP_ID = "AwsEnvironment";

/** Tells the environment of a stack that knows it at synth. */
export function setEnvironment(stack: TerraformStack, environment: AwsEnvironment): void {
  Object.defineProperty(stack, KNOWN, { value: environment });
}

/**
 * The environment of the stack around a construct. A DatacenterStack knows it at synth; in any other stack data sources below
 * one fixed id ask the stack's own provider at plan, so that constructs compose into an organisation's stacks.
 */
export function environmentOf(scope: IConstruct): AwsEnvironment {
  const stack = TerraformStack.of(scope);
  const known = (stack as { [KNOWN]?: AwsEnvironment })[KNOWN];
  if (known) return known;
  const lookedUp = stack.node.tryFindChild(LOOKUP_ID) as LookedUpEnvironment | undefined;
  return lookedUp ?? new LookedUpEnvironment(stack, LOOKUP_ID);
}

/** ARN of a policy that AWS manages, by its name and, where it has one, its path. */
export function awsManagedPolicyArn(scope: IConstruct, name: string): string {
  return `arn:${environmentOf(scope).partition}:iam::aws:policy/${name}`;
}

/** Partitions by the start of their region names; all others are "aws". Source: botocore 1.44.5 endpoints.json, 2026-11-23. */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["eusc-", "aws-eusc"],
  ["us-iso-", "aws-iso"],
  ["us-isob-", "aws-iso-b"],
  ["eu-isoe-", "aws-iso-e"],
  ["us-isof-", "aws-iso-f"],
];

/** The partition that a region belongs to. */
export function partitionOf(region: string): string {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "aws";
}

class LookedUpEnvironment extends Construct implements AwsEnvironment {
  public readonly accountId: string;
  public readonly region: string;
  public readonly partition: string;

  public constructor(stack: TerraformStack, id: string) {
    super(stack, id);
    this.accountId = new DataAwsCallerIdentity(this, "Account").accountId;
    // "name" is the attribute that both provider majors have; the newer one also calls it "region".
    this.region = new DataAwsRegion(this, "Region").name;
    this.partition = new DataAwsPartition(this, "Partition").partition;
  }
}
