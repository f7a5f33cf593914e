import { type Construct, TerraformStack } from "../terraform/cdktf";
import { AwsProvider } from "../terraform/aws";
import { escape } from "../terraform/escape";
import type { Backend } from "./backend";
import { ContractChannel } from "./contract-channel";
import { type AwsEnvironment, partitionOf, setEnvironment } from "./environment";
import { InvalidProps } from "./errors";
import { safeId } from "./ids";
import { setStackDefaults } from "./stack-defaults";

/** What emitted code needs of the provider: no attribute that one of these majors lacks is set by default. */
export const AWS_PROVIDER_RANGE = ">= 5.100.0, < 7.0.0";

export interface DatacenterStackProps {
  /** Stage, such as "prod": the first segment of contract paths, and a default tag. */
  readonly stage: string;
  /** Account to deploy to; the provider refuses any other. */
  readonly accountId: string;
  /** Region to deploy to. */
  readonly region: string;
  /** Where the state is kept. */
  readonly backend: Backend;
  /** Role that the provider assumes for every call. @default - the caller's own credentials */
  readonly deployRoleArn?: string;
  /** How values travel to and from other stacks. @default ContractChannel.parameterStore(stage) */
  readonly channel?: ContractChannel;
  /** Policy that bounds every role made in the stack. @default - none */
  readonly permissionsBoundaryArn?: string;
  /** Tags of every resource, beside `Stage`, `Stack` and `ManagedBy`. @default - none */
  readonly tags?: Readonly<Record<string, string>>;
}

/** A stack with a backend, one AWS provider bound to one account, default tags, and no silent ties to other stacks. */
export class DatacenterStack extends TerraformStack {
  public readonly stage: string;
  public readonly environment: AwsEnvironment;
  public readonly channel: ContractChannel;

  /** @throws InvalidProps ID_UNSAFE, STACK_BACKEND_MISSING, ACCOUNT_INVALID, REGION_INVALID */
  public constructor(scope: Construct, id: string, props: DatacenterStackProps) {
    super(scope, safeId(id, id));
    this.stage = props.stage;
    this.channel = props.channel ?? ContractChannel.parameterStore(props.stage);
    this.environment = resolveEnvironment(props, id);
    setEnvironment(this, this.environment);
    const tags = escape({ ...props.tags, Stage: props.stage, Stack: id, ManagedBy: "cdktf-ai-datacenter" });
    setStackDefaults(this, { tags, permissionsBoundaryArn: props.permissionsBoundaryArn });
    props.backend.bind(this);
    this.addProvider(tags, props.deployRoleArn);
    this.node.addValidation({ validate: () => implicitReferences(this) });
  }

  private addProvider(tags: Readonly<Record<string, string>>, deployRoleArn?: string): void {
    const { accountId, region } = this.environment;
    new AwsProvider(this, "Aws", {
      region,
      allowedAccountIds: [accountId],
      assumeRole: deployRoleArn === undefined ? undefined : [{ roleArn: deployRoleArn }],
      defaultTags: [{ tags }],
    });
    // The bindings would pin the one version they were generated from, under a source that OpenTofu reads differently.
    // No required_version beside it: checkov 3.3.30 fails to parse JSON with that string and then judges nothing.
    this.addOverride("terraform.required_providers.aws", { source: "hashicorp/aws", version: AWS_PROVIDER_RANGE });
  }
}

function resolveEnvironment(props: DatacenterStackProps, id: string): AwsEnvironment {
  if ((props.backend as Backend | undefined) === undefined) {
    throw new InvalidProps("STACK_BACKEND_MISSING", `${id}.backend`, {
      got: undefined,
      allowed: "Backend.local or Backend.s3",
    });
  }
  if (!/^\d{12}$/.test(props.accountId)) {
    throw new InvalidProps("ACCOUNT_INVALID", `${id}.accountId`, { got: props.accountId, allowed: "twelve digits" });
  }
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d$/.test(props.region)) {
    throw new InvalidProps("REGION_INVALID", `${id}.region`, {
      got: props.region,
      allowed: "a region such as us-east-1",
    });
  }
  return { accountId: props.accountId, region: props.region, partition: partitionOf(props.region) };
}

/** The framework leaves a child named `cross-stack-…` in both stacks when a construct of one is used in the other. */
function implicitReferences(stack: TerraformStack): string[] {
  return stack.node.children
    .filter((child) => child.node.id.startsWith("cross-stack-"))
    .map((child) => {
      const refusal = { got: child.node.id, allowed: "values read from the stack's contract channel" };
      return new InvalidProps("CROSS_STACK_REFERENCE", stack.node.path, refusal).message;
    });
}
