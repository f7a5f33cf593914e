import { type Construct, type TerraformMetaArguments, TerraformResource } from "./cdktf";

export interface TerraformDataConfig extends TerraformMetaArguments {
  /** Kept in the state, and read back as `output`. @default - nothing */
  readonly input?: Readonly<Record<string, unknown>>;
  /** Values whose change makes the resource anew. @default - none */
  readonly triggersReplace?: Readonly<Record<string, unknown>>;
}

/**
 * Terraform's own `terraform_data`, which needs no provider. The framework has a binding of its own, which starts a Terraform for each
 * resource to ask for its version: a second for each pool, and a synth that fails without the binary.
 */
export class TerraformData extends TerraformResource {
  public constructor(
    scope: Construct,
    id: string,
    private readonly config: TerraformDataConfig,
  ) {
    super(scope, id, { ...config, terraformResourceType: "terraform_data" });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { input, triggersReplace } = this.config;
    return { input, triggers_replace: triggersReplace };
  }
}
