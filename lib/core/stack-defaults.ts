import { type IConstruct, TerraformStack } from "../terraform/cdktf";

/** What a DatacenterStack tells every construct in it. */
export interface StackDefaults {
  /** Tags of every resource, safe for Terraform. */
  readonly tags: Readonly<Record<string, string>>;
  /** Policy that bounds every role. */
  readonly permissionsBoundaryArn?: string;
}

const DEFAULTS = Symbol.for("cdktf-ai-datacenter.StackDefaults");

/** Tells the defaults of a stack. */
export function setStackDefaults(stack: TerraformStack, defaults: StackDefaults): void {
  Object.defineProperty(stack, DEFAULTS, { value: defaults });
}

/**
 * The stack's tags, for what the provider's default tags do not reach: instances, volumes and interfaces that a launch template
 * makes. Empty in a stack that is not a DatacenterStack.
 */
export function stackTags(scope: IConstruct): Readonly<Record<string, string>> {
  return defaultsOf(scope)?.tags ?? {};
}

/** The permissions boundary of a role: its own if it has one, else the stack's. */
export function permissionsBoundary(scope: IConstruct, own?: string): string | undefined {
  return own ?? defaultsOf(scope)?.permissionsBoundaryArn;
}

function defaultsOf(scope: IConstruct): StackDefaults | undefined {
  return (TerraformStack.of(scope) as { [DEFAULTS]?: StackDefaults })[DEFAULTS];
}
